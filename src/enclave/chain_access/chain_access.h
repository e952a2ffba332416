// ChainAccess: what the chain holds, with how that was confirmed.
//
// TRUST: blocks and their transactions are proven by the headers the enclave has verified, as far
// back as the light client keeps them; storage by the state its validators signed. Older blocks,
// logs, test runs and the absence of anything are the word of as many nodes as must agree. Fewer
// nodes that lie can delay an answer and never change one.
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
  Proof quorum() const { return {.kind = Proof::Kind::quorum, .agreement = chain_.agreement()}; }

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
  Result<FoundStorage> storage(const neo::UInt160& contract, const Bytes& key,
                               const Deadline& deadline);

 private:
  // Nothing when the storage cannot be proven: it may be absent, or nobody signs this state.
  std::optional<FoundStorage> prove_storage(const neo::UInt160& contract, const Bytes& key,
                                            const Deadline& deadline);

  chain::Chain& chain_;
  light_client::Proofs& proofs_;
  chain::ChainReader reader_;
};

}  // namespace nsl::enclave::chain_access
