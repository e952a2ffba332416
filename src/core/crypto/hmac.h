// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869). Key material is wiped from working memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/hash.h"

namespace nsl::crypto {

// A keyed state; a copy of it starts another message under the same key without hashing the key
// again.
class HmacSha256 {
 public:
  explicit HmacSha256(ByteView key);

  HmacSha256& update(ByteView data);
  // The tag of everything so far; the object must not be updated afterwards.
  Digest32 finish();

 private:
  Sha256 inner_;
  Sha256 outer_;
};

Digest32 hmac_sha256(ByteView key, ByteView data);

// HKDF: extract makes a pseudorandom key of any input key material, expand makes output keys of it.
Secret<32> hkdf_sha256_extract(ByteView salt, ByteView input_key);
// `target` is at most 255 * 32 bytes.
void hkdf_sha256_expand(ByteView pseudorandom_key, ByteView info, std::span<std::uint8_t> target);

// Extract and expand in one step.
template <std::size_t N>
Secret<N> hkdf_sha256(ByteView salt, ByteView input_key, ByteView info) {
  Secret<N> result;
  const Secret<32> pseudorandom_key = hkdf_sha256_extract(salt, input_key);
  hkdf_sha256_expand(pseudorandom_key.reveal(), info, result.reveal_mutable());
  return result;
}

}  // namespace nsl::crypto
