// QuorumChain: the Chain interface over n independent nodes, of which k must say the same.
//
// TRUST: an answer is returned only when k nodes gave it, so that fewer than k lying nodes can
// delay an answer and never invent one. Nodes that fail are asked last until they have recovered,
// so that one dead node costs a request its time once and not at every call.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "enclave/chain/chain.h"
#include "enclave/chain/rpc_client.h"

namespace nsl::enclave::chain {

class QuorumChain final : public Chain {
 public:
  // Asks every node for its network; k of them must answer. Code::wrong_chain when they differ from
  // each other or from `expected` (when given).
  static Result<std::unique_ptr<QuorumChain>> connect(std::vector<std::unique_ptr<RpcClient>> nodes,
                                                      std::size_t agreeing,
                                                      std::optional<neo::NetworkMagic> expected,
                                                      const Clock& clock, const Deadline& deadline);
  // `agreeing` is k, from 1 to the number of nodes. Every node is of the same network.
  QuorumChain(std::vector<std::unique_ptr<Chain>> nodes, std::size_t agreeing, const Clock& clock);

  const NetworkInfo& network() const override { return nodes_.front()->network(); }
  Agreement agreement() const override { return {.agreeing = agreeing_, .asked = nodes_.size()}; }
  // A height that k nodes have reached.
  Result<neo::BlockIndex> height(const Deadline& deadline) override;
  // Nothing while fewer than k nodes hold the transaction, or while they disagree about it.
  Result<std::optional<ApplicationLog>> application_log(const neo::UInt256& transaction,
                                                        const Deadline& deadline) override;
  Result<std::optional<neo::BlockIndex>> block_of(const neo::UInt256& transaction,
                                                  const Deadline& deadline) override;
  Result<std::optional<BlockContent>> block_content(neo::BlockIndex index,
                                                    const Deadline& deadline) override;
  Result<Invocation> invoke_script(ByteView script, const std::vector<neo::Signer>& signers,
                                   const Deadline& deadline) override;
  Result<neo::FeePolicy> fee_policy(const Deadline& deadline) override;
  Result<std::vector<neo::UInt256>> block_transactions(neo::BlockIndex block,
                                                       const Deadline& deadline) override;
  Result<std::optional<Answer>> ask(const Question& question, const Deadline& deadline) override;
  Result<neo::GasAmount> network_fee(ByteView transaction, const Deadline& deadline) override;
  // Sent to every node, so that one that accepts and forgets does no harm. Refused only when no
  // node took it and none left its answer open.
  Result<SendOutcome> send_transaction(ByteView transaction, const Deadline& deadline) override;

 private:
  // How a node has done lately.
  struct Health {
    std::int64_t failures_in_a_row = 0;
    MonotonicTime rests_until;
  };

  // Indices of the nodes in the order to ask them: those that rest last.
  std::vector<std::size_t> order() const NSL_EXCLUDES(mutex_);
  void note(std::size_t node, bool is_reached) NSL_EXCLUDES(mutex_);
  // Asks node after node. `ask` is called with a Chain and returns a Result<Answer>.
  template <class Answer, class Ask>
  Result<Answer> agree(const Ask& ask) NSL_EXCLUDES(mutex_);
  template <class Found, class Ask>
  Result<std::optional<Found>> agree_on_presence(const Ask& ask) NSL_EXCLUDES(mutex_);

  const std::vector<std::unique_ptr<Chain>> nodes_;
  const std::size_t agreeing_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::vector<Health> health_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::chain
