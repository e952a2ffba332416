// Proofs that say what a test tells them to.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "enclave/light_client/proofs.h"

namespace nsl::enclave::testing {

class FakeProofs final : public light_client::Proofs {
 public:
  bool proves_storage = true;
  bool proves_absence = false;
  // Of which the state is signed.
  neo::BlockIndex newest_signed_block{1'000'000};
  // Transactions and the blocks that hold them.
  std::set<std::pair<neo::UInt256, std::uint32_t>> included;
  // What lies in storage, whatever the block.
  std::map<std::pair<neo::UInt160, Bytes>, Bytes> stored;
  // While set, every proof fails with it.
  std::optional<Code> failure;
  int storage_proofs = 0;

  // Blocks of the chain.
  std::map<std::uint32_t, neo::Block> blocks;
  // Blocks before this one are too old to be proven.
  std::uint32_t oldest_block = 0;
  neo::BlockIndex newest_block{100};

  neo::BlockIndex height() const override { return newest_block; }
  Result<neo::Block> prove_block(neo::BlockIndex block, const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    if (block.value() < oldest_block) return fail(Code::block_not_provable);
    const auto found = blocks.find(block.value());
    if (found == blocks.end()) return fail(Code::node_behind);
    return found->second;
  }
  bool can_prove_storage() const override { return proves_storage; }
  Result<void> prove_inclusion(const neo::UInt256& transaction, neo::BlockIndex block,
                               const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    if (included.contains({transaction, block.value()})) return {};
    return fail(Code::invalid_proof, "The block does not hold the transaction");
  }
  Result<Bytes> prove_storage(const light_client::StorageItem& item, neo::BlockIndex /*block*/,
                              const Deadline& /*deadline*/) override {
    ++storage_proofs;
    if (failure.has_value()) return fail(*failure);
    const auto found = stored.find({item.contract, item.key});
    if (found == stored.end()) return fail(Code::node_refused);
    return found->second;
  }
  Result<std::optional<Bytes>> find_storage(const light_client::StorageItem& item,
                                            neo::BlockIndex block,
                                            const Deadline& /*deadline*/) override {
    ++storage_proofs;
    if (!proves_storage) return fail(Code::storage_not_provable);
    if (failure.has_value()) return fail(*failure);
    if (block > newest_signed_block) return fail(Code::node_behind, "The state is not signed yet");
    const auto found = stored.find({item.contract, item.key});
    if (found != stored.end()) return found->second;
    if (!proves_absence) return fail(Code::invalid_proof, "No node shows a neighbour");
    return std::optional<Bytes>();
  }
};

}  // namespace nsl::enclave::testing
