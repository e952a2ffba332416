#include "core/crypto/hmac.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace nsl::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kDigestBytes = 32;
constexpr std::uint8_t kInnerPad = 0x36;
constexpr std::uint8_t kOuterPad = 0x5c;

}  // namespace

HmacSha256::HmacSha256(ByteView key) {
  std::array<std::uint8_t, kBlockBytes> block{};
  if (key.size() > kBlockBytes) {
    Digest32 digest = sha256(key);
    std::copy(digest.begin(), digest.end(), block.begin());
    wipe(digest);
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (std::uint8_t& byte : block) byte ^= kInnerPad;
  inner_.update(block);
  for (std::uint8_t& byte : block) byte ^= kInnerPad ^ kOuterPad;
  outer_.update(block);
  wipe(block);
}

HmacSha256& HmacSha256::update(ByteView data) {
  inner_.update(data);
  return *this;
}

Digest32 HmacSha256::finish() {
  Digest32 inner = inner_.finish();
  const Digest32 tag = outer_.update(inner).finish();
  wipe(inner);
  return tag;
}

Digest32 hmac_sha256(ByteView key, ByteView data) { return HmacSha256(key).update(data).finish(); }

Secret<32> hkdf_sha256_extract(ByteView salt, ByteView input_key) {
  Digest32 pseudorandom_key = hmac_sha256(salt, input_key);
  Secret<32> result = Secret<32>::copy_of(pseudorandom_key);
  wipe(pseudorandom_key);
  return result;
}

void hkdf_sha256_expand(ByteView pseudorandom_key, ByteView info, std::span<std::uint8_t> target) {
  NSL_ASSERT(target.size() <= 255 * kDigestBytes);
  const HmacSha256 keyed(pseudorandom_key);
  Digest32 block{};
  std::uint8_t counter = 0;
  for (std::size_t done = 0; done < target.size();) {
    HmacSha256 round = keyed;
    if (counter > 0) round.update(block);
    ++counter;
    block = round.update(info).update({&counter, 1}).finish();
    const std::size_t size = std::min(kDigestBytes, target.size() - done);
    std::copy_n(block.begin(), size, target.subspan(done).begin());
    done += size;
  }
  wipe(block);
}

}  // namespace nsl::crypto
