#include "enclave/vault/state_index.h"

#include <algorithm>
#include <string_view>

#include "core/base/assert.h"
#include "enclave/keys/path.h"

namespace nsl::enclave::vault {
namespace {

constexpr std::size_t kLeafCount = 4096;
// Leaves and inner nodes are hashed under different labels, so that one never reads as the other.
constexpr std::string_view kLeafLabel = "nsl-state-leaf-v1";
constexpr std::string_view kNodeLabel = "nsl-state-node-v1";

// The second half of a name differs between records of one kind and account; the first does not.
std::size_t leaf_of(const HiddenName& name) {
  return (std::size_t{name[kNamePrefixBytes]} << 8 | name[kNamePrefixBytes + 1]) % kLeafCount;
}

crypto::Digest32 node_hash(const crypto::Digest32& left, const crypto::Digest32& right) {
  crypto::Sha256 hash;
  return hash.update(as_bytes(kNodeLabel)).update(left).update(right).finish();
}

}  // namespace

StateIndex::StateIndex() : leaves_(kLeafCount), nodes_(2 * kLeafCount) {
  const crypto::Digest32 empty = leaf_hash(0);
  std::fill(nodes_.begin() + kLeafCount, nodes_.end(), empty);
  for (std::size_t node = kLeafCount - 1; node > 0; --node) {
    nodes_[node] = node_hash(nodes_[2 * node], nodes_[2 * node + 1]);
  }
}

std::optional<IndexEntry> StateIndex::find(const HiddenName& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

std::vector<StateIndex::NamedEntry> StateIndex::list(const HiddenName& prefix) const {
  HiddenName first = prefix;
  std::fill(first.begin() + kNamePrefixBytes, first.end(), std::uint8_t{0});
  std::vector<NamedEntry> found;
  for (auto entry = entries_.lower_bound(first); entry != entries_.end(); ++entry) {
    if (!std::equal(prefix.begin(), prefix.begin() + kNamePrefixBytes, entry->first.begin())) break;
    found.emplace_back(*entry);
  }
  return found;
}

void StateIndex::put(const HiddenName& name, const IndexEntry& entry) {
  NSL_ASSERT(entry.version > 0);
  const auto [position, is_new] = entries_.insert_or_assign(name, entry);
  const std::size_t leaf = leaf_of(name);
  if (is_new) {
    auto& names = leaves_[leaf];
    const auto place = std::lower_bound(
        names.begin(), names.end(), name,
        [](Entries::const_iterator left, const HiddenName& right) { return left->first < right; });
    names.insert(place, position);
  }
  changed_leaves_.insert(leaf);
}

void StateIndex::erase(const HiddenName& name) {
  const auto position = entries_.find(name);
  NSL_ASSERT(position != entries_.end());
  const std::size_t leaf = leaf_of(name);
  std::erase(leaves_[leaf], position);
  entries_.erase(position);
  changed_leaves_.insert(leaf);
}

crypto::Digest32 StateIndex::leaf_hash(std::size_t leaf) const {
  crypto::Sha256 hash;
  hash.update(as_bytes(kLeafLabel));
  for (const auto& entry : leaves_[leaf]) {
    Bytes version;
    keys::append_number(version, entry->second.version, 8);
    hash.update(entry->first).update(version).update(entry->second.digest);
  }
  return hash.finish();
}

crypto::Digest32 StateIndex::root() {
  std::set<std::size_t> level;
  for (const std::size_t leaf : changed_leaves_) {
    nodes_[kLeafCount + leaf] = leaf_hash(leaf);
    level.insert((kLeafCount + leaf) / 2);
  }
  changed_leaves_.clear();
  while (!level.empty()) {
    std::set<std::size_t> above;
    for (const std::size_t node : level) {
      nodes_[node] = node_hash(nodes_[2 * node], nodes_[2 * node + 1]);
      if (node > 1) above.insert(node / 2);
    }
    level = std::move(above);
  }
  return nodes_[1];
}

}  // namespace nsl::enclave::vault
