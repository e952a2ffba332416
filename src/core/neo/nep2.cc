#include "core/neo/nep2.h"

#include <algorithm>
#include <array>

#include "core/base/secret.h"
#include "core/crypto/aead.h"
#include "core/crypto/base58check.h"
#include "core/neo/address.h"
#include "core/neo/nfc.h"

namespace nsl::neo {
namespace {

constexpr std::array<std::uint8_t, 3> kStart = {0x01, 0x42, 0xE0};
constexpr std::size_t kSaltBytes = 4;
constexpr std::size_t kPayloadBytes = kStart.size() + kSaltBytes + 32;

using Salt = std::array<std::uint8_t, kSaltBytes>;

// The first bytes of hash256(address); also how a wrong passphrase is noticed.
Salt salt_of(const PrivateKey& key) {
  const std::string address = to_address(key.public_key());
  const crypto::Digest32 digest = crypto::hash256(as_bytes(address));
  Salt salt{};
  std::copy_n(digest.begin(), salt.size(), salt.begin());
  return salt;
}

// 32 bytes to mask the key with, then 32 bytes of AES key.
Result<Secret<64>> derive(ByteView passphrase, const Salt& salt, crypto::ScryptCost cost) {
  if (!is_certainly_nfc(passphrase)) {
    return fail(Code::invalid_argument, "The passphrase is not UTF-8 in normalisation form C");
  }
  Secret<64> derived;
  NSL_TRY_VOID(crypto::scrypt(passphrase, salt, cost, derived.reveal_mutable()));
  return derived;
}

void mask(std::span<std::uint8_t, 32> key, std::span<const std::uint8_t, 32> with) {
  for (std::size_t i = 0; i < key.size(); ++i) key[i] ^= with[i];
}

}  // namespace

Result<std::string> seal_nep2(const PrivateKey& key, ByteView passphrase, crypto::ScryptCost cost) {
  const Salt salt = salt_of(key);
  NSL_TRY(const Secret<64> derived, derive(passphrase, salt, cost));
  Secret<32> masked = key.secret().duplicate();
  mask(masked.reveal_mutable(), derived.reveal().first<32>());
  Bytes payload(kPayloadBytes);
  std::copy(kStart.begin(), kStart.end(), payload.begin());
  std::copy(salt.begin(), salt.end(), payload.begin() + kStart.size());
  crypto::aes_256_ecb(derived.reveal().last<32>(), crypto::EcbDirection::seal, masked.reveal(),
                      std::span(payload).last(32));
  return crypto::encode_base58check(payload);
}

Result<PrivateKey> open_nep2(std::string_view text, ByteView passphrase, crypto::ScryptCost cost) {
  const Result<Bytes> payload = crypto::decode_base58check(text);
  if (!payload.has_value() || payload->size() != kPayloadBytes ||
      !std::equal(kStart.begin(), kStart.end(), payload->begin())) {
    return fail(Code::invalid_nep2);
  }
  Salt salt{};
  std::copy_n(payload->begin() + kStart.size(), salt.size(), salt.begin());
  NSL_TRY(const Secret<64> derived, derive(passphrase, salt, cost));
  Secret<32> opened;
  crypto::aes_256_ecb(derived.reveal().last<32>(), crypto::EcbDirection::open,
                      ByteView(*payload).last(32), opened.reveal_mutable());
  mask(opened.reveal_mutable(), derived.reveal().first<32>());
  Result<PrivateKey> key = PrivateKey::from_secret(std::move(opened));
  if (!key.has_value() || salt_of(*key) != salt) return fail(Code::wrong_passphrase);
  return key;
}

}  // namespace nsl::neo
