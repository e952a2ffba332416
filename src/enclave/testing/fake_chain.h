// A chain that answers what a test tells it to, truthfully or not, and remembers what was sent.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "enclave/chain/chain.h"

namespace nsl::enclave::testing {

class FakeChain final : public chain::Chain {
 public:
  // What is answered; tests change it at will.
  chain::NetworkInfo network_info{.magic = neo::NetworkMagic(56753),
                                  .milliseconds_per_block = 200,
                                  .valid_until_block_increment_max = 5760};
  neo::BlockIndex newest_block{100};
  chain::Invocation trial{.is_halt = true,
                          .exception = {},
                          .gas_consumed = neo::GasAmount::parse_datoshi(1'000'000).value(),
                          .stack_json = "[]",
                          .stack = {}};
  neo::FeePolicy fees;
  // Stacks for scripts that call one of these methods; every other script gets `trial`.
  std::map<std::string, std::vector<neo::StackItem>> answers;
  // Set: what the node says a transaction must pay.
  std::optional<neo::GasAmount> stated_network_fee;
  // What the node would say to questions, by method: JSON.
  std::multimap<std::string, std::string> replies;
  chain::Agreement stated_agreement;
  // Of transactions; the zero account unless said.
  std::map<neo::UInt256, neo::UInt160> senders;
  std::map<neo::UInt256, chain::ApplicationLog> logs;
  std::map<neo::UInt256, neo::BlockIndex> blocks;
  // While set, sending fails with it.
  std::optional<Code> send_failure;
  // While set, everything else fails with it.
  std::optional<Code> read_failure;
  // Called once, while the height is asked for.
  std::function<void()> on_height;
  // Called while a block is read; a call of itself stays out.
  std::function<void()> on_block;

  // What was asked.
  std::vector<Bytes> sent;
  int simulations = 0;
  int log_reads = 0;
  int block_reads = 0;
  int fee_questions = 0;
  std::vector<std::string> questions;

  void halt_in_block(const neo::UInt256& transaction, neo::BlockIndex block,
                     std::vector<chain::Notification> notifications = {}) {
    chain::ApplicationLog log;
    log.transaction = transaction;
    log.is_halt = true;
    log.notifications = std::move(notifications);
    logs[transaction] = std::move(log);
    blocks[transaction] = block;
  }
  void fault_in_block(const neo::UInt256& transaction, neo::BlockIndex block,
                      const std::string& exception) {
    halt_in_block(transaction, block);
    logs[transaction].is_halt = false;
    logs[transaction].exception = exception;
  }

  const chain::NetworkInfo& network() const override { return network_info; }
  chain::Agreement agreement() const override { return stated_agreement; }
  Result<neo::BlockIndex> height(const Deadline& /*deadline*/) override {
    if (read_failure.has_value()) return fail(*read_failure);
    if (const auto once = std::exchange(on_height, nullptr); once) once();
    return newest_block;
  }
  Result<std::optional<chain::ApplicationLog>> application_log(
      const neo::UInt256& transaction, const Deadline& /*deadline*/) override {
    ++log_reads;
    if (read_failure.has_value()) return fail(*read_failure);
    const auto found = logs.find(transaction);
    if (found == logs.end()) return std::optional<chain::ApplicationLog>();
    return std::optional(found->second);
  }
  Result<std::optional<neo::BlockIndex>> block_of(const neo::UInt256& transaction,
                                                  const Deadline& /*deadline*/) override {
    if (read_failure.has_value()) return fail(*read_failure);
    const auto found = blocks.find(transaction);
    if (found == blocks.end()) return std::optional<neo::BlockIndex>();
    return std::optional(found->second);
  }
  // The transactions of `blocks`, in the order of their hashes.
  Result<std::optional<chain::BlockContent>> block_content(neo::BlockIndex index,
                                                           const Deadline& /*deadline*/) override {
    ++block_reads;
    if (auto told = std::exchange(on_block, nullptr); told) {
      told();
      on_block = std::move(told);
    }
    if (read_failure.has_value()) return fail(*read_failure);
    if (index > newest_block) return std::optional<chain::BlockContent>();
    chain::BlockContent content;
    for (const auto& [transaction, block] : blocks) {
      if (block != index) continue;
      const auto sender = senders.find(transaction);
      content.transactions.push_back(
          {.hash = transaction,
           .sender = sender == senders.end() ? neo::UInt160() : sender->second});
    }
    return std::optional(std::move(content));
  }
  Result<chain::Invocation> invoke_script(ByteView script,
                                          const std::vector<neo::Signer>& /*signers*/,
                                          const Deadline& /*deadline*/) override {
    if (read_failure.has_value()) return fail(*read_failure);
    for (const auto& [method, stack] : answers) {
      if (as_text(script).find(method) == std::string_view::npos) continue;
      return chain::Invocation{
          .is_halt = true, .exception = {}, .gas_consumed = {}, .stack_json = {}, .stack = stack};
    }
    ++simulations;
    return trial;
  }
  Result<neo::FeePolicy> fee_policy(const Deadline& /*deadline*/) override {
    if (read_failure.has_value()) return fail(*read_failure);
    return fees;
  }
  Result<std::vector<neo::UInt256>> block_transactions(neo::BlockIndex block,
                                                       const Deadline& /*deadline*/) override {
    ++block_reads;
    if (read_failure.has_value()) return fail(*read_failure);
    std::vector<neo::UInt256> hashes;
    for (const auto& [hash, index] : blocks) {
      if (index == block) hashes.push_back(hash);
    }
    return hashes;
  }
  // The first of `replies` under the method that answers the question.
  Result<std::optional<chain::Answer>> ask(const chain::Question& question,
                                           const Deadline& /*deadline*/) override {
    if (read_failure.has_value()) return fail(*read_failure);
    questions.push_back(std::string(question.method) + question.parameters);
    const auto [first, last] = replies.equal_range(std::string(question.method));
    for (auto reply = first; reply != last; ++reply) {
      NSL_TRY(const neo::JsonValue json, neo::parse_json(reply->second, 10'000'000));
      Result<chain::Answer> answer = question.parse(json);
      if (answer.has_value()) return std::optional(*std::move(answer));
    }
    return std::optional<chain::Answer>();
  }
  Result<neo::GasAmount> network_fee(ByteView transaction, const Deadline& /*deadline*/) override {
    ++fee_questions;
    if (read_failure.has_value()) return fail(*read_failure);
    if (stated_network_fee.has_value()) return *stated_network_fee;
    NSL_TRY(const neo::Transaction parsed, neo::parse_transaction(transaction));
    std::vector<ByteView> scripts;
    for (const neo::Witness& witness : parsed.witnesses) scripts.push_back(witness.verification);
    return neo::network_fee_of(parsed, scripts, fees);
  }
  Result<chain::SendOutcome> send_transaction(ByteView transaction,
                                              const Deadline& /*deadline*/) override {
    if (send_failure.has_value()) return fail(*send_failure);
    const Bytes bytes = to_bytes(transaction);
    const bool is_known = std::find(sent.begin(), sent.end(), bytes) != sent.end();
    sent.push_back(bytes);
    return is_known ? chain::SendOutcome::known : chain::SendOutcome::accepted;
  }
};

}  // namespace nsl::enclave::testing
