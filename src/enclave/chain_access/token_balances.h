// Which NEP-17 tokens an account has, and how many of each.
//
// TRUST: amounts of NEO and GAS are proven by contract storage, whose layout is part of the
// protocol (core/neo/account_state.h). What other tokens say, and which there are, is the word of
// as many nodes as must agree: no standard says where a token keeps its balances.
#pragma once

#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/chain_access/chain_access.h"
#include "enclave/transactions/balance_source.h"
#include "enclave/transactions/token_scripts.h"

namespace nsl::enclave::chain_access {

struct FoundBalance {
  transactions::TokenBalance balance;
  // The block after which it was so.
  neo::BlockIndex block;
  Proof proof;
};

struct TokenBalances {
  std::vector<FoundBalance> items;
  // Of more tokens than limits::kChainTokensMax, and of those that do not answer as NEP-17 says.
  std::uint32_t omitted = 0;
  // The newest block when it was read.
  neo::BlockIndex block;
};

class TokenBalanceReader final : public transactions::BalanceSource {
 public:
  TokenBalanceReader(ChainAccess& access, transactions::TokenReader& tokens)
      : access_(access), tokens_(tokens) {}

  // NEO, GAS, and every token the nodes know the account to have.
  Result<TokenBalances> all(const neo::UInt160& account, const Deadline& deadline);
  // Code::token_refused when the contract is no token.
  Result<FoundBalance> one(const neo::UInt160& token, const neo::UInt160& account,
                           const Deadline& deadline);
  Result<transactions::ConfirmedBalance> read(const neo::UInt160& token,
                                              const neo::UInt160& account,
                                              const Deadline& deadline) override;

 private:
  // As of the newest block, like every answer here: what a transaction that is in a block has
  // changed is never missing. So an older proof counts only while nothing has changed since.
  Result<FoundBalance> native(const neo::UInt160& token, const neo::UInt160& account,
                              const Deadline& deadline);
  Result<FoundBalance> agreed(const neo::UInt160& token, const neo::UInt160& account,
                              std::string reason, const Deadline& deadline);
  Result<FoundBalance> prove(const neo::UInt160& token, const neo::UInt160& account,
                             neo::BlockIndex first, neo::BlockIndex last, const Deadline& deadline);

  ChainAccess& access_;
  transactions::TokenReader& tokens_;
};

nsl::v1::ChainBalance balance_message(const FoundBalance& found);

}  // namespace nsl::enclave::chain_access
