// P-256 (secp256r1), Neo's curve: keys, ECDSA with SHA-256, ECDH.
//
// Signing is deterministic (RFC 6979) and takes the same time for every key and nonce: nonces and
// scalars are our own code (p256_scalar.h), point multiplication is OpenSSL's constant-time one.
// Signatures are r || s, 64 bytes big-endian. Verification accepts both s and n - s, as Neo does.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/crypto/hash.h"

namespace nsl::crypto {

inline constexpr std::size_t kP256CompressedBytes = 33;
inline constexpr std::size_t kP256UncompressedBytes = 65;
inline constexpr std::size_t kP256SignatureBytes = 64;

using P256Signature = std::array<std::uint8_t, kP256SignatureBytes>;

// A point on the curve other than infinity: there is no other way to make one.
class P256PublicKey {
 public:
  // SEC 1 form: 33 bytes compressed or 65 uncompressed. Code::invalid_key otherwise.
  static Result<P256PublicKey> parse(ByteView bytes);

  std::array<std::uint8_t, kP256CompressedBytes> compressed() const;
  const std::array<std::uint8_t, kP256UncompressedBytes>& uncompressed() const { return bytes_; }

  // Orders by x, then y, as Neo sorts the keys of a multi-signature account.
  friend auto operator<=>(const P256PublicKey&, const P256PublicKey&) = default;

 private:
  friend class P256PrivateKey;
  explicit P256PublicKey(const std::array<std::uint8_t, kP256UncompressedBytes>& bytes)
      : bytes_(bytes) {}
  std::array<std::uint8_t, kP256UncompressedBytes> bytes_;
};

class P256PrivateKey {
 public:
  // Big-endian, in 1 .. n - 1; Code::invalid_key otherwise.
  static Result<P256PrivateKey> from_secret(Secret<32> secret);
  static P256PrivateKey generate(Random& random);

  const P256PublicKey& public_key() const { return public_key_; }
  const Secret<32>& secret() const { return secret_; }
  P256PrivateKey duplicate() const { return {secret_.duplicate(), public_key_}; }

 private:
  P256PrivateKey(Secret<32> secret, const P256PublicKey& public_key)
      : secret_(std::move(secret)), public_key_(public_key) {}
  Secret<32> secret_;
  P256PublicKey public_key_;
};

// ECDSA over a digest, or over SHA-256 of a message.
P256Signature p256_sign_digest(const P256PrivateKey& key, const Digest32& digest);
P256Signature p256_sign(const P256PrivateKey& key, ByteView message);

// Many signatures at once share the inversion of their nonces and the division of their points; the
// results are the same bytes as one at a time.
struct P256SignRequest {
  const P256PrivateKey* key;
  Digest32 digest;
};
std::vector<P256Signature> p256_sign_batch(std::span<const P256SignRequest> requests);

// False for any other signature, of any length.
[[nodiscard]] bool p256_verify_digest(const P256PublicKey& key, const Digest32& digest,
                                      ByteView signature);
[[nodiscard]] bool p256_verify(const P256PublicKey& key, ByteView message, ByteView signature);

// The x coordinate of private * public (SEC 1 section 3.3.1).
Secret<32> p256_ecdh(const P256PrivateKey& key, const P256PublicKey& peer);

}  // namespace nsl::crypto
