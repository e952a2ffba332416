#include "core/neo/address.h"

#include "core/crypto/base58check.h"

namespace nsl::neo {

std::string to_address(const UInt160& account, std::uint8_t version) {
  Bytes payload = {version};
  append(payload, account.little_endian());
  return crypto::encode_base58check(payload);
}

std::string to_address(const PublicKey& key, std::uint8_t version) {
  return to_address(account_of(key), version);
}

Result<UInt160> parse_address(std::string_view text, std::uint8_t version) {
  const Result<Bytes> payload = crypto::decode_base58check(text);
  if (!payload.has_value() || payload->size() != 1 + UInt160::kSize ||
      payload->front() != version) {
    return fail(Code::invalid_address);
  }
  return UInt160::parse_little_endian(ByteView(*payload).subspan(1));
}

Result<UInt160> parse_account(std::string_view text, std::uint8_t version) {
  if (text.starts_with("0x")) return UInt160::parse(text);
  return parse_address(text, version);
}

}  // namespace nsl::neo
