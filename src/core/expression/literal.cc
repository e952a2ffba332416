#include "core/expression/literal.h"

#include <array>
#include <cstddef>
#include <optional>

#include "core/base/assert.h"

namespace nsl::expression {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::uint32_t kCodePointMax = 0x10FFFF;

struct SimpleEscape {
  char letter;
  char meaning;
};

constexpr std::array<SimpleEscape, 12> kSimpleEscapes = {{{'a', '\a'},
                                                          {'b', '\b'},
                                                          {'f', '\f'},
                                                          {'n', '\n'},
                                                          {'r', '\r'},
                                                          {'t', '\t'},
                                                          {'v', '\v'},
                                                          {'\\', '\\'},
                                                          {'?', '?'},
                                                          {'"', '"'},
                                                          {'\'', '\''},
                                                          {'`', '`'}}};

std::optional<std::uint32_t> digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

void append_code_point(std::string& target, std::uint32_t code_point) {
  const auto tail = [code_point](unsigned shift) {
    return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU));
  };
  if (code_point < 0x80) {
    target += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    target += {static_cast<char>(0xC0U | (code_point >> 6)), tail(0)};
  } else if (code_point < 0x10000) {
    target += {static_cast<char>(0xE0U | (code_point >> 12)), tail(6), tail(0)};
  } else {
    target += {static_cast<char>(0xF0U | (code_point >> 18)), tail(12), tail(6), tail(0)};
  }
}

// How the digits of a numeric escape are read: two of base 16 after \x, three of base 8.
struct NumericEscape {
  std::size_t digits;
  std::uint32_t base;
};

class EscapeDecoder {
 public:
  EscapeDecoder(std::string_view body, LiteralKind kind) : rest_(body), kind_(kind) {}

  Result<std::string> decode() {
    while (!rest_.empty()) {
      const std::size_t plain = rest_.find('\\');
      result_ += rest_.substr(0, plain);
      if (plain == std::string_view::npos) break;
      rest_.remove_prefix(plain + 1);
      NSL_TRY_VOID(decode_one());
    }
    return std::move(result_);
  }

 private:
  static std::unexpected<Error> malformed(std::string message) {
    return fail(Code::expression_malformed, std::move(message));
  }

  // After the backslash.
  Result<void> decode_one() {
    if (rest_.empty()) return malformed("A backslash escapes nothing");
    const char letter = rest_.front();
    for (const SimpleEscape& escape : kSimpleEscapes) {
      if (letter != escape.letter) continue;
      result_ += escape.meaning;
      rest_.remove_prefix(1);
      return {};
    }
    if (letter >= '0' && letter <= '3') return decode_number({.digits = 3, .base = 8});
    rest_.remove_prefix(1);
    if (letter == 'x' || letter == 'X') return decode_number({.digits = 2, .base = 16});
    if (letter == 'u' || letter == 'U') {
      if (kind_ == LiteralKind::bytes) return malformed("Bytes take \\x escapes, not \\u");
      return decode_number({.digits = letter == 'u' ? 4U : 8U, .base = 16});
    }
    return malformed(
        "Unknown escape; known are \\n \\r \\t \\\\ \\\" \\' \\a \\b \\f \\v \\? \\` \\xHH \\ooo "
        "\\uHHHH \\UHHHHHHHH");
  }

  Result<void> decode_number(NumericEscape escape) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < escape.digits; ++i) {
      const std::optional<std::uint32_t> digit =
          i < rest_.size() ? digit_value(rest_[i]) : std::nullopt;
      if (!digit || *digit >= escape.base) return malformed("An escape has too few digits");
      // Eight hexadecimal digits fill 32 bits exactly.
      value = value * escape.base + *digit;
    }
    rest_.remove_prefix(escape.digits);
    if (kind_ == LiteralKind::bytes) {
      NSL_ASSERT(value <= 0xFF);
      result_ += static_cast<char>(value);
      return {};
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (surrogate || value > kCodePointMax) return malformed("An escape names no code point");
    append_code_point(result_, value);
    return {};
  }

  std::string_view rest_;
  LiteralKind kind_;
  std::string result_;
};

void append_hex(std::string& target, std::uint8_t byte) {
  target += "\\x";
  target += kHexDigits[byte >> 4];
  target += kHexDigits[byte & 0xF];
}

// What both kinds of literal write in their own way; whether it was one of these.
bool append_common(std::string& target, char c) {
  if (c == '"' || c == '\\') {
    target += {'\\', c};
  } else if (c == '\n') {
    target += "\\n";
  } else if (c == '\r') {
    target += "\\r";
  } else if (c == '\t') {
    target += "\\t";
  } else {
    return false;
  }
  return true;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

}  // namespace

Result<std::string> decode_escapes(std::string_view body, LiteralKind kind) {
  return EscapeDecoder(body, kind).decode();
}

std::string quote_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (append_common(quoted, c)) continue;
    if (is_control(c)) {
      append_hex(quoted, static_cast<std::uint8_t>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string quote_bytes(ByteView bytes) {
  std::string quoted = "b\"";
  for (const std::uint8_t byte : bytes) {
    const char c = static_cast<char>(byte);
    if (append_common(quoted, c)) continue;
    if (is_control(c) || !is_ascii(c)) {
      append_hex(quoted, byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace nsl::expression
