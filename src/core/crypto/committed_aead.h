// How records are sealed: a fresh 32-byte salt makes a key that is used once and a commitment to
// it. AES-GCM alone does not bind a ciphertext to one key; the commitment does, so a record that
// opens under one key opens under no other. No nonce can repeat, because no key does.
//
//   salt = 32 random bytes
//   (one_use_key, commitment) = HKDF-SHA256(salt, key, "nsl committed aead 1" || info), 32 bytes
//   each sealed = salt || commitment || AES-256-GCM(one_use_key, nonce 0, associated_data,
//   plaintext)
//
// `info` separates purposes under one key; `associated_data` names the record (all ids, version,
// kind). Both must be given again to open.
#pragma once

#include <cstddef>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::crypto {

// Bytes a sealed record is longer than its plaintext.
inline constexpr std::size_t kCommittedOverheadBytes = 32 + 32 + 16;

struct CommittedContext {
  const Secret<32>& key;
  ByteView info;
  ByteView associated_data;
};

Bytes seal_committed(const CommittedContext& context, ByteView plaintext, Random& random);

// Code::commitment_mismatch for another key, info or salt; Code::decryption_failed when the rest
// was changed or the associated data differs. The first form keeps the plaintext in secret memory.
Result<SecretBytes> open_committed_secret(const CommittedContext& context, ByteView sealed);
Result<Bytes> open_committed(const CommittedContext& context, ByteView sealed);

}  // namespace nsl::crypto
