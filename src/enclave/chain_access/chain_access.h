// ChainAccess: what the chain holds, with how that was confirmed.
//
// TRUST: blocks and their transactions are proven by the headers the enclave has verified, as far
// back as the light client keeps them; storage, also that there is none, by the state its
// validators signed. Older blocks, logs and test runs are the word of as many nodes as must agree,
// and so is storage for which no proof is to be had, with the reason. Fewer nodes that lie can
// delay an answer and never change one.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/application_log.h"
#include "core/neo/block.h"
#include "core/neo/iterator_script.h"
#include "enclave/chain/chain_reader.h"
#include "enclave/chain_access/proof.h"
#include "enclave/light_client/proofs.h"

namespace nsl::enclave::chain_access {

struct FoundBlock {
  neo::UInt256 hash;
  // Without witnesses: no hash covers them.
  neo::Block block;
  Proof proof;
};

struct FoundTransaction {
  neo::UInt256 hash;
  // Without witnesses.
  neo::Transaction transaction;
  neo::BlockIndex block;
  std::uint64_t block_time_ms = 0;
  Proof proof;
};

struct ContractCall {
  neo::UInt160 contract;
  std::string method;
  neo::StackItem::List arguments;
  // Accounts whose witness counts, with scope CalledByEntry.
  std::vector<neo::UInt160> signers;
  // Set: the method returns an iterator, of which these items are read.
  std::optional<neo::IteratorRange> iterator;
};

struct CallResult {
  neo::InvocationResult result;
  bool iterator_has_more = false;
  // The newest block when it was asked.
  neo::BlockIndex block;
};

struct FoundStorage {
  std::optional<Bytes> value;
  // The block after which it was so.
  neo::BlockIndex block;
  Proof proof;
};

class ChainAccess {
 public:
  ChainAccess(chain::Chain& chain, light_client::Proofs& proofs)
      : chain_(chain), proofs_(proofs), reader_(chain) {}

  chain::Chain& chain() const { return chain_; }
  const light_client::Proofs& proofs() const { return proofs_; }
  Proof quorum(std::string reason = {}) const {
    return {
        .kind = Proof::Kind::quorum, .agreement = chain_.agreement(), .reason = std::move(reason)};
  }
  // Of the newest block, verified or agreed upon.
  Result<neo::BlockIndex> newest(const Deadline& deadline);

  // By its index, or its hash with 0x. Code::not_found when there is no such block (yet).
  Result<FoundBlock> block(std::string_view index_or_hash, const Deadline& deadline);
  Result<FoundBlock> block(neo::BlockIndex index, const Deadline& deadline);
  // Code::not_found while no block holds it.
  Result<FoundTransaction> transaction(const neo::UInt256& hash, const Deadline& deadline);
  // Of a transaction or a block. Code::not_found.
  Result<neo::ApplicationLog> log(const neo::UInt256& hash, const Deadline& deadline);
  Result<chain::ContractState> contract(const neo::UInt160& hash, const Deadline& deadline);
  // Code::limit_exceeded for more than limits::kChainIteratorItemsMax items of an iterator.
  Result<CallResult> call(const ContractCall& call, const Deadline& deadline);
  // As of the newest block whose state is signed.
  Result<FoundStorage> storage(const light_client::StorageItem& item, const Deadline& deadline);
  // Proven, after the newest of the blocks from `first` back to `last` whose state is signed. Fails
  // when it cannot be proven; Code::node_behind when none of them is signed yet.
  Result<FoundStorage> prove_storage(const light_client::StorageItem& item, neo::BlockIndex first,
                                     neo::BlockIndex last, const Deadline& deadline);

 private:
  chain::Chain& chain_;
  light_client::Proofs& proofs_;
  chain::ChainReader reader_;
};

// The state of the newest block is signed a moment after the block; that of this one should be.
neo::BlockIndex oldest_unsigned(neo::BlockIndex newest);

}  // namespace nsl::enclave::chain_access
