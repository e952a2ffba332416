// Hash functions of FIPS 180-4 and RIPEMD-160, and Neo's two compositions. Sizes are fixed by type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"

namespace nsl::crypto {

using Digest20 = std::array<std::uint8_t, 20>;
using Digest32 = std::array<std::uint8_t, 32>;
using Digest48 = std::array<std::uint8_t, 48>;
using Digest64 = std::array<std::uint8_t, 64>;

Digest32 sha256(ByteView data);
Digest48 sha384(ByteView data);
Digest64 sha512(ByteView data);
Digest20 ripemd160(ByteView data);
// sha256(sha256(data)): Neo's checksum and transaction hash.
Digest32 hash256(ByteView data);
// ripemd160(sha256(data)): Neo's script hash.
Digest20 hash160(ByteView data);

// SHA-256 over data that comes in pieces. A copy continues from the same point; the state is wiped
// when the object goes, because it may have taken in a key.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = default;
  Sha256& operator=(const Sha256&) = default;

  Sha256& update(ByteView data);
  // The digest of everything so far; the object must not be updated afterwards.
  Digest32 finish();

 private:
  // Room for OpenSSL's SHA256_CTX; hash_unsafe.cc checks that it fits.
  alignas(8) std::array<std::uint8_t, 112> state_;
};

}  // namespace nsl::crypto
