#include "core/neo/hash.h"

#include "core/codec/hex.h"
#include "core/crypto/hash.h"

namespace nsl::neo {
namespace internal {

std::string to_big_endian_text(ByteView little_endian) {
  const Bytes big_endian(little_endian.rbegin(), little_endian.rend());
  return "0x" + codec::encode_hex(big_endian);
}

Result<void> parse_big_endian_text(std::string_view text, std::span<std::uint8_t> little_endian) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  if (!codec::decode_hex_into(text, little_endian).has_value()) return fail(Code::invalid_hash);
  std::reverse(little_endian.begin(), little_endian.end());
  return {};
}

}  // namespace internal

UInt160 hash160_of(ByteView bytes) { return UInt160(crypto::hash160(bytes)); }
UInt256 sha256_of(ByteView bytes) { return UInt256(crypto::sha256(bytes)); }
UInt256 hash256_of(ByteView bytes) { return UInt256(crypto::hash256(bytes)); }

}  // namespace nsl::neo
