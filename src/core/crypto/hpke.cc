#include "core/crypto/hpke.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "core/base/assert.h"
#include "core/crypto/hmac.h"

namespace nsl::crypto {
namespace {

constexpr std::string_view kVersionLabel = "HPKE-v1";
constexpr std::uint16_t kKem = 0x0010;  // DHKEM(P-256, HKDF-SHA256)
constexpr std::uint16_t kKdf = 0x0001;  // HKDF-SHA256
constexpr std::uint8_t kModeBase = 0x00;

void append_u16(Bytes& target, std::size_t value) {
  NSL_ASSERT(value <= UINT16_MAX);
  target.push_back(static_cast<std::uint8_t>(value >> 8));
  target.push_back(static_cast<std::uint8_t>(value & 0xff));
}

Bytes kem_suite() {
  Bytes suite = to_bytes("KEM");
  append_u16(suite, kKem);
  return suite;
}

Bytes hpke_suite(HpkeAead aead) {
  Bytes suite = to_bytes("HPKE");
  append_u16(suite, kKem);
  append_u16(suite, kKdf);
  append_u16(suite, static_cast<std::uint16_t>(aead));
  return suite;
}

// Section 4, for one suite.
class LabeledKdf {
 public:
  explicit LabeledKdf(Bytes suite) : suite_(std::move(suite)) {}

  Secret<32> extract(ByteView salt, std::string_view label, ByteView input_key) const {
    HmacSha256 mac(salt);
    mac.update(as_bytes(kVersionLabel)).update(suite_).update(as_bytes(label)).update(input_key);
    Digest32 digest = mac.finish();
    Secret<32> result = Secret<32>::copy_of(digest);
    wipe(digest);
    return result;
  }

  void expand(const Secret<32>& pseudorandom_key, std::string_view label, ByteView info,
              std::span<std::uint8_t> target) const {
    Bytes labeled;
    append_u16(labeled, target.size());
    append(labeled, as_bytes(kVersionLabel));
    append(labeled, suite_);
    append(labeled, as_bytes(label));
    append(labeled, info);
    hkdf_sha256_expand(pseudorandom_key.reveal(), labeled, target);
  }

 private:
  Bytes suite_;
};

// ExtractAndExpand of section 4.1.
Secret<32> kem_shared_secret(const Secret<32>& dh, const HpkeEncapsulatedKey& encapsulated_key,
                             const P256PublicKey& receiver) {
  const LabeledKdf kdf(kem_suite());
  Bytes kem_context = to_bytes(encapsulated_key);
  append(kem_context, receiver.uncompressed());
  const Secret<32> extracted = kdf.extract({}, "eae_prk", dh.reveal());
  Secret<32> shared_secret;
  kdf.expand(extracted, "shared_secret", kem_context, shared_secret.reveal_mutable());
  return shared_secret;
}

}  // namespace

// KeySchedule of section 5.1 with an empty pre-shared key.
HpkeContext::HpkeContext(ByteView shared_secret, ByteView info, HpkeAead aead) : aead_(aead) {
  const LabeledKdf kdf(hpke_suite(aead));
  Bytes context{kModeBase};
  append(context, kdf.extract({}, "psk_id_hash", {}).reveal());
  append(context, kdf.extract({}, "info_hash", info).reveal());
  const Secret<32> secret = kdf.extract(shared_secret, "secret", {});
  kdf.expand(secret, "key", context, key_.reveal_mutable().first(key().size()));
  kdf.expand(secret, "base_nonce", context, base_nonce_);
  kdf.expand(secret, "exp", context, exporter_secret_.reveal_mutable());
}

AeadNonce HpkeContext::next_nonce() const {
  AeadNonce nonce = base_nonce_;
  for (std::size_t i = 0; i < sizeof(message_count_); ++i) {
    nonce[nonce.size() - 1 - i] ^= static_cast<std::uint8_t>(message_count_ >> (8 * i));
  }
  return nonce;
}

void HpkeContext::count_message() {
  NSL_ASSERT(message_count_ < std::numeric_limits<std::uint64_t>::max());
  ++message_count_;
}

void HpkeContext::export_into(ByteView exporter_context, std::span<std::uint8_t> target) const {
  LabeledKdf(hpke_suite(aead_)).expand(exporter_secret_, "sec", exporter_context, target);
}

HpkeSender HpkeSender::setup(const P256PublicKey& receiver, ByteView info, HpkeAead aead,
                             Random& random) {
  return setup_with(P256PrivateKey::generate(random), receiver, info, aead);
}

HpkeSender HpkeSender::setup_with(const P256PrivateKey& ephemeral, const P256PublicKey& receiver,
                                  ByteView info, HpkeAead aead) {
  const HpkeEncapsulatedKey& encapsulated_key = ephemeral.public_key().uncompressed();
  const Secret<32> shared_secret =
      kem_shared_secret(p256_ecdh(ephemeral, receiver), encapsulated_key, receiver);
  return {encapsulated_key, shared_secret.reveal(), info, aead};
}

Bytes HpkeSender::seal(ByteView associated_data, ByteView plaintext) {
  const AeadNonce nonce = next_nonce();
  count_message();
  return aead_seal({.key = key(), .nonce = nonce, .associated_data = associated_data}, plaintext);
}

Result<HpkeReceiver> HpkeReceiver::setup(const P256PrivateKey& receiver, ByteView encapsulated_key,
                                         ByteView info, HpkeAead aead) {
  if (encapsulated_key.size() != kP256UncompressedBytes) return fail(Code::invalid_key);
  NSL_TRY(const P256PublicKey ephemeral, P256PublicKey::parse(encapsulated_key));
  const Secret<32> shared_secret = kem_shared_secret(
      p256_ecdh(receiver, ephemeral), ephemeral.uncompressed(), receiver.public_key());
  return HpkeReceiver(shared_secret.reveal(), info, aead);
}

Result<Bytes> HpkeReceiver::open(ByteView associated_data, ByteView sealed) {
  const AeadNonce nonce = next_nonce();
  NSL_TRY(Bytes plaintext,
          aead_open({.key = key(), .nonce = nonce, .associated_data = associated_data}, sealed));
  count_message();
  return plaintext;
}

Result<SecretBytes> HpkeReceiver::open_secret(ByteView associated_data, ByteView sealed) {
  const AeadNonce nonce = next_nonce();
  NSL_TRY(
      SecretBytes plaintext,
      aead_open_secret({.key = key(), .nonce = nonce, .associated_data = associated_data}, sealed));
  count_message();
  return plaintext;
}

P256PrivateKey hpke_derive_key(ByteView input_key_material) {
  NSL_ASSERT(input_key_material.size() >= 32);
  const LabeledKdf kdf(kem_suite());
  const Secret<32> extracted = kdf.extract({}, "dkp_prk", input_key_material);
  for (std::uint8_t counter = 0;; ++counter) {
    Secret<32> candidate;
    kdf.expand(extracted, "candidate", {&counter, 1}, candidate.reveal_mutable());
    Result<P256PrivateKey> key = P256PrivateKey::from_secret(std::move(candidate));
    if (key.has_value()) return std::move(*key);
    // 256 refusals in a row have probability 2^-8192.
    NSL_ASSERT(counter < UINT8_MAX);
  }
}

}  // namespace nsl::crypto
