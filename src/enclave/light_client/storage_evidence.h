// What a node shows of one storage item under a state root: its value, or that there is none.
// Either is checked against the root; nothing is believed.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/chain/evidence_source.h"

namespace nsl::enclave::light_client {

// A key of a contract in the state with that root. The id, which is what keys in the trie carry, is
// proven; the contract's hash only tells the node where to look.
struct StoredUnder {
  neo::UInt256 root;
  neo::UInt160 contract;
  std::int32_t id = 0;
  Bytes key;
};

Result<Bytes> ask_value(chain::EvidenceSource& node, const StoredUnder& place,
                        const Deadline& deadline);
// Nothing when the node proves that there is nothing under the key.
Result<std::optional<Bytes>> ask_whether(chain::EvidenceSource& node, const StoredUnder& place,
                                         const Deadline& deadline);

}  // namespace nsl::enclave::light_client
