// Storage proofs: what a contract's storage held under a key in the state a root commits to. A
// proof is the nodes of a Merkle Patricia trie on the way from the root to the value, as the RPC
// method getproof gives them (neo-go pkg/core/mpt, neo-project/neo MPTTrie).
//
// TRUST: nothing in a proof is believed; each node must hash to what the node before it names. What
// the root itself is worth is for state_root.h.
//
// That a key is absent is proven by the way to another key: the two have their beginning in common,
// and where they part a node says that nothing lies in the direction of the absent one. RPC has no
// method of its own for that; findstates shows the ways to neighbours.
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

// How far nodes lead towards a key.
struct KeyWay {
  enum class End : std::uint8_t {
    // To its value.
    present,
    // To a node that says there is nothing under it.
    absent,
    // To a node that is there and is not among those shown.
    open,
  };
  End end = End::open;
  // So many nibbles (half bytes) of the key were walked.
  std::size_t nibbles = 0;
  // So many of the nodes were needed.
  std::size_t nodes = 0;
  // With present.
  Bytes value;
};

// `nodes` may be the way to another key. Code::invalid_proof when not even the first of them is the
// root's, or one that is needed has no right form.
Result<KeyWay> walk_towards(const UInt256& root, ByteView key, const std::vector<Bytes>& nodes);

}  // namespace nsl::neo
