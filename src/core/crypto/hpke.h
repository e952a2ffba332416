// HPKE (RFC 9180), base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-GCM. A client seals a
// request to the enclave's attested key; both sides then export further secrets from the same
// context (section 9.8 seals the reply with one).
//
// A context numbers its messages: each is sealed and opened in order, and a message that does not
// open does not use up its number.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"
#include "core/crypto/p256.h"

namespace nsl::crypto {

// Identifiers of RFC 9180 section 7.3. The product uses AES-256-GCM; the RFC's vectors for this
// curve use AES-128-GCM.
enum class HpkeAead : std::uint16_t { aes_128_gcm = 1, aes_256_gcm = 2 };

using HpkeEncapsulatedKey = std::array<std::uint8_t, kP256UncompressedBytes>;

// What sender and receiver share.
class HpkeContext {
 public:
  // A secret of N bytes for another use; the same on both sides for the same context bytes.
  template <std::size_t N>
  Secret<N> export_secret(ByteView exporter_context) const {
    Secret<N> result;
    export_into(exporter_context, result.reveal_mutable());
    return result;
  }

 protected:
  HpkeContext(ByteView shared_secret, ByteView info, HpkeAead aead);

  // The nonce of the next message.
  AeadNonce next_nonce() const;
  ByteView key() const { return key_.reveal().first(aead_ == HpkeAead::aes_128_gcm ? 16 : 32); }
  void count_message();

 private:
  void export_into(ByteView exporter_context, std::span<std::uint8_t> target) const;

  HpkeAead aead_;
  Secret<32> key_;
  Secret<32> exporter_secret_;
  AeadNonce base_nonce_{};
  std::uint64_t message_count_ = 0;
};

class HpkeSender final : public HpkeContext {
 public:
  static HpkeSender setup(const P256PublicKey& receiver, ByteView info, HpkeAead aead,
                          Random& random);
  // With an ephemeral key of the caller's, which must be used for nothing else.
  static HpkeSender setup_with(const P256PrivateKey& ephemeral, const P256PublicKey& receiver,
                               ByteView info, HpkeAead aead);

  // Travels in front of the first message.
  const HpkeEncapsulatedKey& encapsulated_key() const { return encapsulated_key_; }
  Bytes seal(ByteView associated_data, ByteView plaintext);

 private:
  HpkeSender(const HpkeEncapsulatedKey& encapsulated_key, ByteView shared_secret, ByteView info,
             HpkeAead aead)
      : HpkeContext(shared_secret, info, aead), encapsulated_key_(encapsulated_key) {}
  HpkeEncapsulatedKey encapsulated_key_;
};

class HpkeReceiver final : public HpkeContext {
 public:
  // Code::invalid_key when the encapsulated key is no point on the curve.
  static Result<HpkeReceiver> setup(const P256PrivateKey& receiver, ByteView encapsulated_key,
                                    ByteView info, HpkeAead aead);

  Result<Bytes> open(ByteView associated_data, ByteView sealed);
  Result<SecretBytes> open_secret(ByteView associated_data, ByteView sealed);

 private:
  HpkeReceiver(ByteView shared_secret, ByteView info, HpkeAead aead)
      : HpkeContext(shared_secret, info, aead) {}
};

// DeriveKeyPair of section 7.1.3: a key from at least 32 bytes of secret material.
P256PrivateKey hpke_derive_key(ByteView input_key_material);

}  // namespace nsl::crypto
