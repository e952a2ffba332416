// The words of an expression: names, literals with their escapes resolved, operators. Comments run
// from // to the end of the line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::expression {

// Where something stands in the source, both from 1; columns count code points.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// Fails with "line:column: message".
std::unexpected<Error> fail_at(Code code, Position position, std::string_view message);

enum class TokenKind : std::uint8_t {
  end,
  name,
  // `name` in backticks, allowed after a dot only.
  quoted_name,
  // Decimal digits, or 0x and hexadecimal ones.
  integer,
  text,
  bytes,
  // The operator itself is the token's text.
  symbol,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Position position;
  std::string text;

  bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::symbol && text == symbol;
  }
  bool is_name(std::string_view name) const { return kind == TokenKind::name && text == name; }
};

// How a message names the token: 'foo', the end of the expression.
std::string describe(const Token& token);

class Lexer {
 public:
  // `source` must be UTF-8 and outlive the lexer.
  explicit Lexer(std::string_view source) : rest_(source) {}

  // TokenKind::end for ever once the source is read.
  Result<Token> next();

 private:
  void advance(std::size_t bytes);
  void skip_blanks();
  Result<Token> read_number(Token token);
  Result<Token> read_name(Token token);
  Result<Token> read_quoted_name(Token token);
  Result<Token> read_quoted(Token token);
  Result<Token> read_symbol(Token token);

  std::string_view rest_;
  Position position_;
};

}  // namespace nsl::expression
