// RpcChain: the Chain interface over JSON-RPC nodes. Reads go to the first node that answers; with
// one node every answer is "quorum(1/1)".
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/base/mutex.h"
#include "enclave/chain/chain.h"
#include "enclave/chain/rpc_client.h"

namespace nsl::enclave::chain {

class RpcChain final : public Chain {
 public:
  // Asks every node for its network. Code::wrong_chain when they differ from each other or from
  // `expected` (when given).
  static Result<std::unique_ptr<RpcChain>> connect(std::vector<std::unique_ptr<RpcClient>> nodes,
                                                   std::optional<neo::NetworkMagic> expected,
                                                   const Clock& clock, const Deadline& deadline);

  const NetworkInfo& network() const override { return network_; }
  std::string proof() const override;
  Result<neo::BlockIndex> height(const Deadline& deadline) override;
  Result<std::optional<ApplicationLog>> application_log(const neo::UInt256& transaction,
                                                        const Deadline& deadline) override;
  Result<std::optional<neo::BlockIndex>> block_of(const neo::UInt256& transaction,
                                                  const Deadline& deadline) override;
  Result<Invocation> invoke_script(ByteView script, const std::vector<neo::Signer>& signers,
                                   const Deadline& deadline) override;
  Result<neo::FeePolicy> fee_policy(const Deadline& deadline) override NSL_EXCLUDES(mutex_);
  Result<SendOutcome> send_transaction(ByteView transaction, const Deadline& deadline) override;

 private:
  RpcChain(std::vector<std::unique_ptr<RpcClient>> nodes, NetworkInfo network, const Clock& clock)
      : nodes_(std::move(nodes)), network_(network), clock_(clock) {}

  Result<std::string> ask(std::string_view method, std::string_view parameters,
                          const Deadline& deadline);
  Result<std::int64_t> ask_policy(std::string_view method, const Deadline& deadline);

  const std::vector<std::unique_ptr<RpcClient>> nodes_;
  const NetworkInfo network_;
  const Clock& clock_;
  Mutex mutex_;
  // Policy changes by committee vote only; a figure is used for limits::kFeePolicyCacheMs.
  std::optional<neo::FeePolicy> fee_policy_ NSL_GUARDED_BY(mutex_);
  MonotonicTime fee_policy_read_at_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::chain
