#include "enclave/transactions/transaction_service.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/manifest.h"
#include "core/neo/nef.h"
#include "core/neo/script_builder.h"
#include "enclave/records/names.h"
#include "enclave/transactions/transaction_view.h"

namespace nsl::enclave::transactions {
namespace {

using router::Call;

// A limit of the product in datoshi.
neo::GasAmount to_amount(std::int64_t datoshi) {
  return neo::GasAmount::parse_datoshi(datoshi).value_or(neo::GasAmount());
}

Result<neo::GasAmount> parse_bound(const std::string& text, neo::GasAmount otherwise,
                                   std::string_view field) {
  if (text.empty()) return otherwise;
  Result<neo::GasAmount> amount = neo::GasAmount::parse(text);
  if (amount.has_value()) return amount;
  return fail(Code::invalid_amount,
              fmt::format("/options/{}: give GAS as a decimal text like \"0.5\"", field));
}

Result<neo::UInt160> parse_contract(const std::string& text) {
  Result<neo::UInt160> hash = neo::parse_account(text);
  if (hash.has_value()) return hash;
  return fail(Code::invalid_hash, "/contract: is 0x and 40 digits, or an address");
}

neo::StackItem bytes_or_null(const std::string& bytes) {
  return bytes.empty() ? neo::StackItem() : neo::StackItem::byte_string(bytes);
}

// Refuses what a node would refuse after it has burned the fee. Gives the contract's hash.
Result<neo::UInt160> check_deployment(const nsl::v1::DeployRequest& request,
                                      const neo::UInt160& sender) {
  NSL_TRY(const neo::Nef nef, neo::parse_nef(as_bytes(request.nef())));
  NSL_TRY(const neo::Manifest manifest, neo::parse_manifest(std::string_view(request.manifest())));
  const neo::UInt160 contract = neo::contract_hash(sender, neo::checksum_of(nef), manifest.name);
  NSL_TRY_VOID(neo::check_manifest(manifest, contract));
  return contract;
}

}  // namespace

Result<nsl::v1::Transaction> TransactionService::transfer(const Call& call,
                                                          const nsl::v1::TransferRequest& request) {
  NSL_TRY(Draft draft, make_draft(call, request.wallet(), request.options(),
                                  to_amount(limits::kSystemFeeDefaultMax)));
  Payment payment{.token = {}, .to = {}, .amount = request.amount(), .data = {}, .token_id = {}};
  NSL_TRY(payment.token, parse_asset(request.asset()));
  const Result<neo::UInt160> to = neo::parse_account(request.to());
  if (!to.has_value()) return fail(Code::invalid_address, "/to: is no address");
  payment.to = *to;
  NSL_TRY(payment.data, parse_argument(request.data()));
  if (!request.token_id().empty()) payment.token_id = to_bytes(request.token_id());
  NSL_TRY(TransferScript made,
          parts_.tokens.make_transfer(draft.transaction.signers.front().account, payment,
                                      call.deadline));
  draft.transaction.script = std::move(made.script);
  draft.spends = made.spends;
  draft.arguments_text = request.SerializeAsString();
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::invoke(const Call& call,
                                                        const nsl::v1::InvocationRequest& request) {
  NSL_TRY(Draft draft, make_draft(call, request.wallet(), request.options(),
                                  to_amount(limits::kSystemFeeDefaultMax)));
  NSL_TRY(const neo::UInt160 contract, parse_contract(request.contract()));
  if (request.method().empty()) return fail(Code::invalid_argument, "/method: is empty");
  NSL_TRY(const neo::StackItem::List arguments, parse_arguments(request.args()));
  NSL_TRY(draft.transaction.script, neo::make_call_script(contract, request.method(), arguments));
  NSL_TRY_VOID(set_signers(call, request, draft));
  draft.arguments_text = request.SerializeAsString();
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::deploy(const Call& call,
                                                        const nsl::v1::DeployRequest& request) {
  NSL_TRY(Draft draft, make_draft(call, request.wallet(), request.options(),
                                  to_amount(limits::kDeploymentFeeDefaultMax)));
  NSL_TRY(const neo::UInt160 contract,
          check_deployment(request, draft.transaction.signers.front().account));
  NSL_TRY(neo::StackItem data, parse_argument(request.data()));
  NSL_TRY(
      draft.transaction.script,
      neo::make_call_script(neo::native_contract_hash("ContractManagement"), "deploy",
                            {neo::StackItem::byte_string(request.nef()),
                             neo::StackItem::byte_string(request.manifest()), std::move(data)}));
  draft.contract = contract.to_text();
  draft.arguments_text = request.SerializeAsString();
  return submit(call, draft);
}

Result<nsl::v1::Transaction> TransactionService::update(
    const Call& call, const nsl::v1::UpdateContractRequest& request) {
  NSL_TRY(Draft draft, make_draft(call, request.wallet(), request.options(),
                                  to_amount(limits::kDeploymentFeeDefaultMax)));
  NSL_TRY(const neo::UInt160 contract, parse_contract(request.contract()));
  if (request.nef().empty() && request.manifest().empty()) {
    return fail(Code::invalid_argument, "/nef: give a NEF file, a manifest, or both");
  }
  if (!request.nef().empty()) {
    NSL_TRY(const neo::Nef nef, neo::parse_nef(as_bytes(request.nef())));
    static_cast<void>(nef);
  }
  if (!request.manifest().empty()) {
    NSL_TRY(const neo::Manifest manifest,
            neo::parse_manifest(std::string_view(request.manifest())));
    NSL_TRY_VOID(neo::check_manifest(manifest, contract));
  }
  NSL_TRY(neo::StackItem data, parse_argument(request.data()));
  NSL_TRY(draft.transaction.script,
          neo::make_call_script(
              contract, "update",
              {bytes_or_null(request.nef()), bytes_or_null(request.manifest()), std::move(data)}));
  draft.contract = contract.to_text();
  draft.arguments_text = request.SerializeAsString();
  return submit(call, draft);
}

Result<Draft> TransactionService::make_draft(const Call& call, const std::string& wallet,
                                             const nsl::v1::SendOptions& options,
                                             neo::GasAmount system_fee_default) const {
  NSL_TRY(const wallets::WalletRecord payer,
          parts_.wallets.get(call.account(), wallet, call.deadline));
  Draft draft;
  draft.key = {call.account(), codec::make_id("txn", call.now, call.random)};
  draft.wallet_id = payer.value.wallet().id();
  draft.signer_wallets = {draft.wallet_id};
  neo::Signer signer;
  NSL_TRY(signer.account, neo::UInt160::parse(payer.value.wallet().script_hash()));
  signer.scopes = neo::WitnessScope::called_by_entry;
  draft.transaction.signers = {signer};
  NSL_TRY(draft.system_fee_max,
          parse_bound(options.max_system_fee(), system_fee_default, "max_system_fee"));
  NSL_TRY(draft.network_fee_max,
          parse_bound(options.max_network_fee(), to_amount(limits::kNetworkFeeDefaultMax),
                      "max_network_fee"));
  const std::uint32_t most = parts_.chain.network().valid_until_block_increment_max;
  draft.valid_blocks = options.valid_blocks() == 0
                           ? static_cast<std::uint32_t>(limits::kTransactionValidBlocks)
                           : options.valid_blocks();
  if (options.valid_blocks() > most) {
    return fail(Code::invalid_argument,
                fmt::format("/options/valid_blocks: the network takes at most {}", most));
  }
  draft.order_key = options.order_key();
  if (draft.order_key.size() > static_cast<std::size_t>(limits::kOrderKeyBytesMax)) {
    return fail(Code::invalid_argument, "/options/order_key: is too long");
  }
  return draft;
}

Result<void> TransactionService::set_signers(const Call& call,
                                             const nsl::v1::InvocationRequest& request,
                                             Draft& draft) const {
  if (request.signers().empty()) return {};
  if (request.signers_size() > limits::kNeoSignersMax) {
    return fail(Code::invalid_signer, "/signers: are too many");
  }
  draft.signer_wallets.clear();
  draft.transaction.signers.clear();
  for (const nsl::v1::TransactionSigner& asked : request.signers()) {
    NSL_TRY(neo::Signer signer, parse_signer(asked));
    const std::string& name = asked.wallet().empty() ? draft.wallet_id : asked.wallet();
    NSL_TRY(const wallets::WalletRecord wallet,
            parts_.wallets.get(call.account(), name, call.deadline));
    NSL_TRY(signer.account, neo::UInt160::parse(wallet.value.wallet().script_hash()));
    draft.signer_wallets.push_back(wallet.value.wallet().id());
    draft.transaction.signers.push_back(std::move(signer));
  }
  if (draft.signer_wallets.front() != draft.wallet_id) {
    return fail(Code::invalid_signer, "/signers: the first is the paying wallet");
  }
  return neo::check_unsigned_transaction(draft.transaction);
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
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));
  for (const std::string& asset : assets) {
    NSL_TRY(const neo::UInt160 token, parse_asset(asset));
    NSL_TRY(const TokenBalance balance, parts_.tokens.read_balance(token, account, call.deadline));
    nsl::v1::Balance& item = *reply.add_items();
    item.set_asset(token.to_text());
    item.set_symbol(balance.symbol);
    item.set_amount(neo::to_token_amount(balance.amount, balance.decimals));
    item.set_decimals(balance.decimals);
  }
  reply.set_proof(parts_.chain.proof());
  reply.set_block(height.value());
  return reply;
}

}  // namespace nsl::enclave::transactions
