#include "core/crypto/base58check.h"

#include "core/codec/base58.h"
#include "core/crypto/hash.h"

namespace nsl::crypto {
namespace {

constexpr std::size_t kChecksumBytes = 4;

bool checksum_matches(ByteView bytes) {
  if (bytes.size() < kChecksumBytes) return false;
  const Digest32 digest = hash256(bytes.first(bytes.size() - kChecksumBytes));
  return equal(ByteView(digest).first(kChecksumBytes), bytes.last(kChecksumBytes));
}

std::unexpected<Error> wrong_checksum() {
  return fail(Code::malformed_base58, "Checksum does not match");
}

}  // namespace

std::string encode_base58check(ByteView payload) {
  SecretBytes bytes(payload.size() + kChecksumBytes);
  const Digest32 digest = hash256(payload);
  const std::span<std::uint8_t> target = bytes.reveal_mutable();
  std::copy(payload.begin(), payload.end(), target.begin());
  std::copy_n(digest.begin(), kChecksumBytes, target.last(kChecksumBytes).begin());
  return codec::encode_base58(bytes.reveal());
}

Result<Bytes> decode_base58check(std::string_view text) {
  NSL_TRY(Bytes bytes, codec::decode_base58(text));
  if (!checksum_matches(bytes)) return wrong_checksum();
  bytes.resize(bytes.size() - kChecksumBytes);
  return bytes;
}

Result<SecretBytes> decode_base58check_secret(std::string_view text) {
  NSL_TRY(SecretBytes bytes, codec::decode_base58_secret(text));
  if (!checksum_matches(bytes.reveal())) return wrong_checksum();
  bytes.truncate(bytes.size() - kChecksumBytes);
  return bytes;
}

}  // namespace nsl::crypto
