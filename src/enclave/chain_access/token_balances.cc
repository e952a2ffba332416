#include "enclave/chain_access/token_balances.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/neo/native.h"
#include "enclave/chain/chain_reader.h"

namespace nsl::enclave::chain_access {

Result<TokenBalances> TokenBalanceReader::one(const neo::UInt160& account,
                                              const neo::UInt160& token, const Deadline& deadline) {
  TokenBalances balances;
  NSL_TRY(balances.block, chain_.height(deadline));
  NSL_TRY(transactions::TokenBalance item, tokens_.read_balance(token, account, deadline));
  balances.items.push_back(std::move(item));
  return balances;
}

Result<TokenBalances> TokenBalanceReader::all(const neo::UInt160& account,
                                              const Deadline& deadline) {
  const neo::UInt160 neo = neo::hash_of(neo::kNeoToken);
  const neo::UInt160 gas = neo::hash_of(neo::kGasToken);
  std::vector<neo::UInt160> tokens = {neo, gas};
  TokenBalances balances;
  NSL_TRY(balances.block, chain_.height(deadline));
  NSL_TRY(const std::vector<neo::UInt160> known,
          chain::ChainReader(chain_).tokens_of(account, chain::TokenStandard::nep17, deadline));
  for (const neo::UInt160& token : known) {
    if (token == neo || token == gas) continue;
    if (std::cmp_greater_equal(tokens.size(), limits::kChainTokensMax)) {
      ++balances.omitted;
    } else {
      tokens.push_back(token);
    }
  }
  for (const neo::UInt160& token : tokens) {
    Result<transactions::TokenBalance> item = tokens_.read_balance(token, account, deadline);
    if (item.has_value()) {
      balances.items.push_back(*std::move(item));
    } else if (item.error().code() == Code::token_refused) {
      ++balances.omitted;
    } else {
      return fail(item.error());
    }
  }
  return balances;
}

}  // namespace nsl::enclave::chain_access
