// Strict checks of text from a run: is it UTF-8 (RFC 3629), is it one JSON value (RFC 8259)? No
// value is built; the caller keeps the bytes as they are.
#pragma once

#include <cstddef>
#include <string_view>

namespace nsl::runner::abi {

// Refuses overlong forms, surrogates and code points above U+10FFFF.
bool is_utf8(std::string_view text);

// Deepest nesting of arrays and objects is_json_text() accepts: readers of JSON have stacks.
inline constexpr std::size_t kJsonDepthMax = 256;

// One value with optional white space around it. The text must be UTF-8.
bool is_json_text(std::string_view text);

}  // namespace nsl::runner::abi
