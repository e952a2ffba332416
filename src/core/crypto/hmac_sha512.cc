#include "core/crypto/hmac_sha512.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/crypto/hash.h"

namespace nsl::crypto {
namespace {

constexpr std::size_t kBlockBytes = 128;
constexpr std::size_t kDigestBytes = 64;
constexpr std::uint8_t kInnerPad = 0x36;
constexpr std::uint8_t kOuterPad = 0x5c;

using Block = std::array<std::uint8_t, kBlockBytes>;

// sha512(pad xor key || data) into `target`.
void hash_keyed(const Block& key, std::uint8_t pad, ByteView data,
                std::span<std::uint8_t, kDigestBytes> target) {
  SecretBytes message(kBlockBytes + data.size());
  const std::span<std::uint8_t> bytes = message.reveal_mutable();
  std::transform(key.begin(), key.end(), bytes.begin(),
                 [pad](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ pad); });
  std::copy(data.begin(), data.end(), bytes.begin() + kBlockBytes);
  Digest64 digest = sha512(message.reveal());
  std::copy(digest.begin(), digest.end(), target.begin());
  wipe(digest);
}

}  // namespace

Secret<64> hmac_sha512(ByteView key, ByteView data) {
  Block block{};
  if (key.size() > kBlockBytes) {
    Digest64 digest = sha512(key);
    std::copy(digest.begin(), digest.end(), block.begin());
    wipe(digest);
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  Secret<64> inner;
  hash_keyed(block, kInnerPad, data, inner.reveal_mutable());
  Secret<64> tag;
  hash_keyed(block, kOuterPad, inner.reveal(), tag.reveal_mutable());
  wipe(block);
  return tag;
}

Secret<64> pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t iterations) {
  NSL_ASSERT(iterations >= 1);
  Bytes first(salt.begin(), salt.end());
  append(first, std::array<std::uint8_t, 4>{0, 0, 0, 1});
  Secret<64> round = hmac_sha512(password, first);
  Secret<64> result = round.duplicate();
  const std::span<std::uint8_t, 64> sum = result.reveal_mutable();
  for (std::uint32_t i = 1; i < iterations; ++i) {
    round = hmac_sha512(password, round.reveal());
    std::transform(sum.begin(), sum.end(), round.reveal().begin(), sum.begin(),
                   [](std::uint8_t left, std::uint8_t right) {
                     return static_cast<std::uint8_t>(left ^ right);
                   });
  }
  return result;
}

}  // namespace nsl::crypto
