// P-384 (secp384r1) as the Nitro security module uses it: ECDSA with SHA-384. This side verifies;
// signing is in p384_sign.h, which production programs do not link.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::crypto {

inline constexpr std::size_t kP384UncompressedBytes = 97;
inline constexpr std::size_t kP384SignatureBytes = 96;

// A point on the curve other than infinity.
class P384PublicKey {
 public:
  // SEC 1 uncompressed form; Code::invalid_key otherwise.
  static Result<P384PublicKey> parse(ByteView bytes);

  const std::array<std::uint8_t, kP384UncompressedBytes>& uncompressed() const { return bytes_; }
  friend auto operator<=>(const P384PublicKey&, const P384PublicKey&) = default;

 private:
  explicit P384PublicKey(const std::array<std::uint8_t, kP384UncompressedBytes>& bytes)
      : bytes_(bytes) {}
  std::array<std::uint8_t, kP384UncompressedBytes> bytes_;
};

// The signature is r || s; false for any other length or value.
[[nodiscard]] bool p384_verify(const P384PublicKey& key, ByteView message, ByteView signature);

}  // namespace nsl::crypto
