#include "enclave/transactions/transaction_service.h"

#include "enclave/records/names.h"
#include "enclave/transactions/transaction_view.h"

namespace nsl::enclave::transactions {

using router::Call;

Result<nsl::v1::Transaction> TransactionService::transfer(const Call& call,
                                                          const nsl::v1::TransferRequest& request) {
  NSL_TRY(const Draft draft, drafts_.transfer(call, request.wallet(), request));
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::invoke(const Call& call,
                                                        const nsl::v1::InvocationRequest& request) {
  NSL_TRY(const Draft draft, drafts_.invoke(call, request.wallet(), request));
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::deploy(const Call& call,
                                                        const nsl::v1::DeployRequest& request) {
  NSL_TRY(const Draft draft, drafts_.deploy(call, request.wallet(), request));
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::update(
    const Call& call, const nsl::v1::UpdateContractRequest& request) {
  NSL_TRY(const Draft draft, drafts_.update(call, request.wallet(), request));
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::submit(const Call& call, const Draft& draft) {
  NSL_TRY(auto before, parts_.submitter.resume(draft.key, draft.arguments_text, call.deadline));
  if (before.has_value()) return describe(draft.key.id, before->intent, before->refusal);
  NSL_TRY(const Submission made, parts_.submitter.submit(draft, Shortage::refuse, call.deadline));
  return describe(draft.key.id, made.intent, made.refusal);
}

Result<nsl::v1::TransactionList> TransactionService::list(
    const Call& call, const nsl::v1::ListTransactionsRequest& request) {
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(call.account(), request.wallet(), call.deadline));
  NSL_TRY(auto all, parts_.submitter.list(call.account(), call.deadline));
  std::erase_if(
      all, [&](const auto& item) { return item.second.wallet() != wallet.value.wallet().id(); });
  nsl::v1::TransactionList reply;
  reply.set_next_cursor(to_public_id(
      records::cut_page(all, records::page_size(request.limit()), to_intent_id(request.cursor()),
                        [](const auto& item) -> std::string_view { return item.first; })));
  for (const auto& [id, intent] : all) *reply.add_items() = describe(id, intent, std::nullopt);
  return reply;
}

Result<nsl::v1::Transaction> TransactionService::get(
    const Call& call, const nsl::v1::GetTransactionRequest& request) {
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(call.account(), request.wallet(), call.deadline));
  const std::string id = to_intent_id(request.transaction());
  NSL_TRY(const stored::IntentRecord intent,
          parts_.submitter.get({call.account(), id}, call.deadline));
  if (intent.wallet() != wallet.value.wallet().id()) return fail(Code::transaction_not_found);
  return describe(id, intent, std::nullopt);
}

Result<nsl::v1::BalanceList> TransactionService::list_balances(
    const Call& call, const nsl::v1::ListBalancesRequest& request) {
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(call.account(), request.wallet(), call.deadline));
  NSL_TRY(const neo::UInt160 account, neo::UInt160::parse(wallet.value.wallet().script_hash()));
  std::vector<std::string> assets = {"NEO", "GAS"};
  if (!request.asset().empty()) assets.push_back(request.asset());
  nsl::v1::BalanceList reply;
  bool is_proven = true;
  for (const std::string& asset : assets) {
    NSL_TRY(const neo::UInt160 token, parse_asset(asset));
    NSL_TRY(const ConfirmedBalance found, parts_.balances.read(token, account, call.deadline));
    nsl::v1::Balance& item = *reply.add_items();
    item.set_asset(token.to_text());
    item.set_symbol(found.balance.symbol);
    item.set_amount(neo::to_token_amount(found.balance.amount, found.balance.decimals));
    item.set_decimals(found.balance.decimals);
    item.set_block(found.block.value());
    item.set_proof(found.proof);
    item.set_proof_reason(found.reason);
    // As sure as the least sure of them.
    if (is_proven) reply.set_proof(found.proof);
    is_proven = is_proven && found.is_proven;
    reply.set_block(std::max(reply.block(), found.block.value()));
  }
  return reply;
}

}  // namespace nsl::enclave::transactions
