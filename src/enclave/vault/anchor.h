// The anchor: one record of the vault's own that every commit replaces. It makes commits happen in
// one order (its version is the counter, put only if it is the one before), and it says what the
// whole state must be:
//
//   head = SHA-256("nsl-head-v1" || previous head || counter || root || audit sequence || audit
//   hash)
//
// Sealed like any record, so the host can neither write one nor read it.
#pragma once

#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "enclave/keys/unlocker.h"
#include "enclave/vault/batch.h"

namespace nsl::enclave::vault {

// The last entry of the audit chain; sequence 0: there is none.
struct AuditHead {
  std::uint64_t sequence = 0;
  crypto::Digest32 hash{};

  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct Anchor {
  std::uint64_t counter = 0;
  crypto::Digest32 previous_head{};
  crypto::Digest32 root{};
  AuditHead audit;
};

// The kind is reserved: no caller's record has it.
inline constexpr std::string_view kAnchorKind = "nsl.vault";
RecordKey anchor_key();

// The counter is not in the value: it is the record's version.
Bytes encode_anchor(const Anchor& anchor);
Result<Anchor> parse_anchor(std::uint64_t counter, ByteView value);

keys::StateHead head_of(const Anchor& anchor);

}  // namespace nsl::enclave::vault
