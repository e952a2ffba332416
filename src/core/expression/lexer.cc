#include "core/expression/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/expression/literal.h"

namespace nsl::expression {
namespace {

// Longer symbols first, so that "<=" is not read as "<".
constexpr std::array<std::string_view, 24> kSymbols = {
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
    "%",  "!",  "?",  ":",  ".",  ",",  "(", ")", "[", "]", "{", "}"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_name_start(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
bool is_quoted_name_part(char c) {
  return is_name_part(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

template <class Predicate>
std::size_t length_while(std::string_view text, Predicate predicate) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), predicate) -
                                  text.begin());
}

// The letters before a quote: r for raw, b for bytes, each at most once, b first.
std::size_t prefix_length(std::string_view text) {
  const auto is_one_of = [text](std::size_t at, std::string_view letters) {
    return at < text.size() && letters.find(text[at]) != std::string_view::npos;
  };
  std::size_t length = is_one_of(0, "bB") ? 1 : 0;
  if (is_one_of(length, "rR")) ++length;
  return is_one_of(length, "\"'") ? length : 0;
}

// Where the closing quote begins, or npos. A quote after a backslash closes nothing.
std::size_t find_closing(std::string_view text, std::string_view quote) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with(quote)) return i;
    const bool one_line = quote.size() == 1;
    if (one_line && (text[i] == '\n' || text[i] == '\r')) return std::string_view::npos;
    if (text[i] == '\\') ++i;
  }
  return std::string_view::npos;
}

// In raw literals a backslash is only itself.
std::size_t find_closing_raw(std::string_view text, std::string_view quote) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with(quote)) return i;
    if (quote.size() == 1 && (text[i] == '\n' || text[i] == '\r')) return std::string_view::npos;
  }
  return std::string_view::npos;
}

}  // namespace

std::unexpected<Error> fail_at(Code code, Position position, std::string_view message) {
  return fail(code, fmt::format("{}:{}: {}", position.line, position.column, message));
}

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::end:
      return "the end of the expression";
    case TokenKind::name:
    case TokenKind::integer:
    case TokenKind::symbol:
      return fmt::format("'{}'", token.text);
    case TokenKind::quoted_name:
      return fmt::format("'`{}`'", token.text);
    case TokenKind::text:
      return "a string";
    case TokenKind::bytes:
      return "bytes";
  }
  return {};
}

void Lexer::advance(std::size_t bytes) {
  for (const char c : rest_.substr(0, bytes)) {
    if (c == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if (!is_continuation(c)) {
      ++position_.column;
    }
  }
  rest_.remove_prefix(bytes);
}

void Lexer::skip_blanks() {
  while (!rest_.empty()) {
    if (is_blank(rest_.front())) {
      advance(1);
    } else if (rest_.starts_with("//")) {
      advance(std::min(rest_.find('\n'), rest_.size()));
    } else {
      return;
    }
  }
}

Result<Token> Lexer::next() {
  skip_blanks();
  Token token{.kind = TokenKind::end, .position = position_, .text = {}};
  if (rest_.empty()) return token;
  const char first = rest_.front();
  const bool fraction = first == '.' && rest_.size() > 1 && is_digit(rest_[1]);
  if (is_digit(first) || fraction) return read_number(std::move(token));
  if (first == '"' || first == '\'' || prefix_length(rest_) > 0) {
    return read_quoted(std::move(token));
  }
  if (is_name_start(first)) return read_name(std::move(token));
  if (first == '`') return read_quoted_name(std::move(token));
  return read_symbol(std::move(token));
}

Result<Token> Lexer::read_number(Token token) {
  const bool hexadecimal = rest_.size() > 2 && rest_[0] == '0' &&
                           (rest_[1] == 'x' || rest_[1] == 'X') && is_hex_digit(rest_[2]);
  const std::size_t length =
      hexadecimal ? 2 + length_while(rest_.substr(2), is_hex_digit) : length_while(rest_, is_digit);
  const std::string_view after = rest_.substr(length);
  const bool exponent =
      !hexadecimal && !after.empty() && (after.front() == 'e' || after.front() == 'E');
  if (exponent || (after.size() > 1 && after[0] == '.' && is_digit(after[1]))) {
    return fail_at(Code::expression_malformed, position_,
                   "There are no floating-point numbers; write an int");
  }
  if (!after.empty() && (after.front() == 'u' || after.front() == 'U')) {
    return fail_at(Code::expression_malformed, position_,
                   "There are no unsigned ints; write an int, which has 256 bits");
  }
  if (!after.empty() && is_name_part(after.front())) {
    return fail_at(Code::expression_malformed, position_, "A number ends in a letter");
  }
  token.kind = TokenKind::integer;
  token.text = rest_.substr(0, length);
  advance(length);
  return token;
}

Result<Token> Lexer::read_name(Token token) {
  const std::size_t length = length_while(rest_, is_name_part);
  token.kind = TokenKind::name;
  token.text = rest_.substr(0, length);
  advance(length);
  return token;
}

Result<Token> Lexer::read_quoted_name(Token token) {
  const std::size_t length = length_while(rest_.substr(1), is_quoted_name_part);
  if (length == 0 || length + 1 >= rest_.size() || rest_[length + 1] != '`') {
    return fail_at(Code::expression_malformed, position_,
                   "A name in backticks holds letters, digits, blanks and _ . - / only");
  }
  token.kind = TokenKind::quoted_name;
  token.text = rest_.substr(1, length);
  advance(length + 2);
  return token;
}

Result<Token> Lexer::read_quoted(Token token) {
  const std::size_t prefix = prefix_length(rest_);
  const std::string_view letters = rest_.substr(0, prefix);
  const bool raw = letters.find_first_of("rR") != std::string_view::npos;
  const bool is_bytes = letters.find_first_of("bB") != std::string_view::npos;
  const std::string_view opened = rest_.substr(prefix);
  const bool triple = opened.starts_with("\"\"\"") || opened.starts_with("'''");
  const std::string_view quote = opened.substr(0, triple ? 3 : 1);
  const std::string_view inside = opened.substr(quote.size());
  const std::size_t closing = raw ? find_closing_raw(inside, quote) : find_closing(inside, quote);
  if (closing == std::string_view::npos) {
    return fail_at(Code::expression_malformed, position_, "The quote is not closed");
  }
  const std::string_view body = inside.substr(0, closing);
  token.kind = is_bytes ? TokenKind::bytes : TokenKind::text;
  if (raw) {
    token.text = body;
  } else {
    Result<std::string> decoded =
        decode_escapes(body, is_bytes ? LiteralKind::bytes : LiteralKind::text);
    if (!decoded.has_value()) {
      return fail_at(decoded.error().code(), position_, decoded.error().message());
    }
    token.text = std::move(*decoded);
  }
  advance(prefix + quote.size() + closing + quote.size());
  return token;
}

Result<Token> Lexer::read_symbol(Token token) {
  const auto* symbol =
      std::find_if(kSymbols.begin(), kSymbols.end(),
                   [this](std::string_view each) { return rest_.starts_with(each); });
  if (symbol == kSymbols.end()) {
    const std::size_t length = 1 + length_while(rest_.substr(1), is_continuation);
    const bool printable = static_cast<unsigned char>(rest_.front()) >= 0x20;
    return fail_at(Code::expression_malformed, position_,
                   printable ? fmt::format("'{}' has no meaning here", rest_.substr(0, length))
                             : std::string("A control character has no meaning here"));
  }
  token.kind = TokenKind::symbol;
  token.text = *symbol;
  advance(symbol->size());
  return token;
}

}  // namespace nsl::expression
