// What a function reads of the chain beside heights and test runs: blocks, transactions, logs and
// balances, in the words of nsl.v1.ChainService, with how each was confirmed.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/receipt/receipt.h"
#include "enclave/chain_access/chain_access.h"
#include "enclave/chain_access/token_balances.h"
#include "enclave/json/json_arguments.h"

namespace nsl::enclave::execution {

struct ChainReply {
  std::string json;
  // For the receipt: the block it is about, or the newest one, and how it was confirmed.
  receipt::ChainRead read;
};

class ChainCalls {
 public:
  ChainCalls(chain_access::ChainAccess& access, chain_access::TokenBalanceReader& balances)
      : access_(access), balances_(balances) {}

  // {"block": index or "0x..."}
  Result<ChainReply> get_block(const json::JsonArguments& arguments, const Deadline& deadline);
  // {"hash"}
  Result<ChainReply> get_transaction(const json::JsonArguments& arguments,
                                     const Deadline& deadline);
  // {"hash", "cursor"?}
  Result<ChainReply> get_application_log(const json::JsonArguments& arguments,
                                         const Deadline& deadline);
  // {"address", "asset"}
  Result<ChainReply> get_balance(const json::JsonArguments& arguments, const Deadline& deadline);

 private:
  chain_access::ChainAccess& access_;
  chain_access::TokenBalanceReader& balances_;
};

}  // namespace nsl::enclave::execution
