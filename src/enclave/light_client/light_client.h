// LightClient: proofs over nodes that may lie, withhold, lag and contradict themselves.
//
// TRUST: begins with what Trust names and goes on from what is sealed. Nodes only show; each header
// must be signed by the consensus nodes the one before it names, no header is skipped, and what is
// proven must hash to what a header or a signed state root says. Nodes can delay, never invent.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/base/mutex.h"
#include "enclave/light_client/header_chain.h"
#include "enclave/light_client/proofs.h"
#include "enclave/light_client/sources.h"
#include "enclave/light_client/state_prover.h"
#include "enclave/light_client/trust.h"
#include "enclave/light_client/trusted_chain.h"

namespace nsl::enclave::light_client {

class LightClient final : public Proofs {
 public:
  struct Parts {
    vault::Vault& vault;
    std::vector<std::unique_ptr<chain::EvidenceSource>> nodes;
    neo::NetworkMagic magic;
  };

  // Goes on from the sealed header, or begins. Code::chain_not_trusted when `trust` names another
  // beginning than the sealed one or no node shows the checkpoint; Code::invalid_configuration when
  // nothing says where to begin.
  static Result<std::unique_ptr<LightClient>> open(Parts parts, Trust trust,
                                                   const Deadline& deadline);

  // Of the newest verified header.
  neo::BlockIndex height() const override NSL_EXCLUDES(mutex_);
  // Verifies what the nodes have newly. Code::chain_not_trusted while they show another chain than
  // the trusted one, Code::node_behind while they are older than what is sealed.
  Result<void> follow(const Deadline& deadline) NSL_EXCLUDES(mutex_);

  bool can_prove_storage() const override { return state_.validators().has_value(); }
  Result<neo::Block> prove_block(neo::BlockIndex block, const Deadline& deadline) override
      NSL_EXCLUDES(mutex_);
  Result<void> prove_inclusion(const neo::UInt256& transaction, neo::BlockIndex block,
                               const Deadline& deadline) override NSL_EXCLUDES(mutex_);
  Result<Bytes> prove_storage(const StorageItem& item, neo::BlockIndex block,
                              const Deadline& deadline) override NSL_EXCLUDES(mutex_);
  Result<std::optional<Bytes>> find_storage(const StorageItem& item, neo::BlockIndex block,
                                            const Deadline& deadline) override NSL_EXCLUDES(mutex_);

 private:
  struct ProvenBlock {
    neo::UInt256 hash;
    // Without witnesses.
    neo::Block block;
    std::set<neo::UInt256> transactions;
  };
  // Shared by those who ask for the same block at a time.
  using SharedBlock = std::shared_ptr<const ProvenBlock>;

  LightClient(Parts parts, Trust trust);
  Result<void> start(const Deadline& deadline);
  // Development only: the operator accepts the chain the nodes show instead of the sealed one.
  Result<bool> is_replaced(const TrustedChain& sealed, const Deadline& deadline) const;
  Result<void> resume(const TrustedChain& sealed);
  Result<void> begin(const Deadline& deadline);
  Result<neo::Header> first_header(const Deadline& deadline) const;
  Result<void> trust_state_validators(neo::BlockIndex from);
  Result<void> learn_state_validators(const Deadline& deadline);
  neo::BlockIndex sealed_height() const NSL_EXCLUDES(mutex_);
  Result<void> sync_to(neo::BlockIndex target, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  Result<void> fetch_headers(neo::BlockIndex target, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // Development only: forgets what follows the sealed header. False when that would change nothing.
  bool go_back() NSL_EXCLUDES(mutex_);
  void seal_if_due(const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // Verifies the headers up to the block, or back to it.
  Result<neo::UInt256> hash_at(neo::BlockIndex index, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  // The oldest header that is kept is no newer than the block.
  Result<void> reach_back(neo::BlockIndex index, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  Result<SharedBlock> ask_block(neo::BlockIndex index, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  // A second time when the newest blocks were lost.
  Result<SharedBlock> get_block(neo::BlockIndex index, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);

  const neo::NetworkMagic magic_;
  const Trust trust_;
  const Sources sources_;
  StateProver state_;
  // Used by one thread at a time: at start, and by who holds is_sealing_.
  TrustedChainBook book_;
  std::atomic<bool> is_sealing_ = false;
  mutable Mutex mutex_;
  // Set once start() has returned.
  std::optional<HeaderChain> headers_ NSL_GUARDED_BY(mutex_);
  TrustedChain sealed_ NSL_GUARDED_BY(mutex_);
  // Events of one block come together.
  SharedBlock last_block_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::light_client
