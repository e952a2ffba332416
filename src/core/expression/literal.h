// Text and bytes as they are written in an expression: the escapes of CEL's string literals, and
// quoting that gives a literal back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::expression {

enum class LiteralKind : std::uint8_t { text, bytes };

// What stands between the quotes, its escapes resolved. In text \x, \u, \U and octal escapes are
// code points, in bytes \x and octal ones are single bytes. `body` must be UTF-8. Errors carry no
// position; the caller knows it.
Result<std::string> decode_escapes(std::string_view body, LiteralKind kind);

// "..." with the escapes that are needed. `text` must be UTF-8.
std::string quote_text(std::string_view text);
// b"..." in ASCII.
std::string quote_bytes(ByteView bytes);

}  // namespace nsl::expression
