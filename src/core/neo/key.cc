#include "core/neo/key.h"

#include "core/codec/hex.h"
#include "core/crypto/base58check.h"
#include "core/neo/contract.h"

namespace nsl::neo {
namespace {

constexpr std::uint8_t kWifVersion = 0x80;
constexpr std::uint8_t kWifCompressed = 0x01;
constexpr std::size_t kWifBytes = 34;

}  // namespace

Result<PublicKey> parse_public_key(ByteView compressed) {
  if (compressed.size() == crypto::kP256CompressedBytes) {
    Result<PublicKey> key = PublicKey::parse(compressed);
    if (key.has_value()) return key;
  }
  return fail(Code::invalid_public_key);
}

Result<PublicKey> parse_public_key_text(std::string_view text) {
  const Result<Bytes> bytes = codec::decode_hex(text);
  if (!bytes.has_value()) return fail(Code::invalid_public_key);
  return parse_public_key(*bytes);
}

std::string to_text(const PublicKey& key) { return codec::encode_hex(key.compressed()); }

SecretBytes to_wif(const PrivateKey& key) {
  SecretBytes payload(kWifBytes);
  const auto bytes = payload.reveal_mutable();
  bytes[0] = kWifVersion;
  std::copy_n(key.secret().reveal().begin(), 32, bytes.begin() + 1);
  bytes[kWifBytes - 1] = kWifCompressed;
  std::string text = crypto::encode_base58check(payload.reveal());
  SecretBytes result = SecretBytes::copy_of(as_bytes(text));
  for (volatile char& character : text) character = 0;
  return result;
}

Result<PrivateKey> parse_wif(std::string_view text) {
  const Result<SecretBytes> payload = crypto::decode_base58check_secret(text);
  if (!payload.has_value()) return fail(Code::invalid_wif);
  const ByteView bytes = payload->reveal();
  if (bytes.size() != kWifBytes || bytes.front() != kWifVersion || bytes.back() != kWifCompressed) {
    return fail(Code::invalid_wif);
  }
  Result<PrivateKey> key =
      PrivateKey::from_secret(Secret<32>::copy_of(bytes.subspan(1).first<32>()));
  if (!key.has_value()) return fail(Code::invalid_wif);
  return key;
}

UInt160 account_of(const PublicKey& key) { return hash160_of(make_signature_script(key)); }

}  // namespace nsl::neo
