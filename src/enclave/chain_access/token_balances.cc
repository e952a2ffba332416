#include "enclave/chain_access/token_balances.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/neo/account_state.h"
#include "core/neo/native.h"
#include "enclave/chain/chain_reader.h"

namespace nsl::enclave::chain_access {

Result<FoundBalance> TokenBalanceReader::one(const neo::UInt160& token, const neo::UInt160& account,
                                             const Deadline& deadline) {
  if (neo::keeps_account_states(token)) return native(token, account, deadline);
  return agreed(token, account, {}, deadline);
}

Result<TokenBalances> TokenBalanceReader::all(const neo::UInt160& account,
                                              const Deadline& deadline) {
  std::vector<neo::UInt160> tokens = {neo::hash_of(neo::kNeoToken), neo::hash_of(neo::kGasToken)};
  TokenBalances balances;
  NSL_TRY(balances.block, access_.newest(deadline));
  NSL_TRY(const std::vector<neo::UInt160> known,
          chain::ChainReader(access_.chain())
              .tokens_of(account, chain::TokenStandard::nep17, deadline));
  for (const neo::UInt160& token : known) {
    if (neo::keeps_account_states(token)) continue;
    if (std::cmp_greater_equal(tokens.size(), limits::kChainTokensMax)) {
      ++balances.omitted;
    } else {
      tokens.push_back(token);
    }
  }
  for (const neo::UInt160& token : tokens) {
    Result<FoundBalance> item = one(token, account, deadline);
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

Result<transactions::ConfirmedBalance> TokenBalanceReader::read(const neo::UInt160& token,
                                                                const neo::UInt160& account,
                                                                const Deadline& deadline) {
  NSL_TRY(FoundBalance found, one(token, account, deadline));
  return transactions::ConfirmedBalance{.balance = std::move(found.balance),
                                        .block = found.block,
                                        .is_proven = found.proof.kind == Proof::Kind::storage,
                                        .proof = to_text(found.proof),
                                        .reason = found.proof.reason};
}

Result<FoundBalance> TokenBalanceReader::native(const neo::UInt160& token,
                                                const neo::UInt160& account,
                                                const Deadline& deadline) {
  NSL_TRY(const neo::BlockIndex newest, access_.newest(deadline));
  Result<FoundBalance> proven = prove(token, account, newest, newest, deadline);
  if (proven.has_value()) return proven;
  NSL_TRY(FoundBalance told, agreed(token, account, proven.error().message(), deadline));
  if (proven.error().code() != Code::node_behind || newest.value() == 0) return told;
  const neo::BlockIndex before(newest.value() - 1);
  Result<FoundBalance> older = prove(token, account, before, oldest_unsigned(newest), deadline);
  if (!older.has_value()) {
    told.proof.reason = older.error().message();
    return told;
  }
  if (older->balance.amount == told.balance.amount) return older;
  told.proof.reason = fmt::format("It was another after block {}, the newest with a signed state",
                                  older->block.value());
  return told;
}

Result<FoundBalance> TokenBalanceReader::agreed(const neo::UInt160& token,
                                                const neo::UInt160& account, std::string reason,
                                                const Deadline& deadline) {
  FoundBalance found{.balance = {}, .block = {}, .proof = access_.quorum(std::move(reason))};
  NSL_TRY(found.block, access_.chain().height(deadline));
  NSL_TRY(found.balance, tokens_.read_balance(token, account, deadline));
  return found;
}

Result<FoundBalance> TokenBalanceReader::prove(const neo::UInt160& token,
                                               const neo::UInt160& account, neo::BlockIndex first,
                                               neo::BlockIndex last, const Deadline& deadline) {
  NSL_TRY(const FoundStorage found,
          access_.prove_storage({.contract = token, .key = neo::make_account_key(account)}, first,
                                last, deadline));
  FoundBalance proven{
      .balance = transactions::native_token(token), .block = found.block, .proof = found.proof};
  // An account the token keeps nothing of has none of it.
  if (found.value.has_value()) {
    NSL_TRY(proven.balance.amount, neo::parse_account_balance(*found.value));
  }
  return proven;
}

nsl::v1::ChainBalance balance_message(const FoundBalance& found) {
  nsl::v1::ChainBalance message;
  message.set_asset(found.balance.token.to_text());
  message.set_symbol(found.balance.symbol);
  message.set_amount(neo::to_token_amount(found.balance.amount, found.balance.decimals));
  message.set_decimals(found.balance.decimals);
  message.set_block(found.block.value());
  put_proof(found.proof, *message.mutable_proof());
  return message;
}

}  // namespace nsl::enclave::chain_access
