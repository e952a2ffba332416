// What the enclave remembers of every stored record: its version and the SHA-256 of its blob, and a
// Merkle tree over all of them. The host cannot show an older, a swapped or an invented record
// without differing from it.
//
// The tree has 4096 leaves; a record belongs to the leaf its name picks, a leaf is the hash of its
// records in name order. A change hashes one leaf and 12 nodes above it.
//
// Not thread-safe: the vault guards it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/crypto/hash.h"
#include "enclave/vault/record_seal.h"

namespace nsl::enclave::vault {

struct IndexEntry {
  std::uint64_t version = 0;
  crypto::Digest32 digest{};

  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

class StateIndex {
 public:
  using NamedEntry = std::pair<HiddenName, IndexEntry>;

  StateIndex();

  std::optional<IndexEntry> find(const HiddenName& name) const;
  // All whose names start with the first half of `prefix`, in name order.
  std::vector<NamedEntry> list(const HiddenName& prefix) const;
  std::size_t size() const { return entries_.size(); }

  void put(const HiddenName& name, const IndexEntry& entry);
  void erase(const HiddenName& name);

  // Over everything put so far.
  crypto::Digest32 root();

 private:
  using Entries = std::map<HiddenName, IndexEntry>;

  crypto::Digest32 leaf_hash(std::size_t leaf) const;

  Entries entries_;
  // Names of each leaf in order; the entries stay where they are in the map.
  std::vector<std::vector<Entries::const_iterator>> leaves_;
  // nodes_[1] is the root, nodes_[n] has children 2n and 2n + 1, leaves come last.
  std::vector<crypto::Digest32> nodes_;
  // Leaves changed since the root was last asked for.
  std::set<std::size_t> changed_leaves_;
};

}  // namespace nsl::enclave::vault
