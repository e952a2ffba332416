// Signing with P-384, for the development security module only: it plays the Nitro card's part.
// The nonce is OpenSSL's own random one. Kept apart so that production programs do not hold it.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/crypto/p384.h"

namespace nsl::crypto {

using P384Signature = std::array<std::uint8_t, kP384SignatureBytes>;

class P384PrivateKey {
 public:
  // Big-endian, in 1 .. n - 1; Code::invalid_key otherwise.
  static Result<P384PrivateKey> from_secret(Secret<48> secret);
  static P384PrivateKey generate(Random& random);

  const P384PublicKey& public_key() const { return public_key_; }
  const Secret<48>& secret() const { return secret_; }

 private:
  P384PrivateKey(Secret<48> secret, const P384PublicKey& public_key)
      : secret_(std::move(secret)), public_key_(public_key) {}
  Secret<48> secret_;
  P384PublicKey public_key_;
};

// ECDSA over SHA-384 of the message.
P384Signature p384_sign(const P384PrivateKey& key, ByteView message);

}  // namespace nsl::crypto
