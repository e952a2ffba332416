#include "enclave/chain/rpc_chain.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/codec/base64.h"
#include "core/neo/block.h"
#include "core/neo/contract.h"
#include "core/neo/rpc_signer.h"

namespace nsl::enclave::chain {
namespace {

// The network fee's factor in units of 1/10000 datoshi (neo.md 1.6: before Faun there is only the
// whole factor).
constexpr std::int64_t kPicoPerFactor = 10000;

std::string signers_json(const std::vector<neo::Signer>& signers) {
  std::string text;
  for (const neo::Signer& signer : signers) {
    if (!text.empty()) text += ',';
    text += to_text(neo::to_json(signer));
  }
  return "[" + text + "]";
}

}  // namespace

Result<NetworkInfo> RpcChain::ask_network(RpcClient& node,
                                          std::optional<neo::NetworkMagic> expected,
                                          const Deadline& deadline) {
  NSL_TRY(const std::string json, node.call("getversion", "[]", deadline));
  NSL_TRY(const NetworkInfo network, parse_version(json));
  if (!expected.has_value() || network.magic == *expected) return network;
  return fail(Code::wrong_chain, fmt::format("A node serves network {}, not {}",
                                             network.magic.value(), expected->value()));
}

Result<std::string> RpcChain::call(std::string_view method, std::string_view parameters,
                                   const Deadline& deadline) {
  if (!is_network_checked_) {
    NSL_TRY(const NetworkInfo served, ask_network(*node_, network_.magic, deadline));
    static_cast<void>(served);
    is_network_checked_ = true;
  }
  return node_->call(method, parameters, deadline);
}

Result<neo::BlockIndex> RpcChain::height(const Deadline& deadline) {
  NSL_TRY(const std::string json, call("getblockcount", "[]", deadline));
  NSL_TRY(const std::uint64_t count, parse_unsigned(json));
  if (count == 0 || count > UINT32_MAX) return fail(Code::node_malformed_reply);
  return neo::BlockIndex(static_cast<std::uint32_t>(count - 1));
}

Result<std::optional<ApplicationLog>> RpcChain::application_log(const neo::UInt256& transaction,
                                                                const Deadline& deadline) {
  const Result<std::string> json =
      call("getapplicationlog", fmt::format(R"(["{}"])", transaction.to_text()), deadline);
  if (!json.has_value() && json.error().code() == Code::not_found) {
    return std::optional<ApplicationLog>();
  }
  if (!json.has_value()) return fail(json.error());
  NSL_TRY(ApplicationLog log, parse_application_log(*json));
  if (log.transaction != transaction) return fail(Code::node_malformed_reply);
  return std::optional<ApplicationLog>(std::move(log));
}

Result<std::optional<neo::BlockIndex>> RpcChain::block_of(const neo::UInt256& transaction,
                                                          const Deadline& deadline) {
  const Result<std::string> json =
      call("gettransactionheight", fmt::format(R"(["{}"])", transaction.to_text()), deadline);
  if (!json.has_value() && json.error().code() == Code::not_found) {
    return std::optional<neo::BlockIndex>();
  }
  if (!json.has_value()) return fail(json.error());
  NSL_TRY(const std::uint64_t index, parse_unsigned(*json));
  if (index > UINT32_MAX) return fail(Code::node_malformed_reply);
  return std::optional<neo::BlockIndex>(neo::BlockIndex(static_cast<std::uint32_t>(index)));
}

Result<std::optional<BlockContent>> RpcChain::block_content(neo::BlockIndex index,
                                                            const Deadline& deadline) {
  const Result<std::string> json = call("getblock", fmt::format("[{},0]", index.value()), deadline);
  if (!json.has_value() && json.error().code() == Code::not_found) {
    return std::optional<BlockContent>();
  }
  if (!json.has_value()) return fail(json.error());
  NSL_TRY(BlockContent content, parse_block_content(*json, index));
  return std::optional<BlockContent>(std::move(content));
}

Result<Invocation> RpcChain::invoke_script(ByteView script, const std::vector<neo::Signer>& signers,
                                           const Deadline& deadline) {
  NSL_TRY(const std::string json,
          call("invokescript",
               fmt::format(R"(["{}",{}])", codec::encode_base64(script), signers_json(signers)),
               deadline));
  return parse_invocation(json);
}

Result<std::int64_t> RpcChain::ask_policy(std::string_view method, const Deadline& deadline) {
  NSL_TRY(const std::string json,
          call("invokefunction",
               fmt::format(R"(["{}","{}",[]])",
                           neo::native_contract_hash("PolicyContract").to_text(), method),
               deadline));
  return parse_integer_result(json);
}

Result<neo::FeePolicy> RpcChain::fee_policy(const Deadline& deadline) {
  const MonotonicTime now = clock_.monotonic_time();
  {
    MutexLock lock(mutex_);
    const std::int64_t age_ms = now.value() - fee_policy_read_at_.value();
    if (fee_policy_.has_value() && age_ms < limits::kFeePolicyCacheMs) return *fee_policy_;
  }
  neo::FeePolicy policy;
  NSL_TRY(policy.fee_per_byte, ask_policy("getFeePerByte", deadline));
  const Result<std::int64_t> pico = ask_policy("getExecPicoFeeFactor", deadline);
  if (pico.has_value()) {
    policy.execution_fee_pico = *pico;
  } else {
    // Networks before the Faun fork know the whole factor only.
    NSL_TRY(const std::int64_t factor, ask_policy("getExecFeeFactor", deadline));
    if (factor < 0 || factor > INT64_MAX / kPicoPerFactor) return fail(Code::node_malformed_reply);
    policy.execution_fee_pico = factor * kPicoPerFactor;
  }
  if (policy.fee_per_byte < 0 || policy.execution_fee_pico < 0) {
    return fail(Code::node_malformed_reply, "The node gives negative fees");
  }
  MutexLock lock(mutex_);
  fee_policy_ = policy;
  fee_policy_read_at_ = now;
  return policy;
}

Result<std::vector<neo::UInt256>> RpcChain::block_transactions(neo::BlockIndex block,
                                                               const Deadline& deadline) {
  NSL_TRY(const std::string json, call("getblock", fmt::format("[{},0]", block.value()), deadline));
  NSL_TRY(const neo::Block found, parse_raw_block(json));
  if (found.header.index != block) return fail(Code::node_malformed_reply);
  std::vector<neo::UInt256> hashes;
  hashes.reserve(found.transactions.size());
  for (const neo::Transaction& transaction : found.transactions) {
    hashes.push_back(neo::hash_of(transaction));
  }
  return hashes;
}

Result<std::optional<Answer>> RpcChain::ask(const Question& question, const Deadline& deadline) {
  const Result<std::string> json = call(question.method, question.parameters, deadline);
  if (!json.has_value() && json.error().code() == Code::not_found) return std::optional<Answer>();
  if (!json.has_value()) return fail(json.error());
  const auto parsed = neo::parse_json(*json, static_cast<std::size_t>(limits::kChainReplyBytesMax));
  Result<Answer> answer = parsed.has_value() ? question.parse(*parsed) : fail(parsed.error());
  if (answer.has_value()) return std::optional<Answer>(*std::move(answer));
  // Whatever is wrong with it is the node's fault.
  return fail(Code::node_malformed_reply, "The node's reply is malformed",
              fmt::format("{}: {}", question.method, answer.error().message()));
}

Result<neo::GasAmount> RpcChain::network_fee(ByteView transaction, const Deadline& deadline) {
  NSL_TRY(const std::string json,
          call("calculatenetworkfee", fmt::format(R"(["{}"])", codec::encode_base64(transaction)),
               deadline));
  return parse_network_fee(json);
}

Result<SendOutcome> RpcChain::send_transaction(ByteView transaction, const Deadline& deadline) {
  const Result<std::string> json = call(
      "sendrawtransaction", fmt::format(R"(["{}"])", codec::encode_base64(transaction)), deadline);
  if (json.has_value()) return SendOutcome::accepted;
  if (json.error().code() == Code::already_exists) return SendOutcome::known;
  return fail(json.error());
}

}  // namespace nsl::enclave::chain
