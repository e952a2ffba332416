#include "enclave/chain/quorum_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "enclave/chain/rpc_chain.h"

namespace nsl::enclave::chain {
namespace {

// Counts equal answers.
template <class Answer>
class Votes {
 public:
  // How many nodes have given this answer, this time included.
  std::size_t add(const Answer& answer) {
    const auto found = std::find_if(counted_.begin(), counted_.end(),
                                    [&](const auto& entry) { return entry.first == answer; });
    if (found != counted_.end()) return ++found->second;
    counted_.emplace_back(answer, 1);
    return 1;
  }
  std::size_t distinct() const { return counted_.size(); }

 private:
  std::vector<std::pair<Answer, std::size_t>> counted_;
};

// The node answered, whatever it said.
bool is_answer(Code code) { return code != Code::node_unavailable && code != Code::wrong_chain; }

// Nothing was said about the transaction itself: it may yet be in a pool.
bool leaves_open(Code code) {
  return code != Code::insufficient_gas && code != Code::transaction_expired &&
         code != Code::transaction_rejected;
}

}  // namespace

Result<std::unique_ptr<QuorumChain>> QuorumChain::connect(
    std::vector<std::unique_ptr<RpcClient>> nodes, std::size_t agreeing,
    std::optional<neo::NetworkMagic> expected, const Clock& clock, const Deadline& deadline) {
  if (agreeing < 1 || agreeing > nodes.size()) {
    return fail(Code::invalid_configuration,
                fmt::format("{} of {} Neo nodes cannot agree", agreeing, nodes.size()));
  }
  std::vector<std::unique_ptr<Chain>> chains;
  std::vector<std::unique_ptr<RpcClient>> away;
  std::optional<NetworkInfo> network;
  for (auto& node : nodes) {
    Result<NetworkInfo> info = RpcChain::ask_network(*node, expected, deadline);
    if (!info.has_value() && info.error().code() != Code::node_unavailable) {
      return fail(info.error());
    }
    if (!info.has_value()) {
      log_failure("chain", "A Neo node is away", info.error());
      away.push_back(std::move(node));
      continue;
    }
    if (!network.has_value()) network = *info;
    expected = network->magic;
    chains.push_back(
        std::make_unique<RpcChain>(std::move(node), *info, clock, RpcChain::NetworkCheck::done));
  }
  if (chains.size() < agreeing) {
    return fail(Code::node_unavailable, fmt::format("{} of {} Neo nodes answer, {} must",
                                                    chains.size(), nodes.size(), agreeing));
  }
  for (auto& node : away) {
    chains.push_back(std::make_unique<RpcChain>(std::move(node), *network, clock,
                                                RpcChain::NetworkCheck::to_do));
  }
  return std::make_unique<QuorumChain>(std::move(chains), agreeing, clock);
}

QuorumChain::QuorumChain(std::vector<std::unique_ptr<Chain>> nodes, std::size_t agreeing,
                         const Clock& clock)
    : nodes_(std::move(nodes)), agreeing_(agreeing), clock_(clock), health_(nodes_.size()) {
  NSL_ASSERT(agreeing_ >= 1 && agreeing_ <= nodes_.size());
}

std::string to_text(const Agreement& agreement) {
  return fmt::format("quorum({}/{})", agreement.agreeing, agreement.asked);
}

std::vector<std::size_t> QuorumChain::order() const {
  std::vector<std::size_t> awake;
  std::vector<std::size_t> resting;
  const MonotonicTime now = clock_.monotonic_time();
  MutexLock lock(mutex_);
  for (std::size_t node = 0; node < health_.size(); ++node) {
    (health_[node].rests_until <= now ? awake : resting).push_back(node);
  }
  awake.insert(awake.end(), resting.begin(), resting.end());
  return awake;
}

void QuorumChain::note(std::size_t node, bool is_reached) {
  MutexLock lock(mutex_);
  Health& health = health_[node];
  if (is_reached) {
    health = {};
    return;
  }
  if (++health.failures_in_a_row < limits::kNodeFailuresMax) return;
  health.rests_until = MonotonicTime(clock_.monotonic_time().value() + limits::kNodeRestMs);
}

template <class Answer, class Ask>
Result<Answer> QuorumChain::agree(const Ask& ask) {
  Votes<Answer> votes;
  std::optional<Error> first_error;
  for (const std::size_t node : order()) {
    Result<Answer> answer = ask(*nodes_[node]);
    note(node, answer.has_value() || is_answer(answer.error().code()));
    if (answer.has_value() && votes.add(*answer) == agreeing_) return answer;
    if (!answer.has_value() && !first_error.has_value()) first_error = answer.error();
  }
  if (votes.distinct() > 1) {
    return fail(Code::quorum_not_reached, "The Neo nodes contradict each other");
  }
  NSL_ASSERT(first_error.has_value());
  return fail(*std::move(first_error));
}

template <class Found, class Ask>
Result<std::optional<Found>> QuorumChain::agree_on_presence(const Ask& ask) {
  Votes<Found> votes;
  std::optional<Error> first_error;
  std::size_t absent = 0;
  for (const std::size_t node : order()) {
    Result<std::optional<Found>> answer = ask(*nodes_[node]);
    note(node, answer.has_value() || is_answer(answer.error().code()));
    if (answer.has_value() && answer->has_value()) {
      if (votes.add(**answer) == agreeing_) return answer;
    } else if (answer.has_value()) {
      ++absent;
    } else if (!first_error.has_value()) {
      first_error = answer.error();
    }
  }
  const bool is_disputed = votes.distinct() > 1 || (votes.distinct() == 1 && absent > 0);
  if (votes.distinct() > 1) {
    log_warning("chain", "nodes tell different stories");
  }
  // Absence ends an intent, so it too is the word of as many nodes as must agree.
  if (absent >= agreeing_) return std::optional<Found>();
  if (is_disputed) {
    return fail(Code::quorum_not_reached, "The Neo nodes contradict each other");
  }
  NSL_ASSERT(first_error.has_value());
  return fail(*std::move(first_error));
}

Result<neo::BlockIndex> QuorumChain::height(const Deadline& deadline) {
  std::vector<neo::BlockIndex> heights;
  std::optional<Error> first_error;
  for (const std::size_t node : order()) {
    const Result<neo::BlockIndex> height = nodes_[node]->height(deadline);
    note(node, height.has_value() || is_answer(height.error().code()));
    if (height.has_value()) heights.push_back(*height);
    if (heights.size() == agreeing_) return *std::min_element(heights.begin(), heights.end());
    if (!height.has_value() && !first_error.has_value()) first_error = height.error();
  }
  NSL_ASSERT(first_error.has_value());
  return fail(*std::move(first_error));
}

Result<std::optional<ApplicationLog>> QuorumChain::application_log(const neo::UInt256& transaction,
                                                                   const Deadline& deadline) {
  return agree_on_presence<ApplicationLog>(
      [&](Chain& node) { return node.application_log(transaction, deadline); });
}

Result<std::optional<neo::BlockIndex>> QuorumChain::block_of(const neo::UInt256& transaction,
                                                             const Deadline& deadline) {
  return agree_on_presence<neo::BlockIndex>(
      [&](Chain& node) { return node.block_of(transaction, deadline); });
}

Result<std::optional<BlockContent>> QuorumChain::block_content(neo::BlockIndex index,
                                                               const Deadline& deadline) {
  return agree_on_presence<BlockContent>(
      [&](Chain& node) { return node.block_content(index, deadline); });
}

Result<Invocation> QuorumChain::invoke_script(ByteView script,
                                              const std::vector<neo::Signer>& signers,
                                              const Deadline& deadline) {
  return agree<Invocation>(
      [&](Chain& node) { return node.invoke_script(script, signers, deadline); });
}

Result<neo::FeePolicy> QuorumChain::fee_policy(const Deadline& deadline) {
  return agree<neo::FeePolicy>([&](Chain& node) { return node.fee_policy(deadline); });
}

Result<std::vector<neo::UInt256>> QuorumChain::block_transactions(neo::BlockIndex block,
                                                                  const Deadline& deadline) {
  return agree<std::vector<neo::UInt256>>(
      [&](Chain& node) { return node.block_transactions(block, deadline); });
}

Result<std::optional<Answer>> QuorumChain::ask(const Question& question, const Deadline& deadline) {
  return agree_on_presence<Answer>([&](Chain& node) { return node.ask(question, deadline); });
}

Result<neo::GasAmount> QuorumChain::network_fee(ByteView transaction, const Deadline& deadline) {
  return agree<neo::GasAmount>(
      [&](Chain& node) { return node.network_fee(transaction, deadline); });
}

Result<SendOutcome> QuorumChain::send_transaction(ByteView transaction, const Deadline& deadline) {
  std::optional<SendOutcome> taken;
  std::optional<Error> refusal;
  for (const std::size_t node : order()) {
    const Result<SendOutcome> outcome = nodes_[node]->send_transaction(transaction, deadline);
    note(node, outcome.has_value() || is_answer(outcome.error().code()));
    if (outcome.has_value()) {
      if (!taken.has_value()) taken = *outcome;
    } else if (!refusal.has_value() || leaves_open(outcome.error().code())) {
      refusal = outcome.error();
    }
  }
  if (taken.has_value()) return *taken;
  NSL_ASSERT(refusal.has_value());
  return fail(*std::move(refusal));
}

}  // namespace nsl::enclave::chain
