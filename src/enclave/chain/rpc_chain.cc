#include "enclave/chain/rpc_chain.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/codec/base64.h"
#include "core/neo/contract.h"

namespace nsl::enclave::chain {
namespace {

// The network fee's factor in units of 1/10000 datoshi (neo.md 1.6: before Faun there is only the
// whole factor).
constexpr std::int64_t kPicoPerFactor = 10000;

std::string signers_json(const std::vector<neo::Signer>& signers) {
  std::string text;
  for (const neo::Signer& signer : signers) {
    if (!text.empty()) text += ',';
    text += fmt::format(R"({{"account":"{}","scopes":"{}"}})", signer.account.to_text(),
                        neo::to_text(signer.scopes));
  }
  return "[" + text + "]";
}

}  // namespace

Result<std::unique_ptr<RpcChain>> RpcChain::connect(std::vector<std::unique_ptr<RpcClient>> nodes,
                                                    std::optional<neo::NetworkMagic> expected,
                                                    const Clock& clock, const Deadline& deadline) {
  std::optional<NetworkInfo> network;
  for (const auto& node : nodes) {
    NSL_TRY(const std::string json, node->call("getversion", "[]", deadline));
    NSL_TRY(const NetworkInfo info, parse_version(json));
    if (!network.has_value()) network = info;
    if (info.magic != network->magic || (expected.has_value() && info.magic != *expected)) {
      return fail(Code::wrong_chain,
                  fmt::format("A node serves network {}, not {}", info.magic.value(),
                              expected.value_or(network->magic).value()));
    }
  }
  if (!network.has_value()) return fail(Code::invalid_configuration, "No Neo node is configured");
  return std::unique_ptr<RpcChain>(new RpcChain(std::move(nodes), *network, clock));
}

// LIMIT: answers are taken from one node at a time, so one node's word counts however many are
// configured.
std::string RpcChain::proof() const { return fmt::format("quorum(1/{})", nodes_.size()); }

Result<std::string> RpcChain::ask(std::string_view method, std::string_view parameters,
                                  const Deadline& deadline) {
  std::optional<Error> last;
  for (const auto& node : nodes_) {
    Result<std::string> reply = node->call(method, parameters, deadline);
    if (reply.has_value() || reply.error().code() != Code::node_unavailable) return reply;
    last = reply.error();
  }
  return fail(last.value_or(Error(Code::node_unavailable, "No Neo node is configured")));
}

Result<neo::BlockIndex> RpcChain::height(const Deadline& deadline) {
  NSL_TRY(const std::string json, ask("getblockcount", "[]", deadline));
  NSL_TRY(const std::uint64_t count, parse_unsigned(json));
  if (count == 0 || count > UINT32_MAX) return fail(Code::node_malformed_reply);
  return neo::BlockIndex(static_cast<std::uint32_t>(count - 1));
}

Result<std::optional<ApplicationLog>> RpcChain::application_log(const neo::UInt256& transaction,
                                                                const Deadline& deadline) {
  const Result<std::string> json =
      ask("getapplicationlog", fmt::format(R"(["{}"])", transaction.to_text()), deadline);
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
      ask("gettransactionheight", fmt::format(R"(["{}"])", transaction.to_text()), deadline);
  if (!json.has_value() && json.error().code() == Code::not_found) {
    return std::optional<neo::BlockIndex>();
  }
  if (!json.has_value()) return fail(json.error());
  NSL_TRY(const std::uint64_t index, parse_unsigned(*json));
  if (index > UINT32_MAX) return fail(Code::node_malformed_reply);
  return std::optional<neo::BlockIndex>(neo::BlockIndex(static_cast<std::uint32_t>(index)));
}

Result<Invocation> RpcChain::invoke_script(ByteView script, const std::vector<neo::Signer>& signers,
                                           const Deadline& deadline) {
  NSL_TRY(const std::string json,
          ask("invokescript",
              fmt::format(R"(["{}",{}])", codec::encode_base64(script), signers_json(signers)),
              deadline));
  return parse_invocation(json);
}

Result<std::int64_t> RpcChain::ask_policy(std::string_view method, const Deadline& deadline) {
  NSL_TRY(const std::string json,
          ask("invokefunction",
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

Result<SendOutcome> RpcChain::send_transaction(ByteView transaction, const Deadline& deadline) {
  const Result<std::string> json = ask(
      "sendrawtransaction", fmt::format(R"(["{}"])", codec::encode_base64(transaction)), deadline);
  if (json.has_value()) return SendOutcome::accepted;
  if (json.error().code() == Code::already_exists) return SendOutcome::known;
  return fail(json.error());
}

}  // namespace nsl::enclave::chain
