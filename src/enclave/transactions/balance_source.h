// BalanceSource: what an account has of a token, with how that was confirmed. enclave/chain_access
// proves it; operations on wallets show it.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/transactions/token_scripts.h"

namespace nsl::enclave::transactions {

struct ConfirmedBalance {
  TokenBalance balance;
  // The block after which it was so.
  neo::BlockIndex block;
  // By the state the state validators signed.
  bool is_proven = false;
  // "storage" or "quorum(k/n)".
  std::string proof;
  // Why what can be proven is not; empty: it is, or nothing that is signed covers it.
  std::string reason;
};

class BalanceSource {
 public:
  virtual ~BalanceSource() = default;

  // Code::token_refused when the contract is no token.
  virtual Result<ConfirmedBalance> read(const neo::UInt160& token, const neo::UInt160& account,
                                        const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::transactions
