// A strict check of text from a run: is it one JSON value (RFC 8259)? No value is built; the caller
// keeps the bytes as they are.
#pragma once

#include <cstddef>
#include <string_view>

namespace nsl::runner::abi {

// Deepest nesting of arrays and objects is_json_text() accepts: readers of JSON have stacks.
inline constexpr std::size_t kJsonDepthMax = 256;

// One value with optional white space around it. Text that is not UTF-8 is refused.
bool is_json_text(std::string_view text);

}  // namespace nsl::runner::abi
