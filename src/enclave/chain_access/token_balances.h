// Which NEP-17 tokens an account has, and how many of each.
//
// TRUST: which tokens there are, and what they say, is the word of as many nodes as must agree.
#pragma once

#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/transactions/token_scripts.h"

namespace nsl::enclave::chain_access {

struct TokenBalances {
  std::vector<transactions::TokenBalance> items;
  // Of more tokens than limits::kChainTokensMax, and of those that do not answer as NEP-17 says.
  std::uint32_t omitted = 0;
  // The newest block when it was read.
  neo::BlockIndex block;
};

class TokenBalanceReader {
 public:
  TokenBalanceReader(chain::Chain& chain, transactions::TokenReader& tokens)
      : chain_(chain), tokens_(tokens) {}

  // NEO, GAS, and every token the nodes know the account to have.
  Result<TokenBalances> all(const neo::UInt160& account, const Deadline& deadline);
  // Code::token_refused when the contract is no token.
  Result<TokenBalances> one(const neo::UInt160& account, const neo::UInt160& token,
                            const Deadline& deadline);

 private:
  chain::Chain& chain_;
  transactions::TokenReader& tokens_;
};

}  // namespace nsl::enclave::chain_access
