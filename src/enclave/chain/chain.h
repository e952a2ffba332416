// Chain: what the enclave asks of the Neo N3 network. Answers come from RPC nodes that may lie;
// each method says what the caller may believe.
//
// TRUST: an answer is the word of as many nodes as `proof()` says: "quorum(2/3)", and with one node
// (development) "quorum(1/1)". Signatures, hashes and fee formulas are our own; the node's figures
// only ever move inside a grant's bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/fee.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"
#include "core/neo/signer.h"
#include "core/neo/stack_item.h"
#include "enclave/chain/question.h"

namespace nsl::enclave::chain {

struct Notification {
  neo::UInt160 contract;
  std::string event;
  // The node's own JSON of the state's items: [{"type":"Integer","value":"1"}, ...].
  std::string arguments_json;
  friend bool operator==(const Notification&, const Notification&) = default;
};

struct ApplicationLog {
  neo::UInt256 transaction;
  // HALT or FAULT, of the execution with trigger Application.
  bool is_halt = false;
  std::string exception;
  std::vector<Notification> notifications;
  friend bool operator==(const ApplicationLog&, const ApplicationLog&) = default;
};

struct BlockTransaction {
  neo::UInt256 hash;
  // The account that pays.
  neo::UInt160 sender;
  friend bool operator==(const BlockTransaction&, const BlockTransaction&) = default;
};

// What stands in a block, without its witness: each node may hold other signatures of it.
struct BlockContent {
  neo::UInt256 hash;
  // In the order they were executed.
  std::vector<BlockTransaction> transactions;
  friend bool operator==(const BlockContent&, const BlockContent&) = default;
};

struct Invocation {
  bool is_halt = false;
  std::string exception;
  neo::GasAmount gas_consumed;
  // The node's JSON of the result stack.
  std::string stack_json;
  // Items of the stack that are plain values; parsed from the same JSON.
  std::vector<neo::StackItem> stack;
  friend bool operator==(const Invocation&, const Invocation&) = default;
};

struct NetworkInfo {
  neo::NetworkMagic magic;
  std::uint32_t milliseconds_per_block = 0;
  std::uint32_t valid_until_block_increment_max = 0;
};

enum class SendOutcome : std::uint8_t {
  accepted,
  // The node has it already, in its pool or in a block: as good as accepted.
  known,
};

// How many nodes say the same, of how many there are.
struct Agreement {
  std::size_t agreeing = 1;
  std::size_t asked = 1;
  friend bool operator==(const Agreement&, const Agreement&) = default;
};
// "quorum(2/3)"
std::string to_text(const Agreement& agreement);

class Chain {
 public:
  virtual ~Chain() = default;

  // Fixed for the life of the enclave: a node that serves another network is refused.
  virtual const NetworkInfo& network() const = 0;
  // How answers are confirmed.
  virtual Agreement agreement() const = 0;
  // The same as text: "quorum(k/n)".
  std::string proof() const { return to_text(agreement()); }

  // Index of the newest block.
  virtual Result<neo::BlockIndex> height(const Deadline& deadline) = 0;
  // Nothing while the transaction is in no block.
  virtual Result<std::optional<ApplicationLog>> application_log(const neo::UInt256& transaction,
                                                                const Deadline& deadline) = 0;
  // The block that holds the transaction; nothing while it is in none.
  virtual Result<std::optional<neo::BlockIndex>> block_of(const neo::UInt256& transaction,
                                                          const Deadline& deadline) = 0;
  // Nothing while there is no such block. Its transactions are those its own merkle root names.
  virtual Result<std::optional<BlockContent>> block_content(neo::BlockIndex index,
                                                            const Deadline& deadline) = 0;
  virtual Result<Invocation> invoke_script(ByteView script, const std::vector<neo::Signer>& signers,
                                           const Deadline& deadline) = 0;
  virtual Result<neo::FeePolicy> fee_policy(const Deadline& deadline) = 0;
  // The transactions of a block in its order. The block's merkle root is that of its transactions;
  // that the block is the chain's is the nodes' word.
  virtual Result<std::vector<neo::UInt256>> block_transactions(neo::BlockIndex block,
                                                               const Deadline& deadline) = 0;
  // Everything else (chain_reader.h). Nothing when the nodes do not know what is asked for.
  virtual Result<std::optional<Answer>> ask(const Question& question, const Deadline& deadline) = 0;
  // What the node takes for the least network fee; every signer has a witness with its
  // verification script.
  virtual Result<neo::GasAmount> network_fee(ByteView transaction, const Deadline& deadline) = 0;
  // Code::insufficient_gas, Code::transaction_expired, Code::network_fee_too_low,
  // Code::mempool_full, Code::transaction_rejected when the node says so; Code::node_unavailable
  // when the outcome is unknown.
  virtual Result<SendOutcome> send_transaction(ByteView transaction, const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::chain
