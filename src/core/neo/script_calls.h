// What a script will do, read back from its bytes: the contract calls it makes with all their
// arguments. For whoever has to agree to a transaction: a policy, a sponsor, a person.
//
// Only scripts that push literals and call contracts are understood, which is what wallets build.
// Anything else (a jump, a computed argument, another system call) is refused: what is not
// understood must not be signed on the strength of this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/script_builder.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {

// What becomes of a call's result.
enum class ResultUse : std::uint8_t {
  // It is left on the stack for whoever reads the log.
  left,
  // ASSERT: the transaction fails unless it is true.
  asserted,
  dropped,
};

struct ContractCall {
  UInt160 contract;
  std::string method;
  StackItem::List arguments;
  CallFlags flags = CallFlags::none;
  ResultUse result = ResultUse::left;

  friend bool operator==(const ContractCall&, const ContractCall&) = default;
};

// The calls in the order they are made. Code::invalid_script for any other script, also for one
// that leaves values on the stack beside the results of calls.
Result<std::vector<ContractCall>> parse_calls(ByteView script);

// A transfer of fungible tokens (NEP-17) or of a whole token (NEP-11, `token_id`). Nothing when the
// call is no transfer.
struct TransferCall {
  UInt160 token;
  // Absent for a whole token: the contract knows its owner.
  std::optional<UInt160> from;
  UInt160 to;
  // Absent for a whole token.
  std::optional<Integer> amount;
  std::optional<Bytes> token_id;
  StackItem data;

  friend bool operator==(const TransferCall&, const TransferCall&) = default;
};
std::optional<TransferCall> find_transfer(const ContractCall& call);

}  // namespace nsl::neo
