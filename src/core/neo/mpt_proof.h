// Storage proofs: that a contract's storage held a value under a key in the state a root commits
// to. A proof is the nodes of a Merkle Patricia trie on the way from the root to the value, as the
// RPC method getproof gives them (neo-go pkg/core/mpt, neo-project/neo MPTTrie).
//
// TRUST: nothing in a proof is believed; each node must hash to what the node before it names. What
// the root itself is worth is for state_root.h. That a key is absent cannot be proven this way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"

namespace nsl::neo {

// A storage key has at most 64 bytes behind the contract's id of 4 (neo-project/neo
// ApplicationEngine.MaxStorageKeySize).
inline constexpr std::size_t kMptKeyBytesMax = 68;
// Every node but the last two takes a nibble of the key at least.
inline constexpr std::size_t kMptProofNodesMax = 2 * kMptKeyBytesMax + 2;
// A leaf with the largest value and its lengths (neo-go mpt.MaxValueLength).
inline constexpr std::size_t kMptNodeBytesMax = 1 + 5 + 3 + 65535 + 1;

struct StorageProof {
  // make_storage_key()
  Bytes key;
  // From the root to the leaf.
  std::vector<Bytes> nodes;

  friend bool operator==(const StorageProof&, const StorageProof&) = default;
};

// The contract's id, little-endian, and the contract's own key.
Bytes make_storage_key(std::int32_t contract_id, ByteView key);

Bytes encode(const StorageProof& proof);
// Code::invalid_proof for another form. Accepts exactly what encode() gives.
Result<StorageProof> parse_storage_proof(ByteView bytes);

// The value. Code::invalid_proof unless the nodes are exactly those of the way to the key.
Result<Bytes> verify_storage_proof(const UInt256& root, const StorageProof& proof);

}  // namespace nsl::neo
