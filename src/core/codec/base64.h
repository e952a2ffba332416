// Base64 (RFC 4648): the standard alphabet with padding, and the URL-safe alphabet without. Each
// byte sequence has exactly one accepted text: padding must be as the form says and unused bits
// must be zero.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::codec {

std::string encode_base64(ByteView bytes);
Result<Bytes> decode_base64(std::string_view text);

std::string encode_base64url(ByteView bytes);
Result<Bytes> decode_base64url(std::string_view text);

}  // namespace nsl::codec
