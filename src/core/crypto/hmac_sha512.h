// HMAC-SHA512 (RFC 2104) and PBKDF2 with it (RFC 8018): what BIP-39 and SLIP-10 make keys with.
// Working memory is wiped.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace nsl::crypto {

Secret<64> hmac_sha512(ByteView key, ByteView data);

// `iterations` is at least 1; the one block of output is 64 bytes.
Secret<64> pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t iterations);

}  // namespace nsl::crypto
