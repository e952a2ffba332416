// Base58Check: Base58 over the payload and the first four bytes of hash256(payload), as in Neo's
// addresses, WIF and NEP-2 keys. The payload includes its version bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::crypto {

std::string encode_base58check(ByteView payload);

// Code::malformed_base58 when the text or the checksum is wrong.
Result<Bytes> decode_base58check(std::string_view text);
Result<SecretBytes> decode_base58check_secret(std::string_view text);

}  // namespace nsl::crypto
