// RpcChain: the Chain interface over one JSON-RPC node. Every answer is that node's word.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "core/base/mutex.h"
#include "enclave/chain/chain.h"
#include "enclave/chain/rpc_client.h"

namespace nsl::enclave::chain {

class RpcChain final : public Chain {
 public:
  // Whether the node has said that it serves `network`; if not, it is asked before its first answer
  // counts.
  enum class NetworkCheck : std::uint8_t { done, to_do };

  // Code::wrong_chain when the node serves another network than the expected one.
  static Result<NetworkInfo> ask_network(RpcClient& node, std::optional<neo::NetworkMagic> expected,
                                         const Deadline& deadline);
  RpcChain(std::unique_ptr<RpcClient> node, const NetworkInfo& network, const Clock& clock,
           NetworkCheck network_check)
      : node_(std::move(node)),
        network_(network),
        clock_(clock),
        is_network_checked_(network_check == NetworkCheck::done) {}

  const NetworkInfo& network() const override { return network_; }
  Agreement agreement() const override { return {}; }
  Result<neo::BlockIndex> height(const Deadline& deadline) override;
  Result<std::optional<ApplicationLog>> application_log(const neo::UInt256& transaction,
                                                        const Deadline& deadline) override;
  Result<std::optional<neo::BlockIndex>> block_of(const neo::UInt256& transaction,
                                                  const Deadline& deadline) override;
  Result<std::optional<BlockContent>> block_content(neo::BlockIndex index,
                                                    const Deadline& deadline) override;
  Result<Invocation> invoke_script(ByteView script, const std::vector<neo::Signer>& signers,
                                   const Deadline& deadline) override;
  Result<neo::FeePolicy> fee_policy(const Deadline& deadline) override NSL_EXCLUDES(mutex_);
  Result<std::vector<neo::UInt256>> block_transactions(neo::BlockIndex block,
                                                       const Deadline& deadline) override;
  Result<std::optional<Answer>> ask(const Question& question, const Deadline& deadline) override;
  Result<neo::GasAmount> network_fee(ByteView transaction, const Deadline& deadline) override;
  Result<SendOutcome> send_transaction(ByteView transaction, const Deadline& deadline) override;

 private:
  Result<std::string> call(std::string_view method, std::string_view parameters,
                           const Deadline& deadline);
  Result<std::int64_t> ask_policy(std::string_view method, const Deadline& deadline);

  const std::unique_ptr<RpcClient> node_;
  const NetworkInfo network_;
  const Clock& clock_;
  std::atomic<bool> is_network_checked_;
  Mutex mutex_;
  // Policy changes by committee vote only; a figure is used for limits::kFeePolicyCacheMs.
  std::optional<neo::FeePolicy> fee_policy_ NSL_GUARDED_BY(mutex_);
  MonotonicTime fee_policy_read_at_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::chain
