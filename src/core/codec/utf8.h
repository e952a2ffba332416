// Whether bytes are well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above
// U+10FFFF.
#pragma once

#include <string_view>

#include "core/base/bytes.h"

namespace nsl::codec {

bool is_valid_utf8(ByteView bytes);
inline bool is_valid_utf8(std::string_view text) { return is_valid_utf8(as_bytes(text)); }

}  // namespace nsl::codec
