#include "enclave/transactions/draft_maker.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/manifest.h"
#include "core/neo/nef.h"
#include "core/neo/script_builder.h"
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

Result<Draft> DraftMaker::transfer(const Call& call, const std::string& wallet,
                                   const nsl::v1::TransferRequest& request) const {
  NSL_TRY(Draft draft,
          make_draft(call, wallet, request.options(), to_amount(limits::kSystemFeeDefaultMax)));
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
  return draft;
}

Result<Draft> DraftMaker::invoke(const Call& call, const std::string& wallet,
                                 const nsl::v1::InvocationRequest& request) const {
  NSL_TRY(Draft draft,
          make_draft(call, wallet, request.options(), to_amount(limits::kSystemFeeDefaultMax)));
  NSL_TRY(const neo::UInt160 contract, parse_contract(request.contract()));
  if (request.method().empty()) return fail(Code::invalid_argument, "/method: is empty");
  NSL_TRY(const neo::StackItem::List arguments, parse_arguments(request.args()));
  NSL_TRY(draft.transaction.script, neo::make_call_script(contract, request.method(), arguments));
  NSL_TRY_VOID(set_signers(call, request, draft));
  draft.arguments_text = request.SerializeAsString();
  return draft;
}

Result<Draft> DraftMaker::deploy(const Call& call, const std::string& wallet,
                                 const nsl::v1::DeployRequest& request) const {
  NSL_TRY(Draft draft,
          make_draft(call, wallet, request.options(), to_amount(limits::kDeploymentFeeDefaultMax)));
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
  return draft;
}

Result<Draft> DraftMaker::update(const Call& call, const std::string& wallet,
                                 const nsl::v1::UpdateContractRequest& request) const {
  NSL_TRY(Draft draft,
          make_draft(call, wallet, request.options(), to_amount(limits::kDeploymentFeeDefaultMax)));
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
  return draft;
}

Result<void> DraftMaker::check_kind(const nsl::v1::Wallet& wallet) const {
  if (parts_.keys == PayerKeys::one) return wallets::check_single_key(wallet);
  if (wallets::is_multisig(wallet)) return {};
  return fail(Code::invalid_argument, "/wallet: has one key, so there is nothing to propose");
}

Result<Draft> DraftMaker::make_draft(const Call& call, const std::string& wallet,
                                     const nsl::v1::SendOptions& options,
                                     neo::GasAmount system_fee_default) const {
  NSL_TRY(const wallets::WalletRecord payer,
          parts_.wallets.get(call.account(), wallet, call.deadline));
  NSL_TRY_VOID(check_kind(payer.value.wallet()));
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
  // People are slow: what several have to sign may wait as long as the network lets it.
  const std::uint32_t valid_by_default =
      parts_.keys == PayerKeys::several
          ? most
          : static_cast<std::uint32_t>(limits::kTransactionValidBlocks);
  draft.valid_blocks = options.valid_blocks() == 0 ? valid_by_default : options.valid_blocks();
  if (options.valid_blocks() > most) {
    return fail(Code::invalid_argument,
                fmt::format("/options/valid_blocks: the network takes at most {}", most));
  }
  if (parts_.keys == PayerKeys::several && !options.order_key().empty()) {
    return fail(Code::invalid_argument, "/options/order_key: proposals have no order");
  }
  draft.order_key = options.order_key();
  if (draft.order_key.size() > static_cast<std::size_t>(limits::kOrderKeyBytesMax)) {
    return fail(Code::invalid_argument, "/options/order_key: is too long");
  }
  return draft;
}

Result<void> DraftMaker::set_signers(const Call& call, const nsl::v1::InvocationRequest& request,
                                     Draft& draft) const {
  if (request.signers().empty()) return {};
  if (request.signers_size() > limits::kNeoSignersMax) {
    return fail(Code::invalid_signer, "/signers: are too many");
  }
  if (parts_.keys == PayerKeys::several && request.signers_size() != 1) {
    return fail(Code::invalid_signer, "/signers: the wallet is the only signer of a proposal");
  }
  draft.signer_wallets.clear();
  draft.transaction.signers.clear();
  for (const nsl::v1::TransactionSigner& asked : request.signers()) {
    NSL_TRY(neo::Signer signer, parse_signer(asked));
    const std::string& name = asked.wallet().empty() ? draft.wallet_id : asked.wallet();
    NSL_TRY(const wallets::WalletRecord wallet,
            parts_.wallets.get(call.account(), name, call.deadline));
    NSL_TRY_VOID(check_kind(wallet.value.wallet()));
    NSL_TRY(signer.account, neo::UInt160::parse(wallet.value.wallet().script_hash()));
    draft.signer_wallets.push_back(wallet.value.wallet().id());
    draft.transaction.signers.push_back(std::move(signer));
  }
  if (draft.signer_wallets.front() != draft.wallet_id) {
    return fail(Code::invalid_signer, "/signers: the first is the paying wallet");
  }
  return neo::check_unsigned_transaction(draft.transaction);
}

}  // namespace nsl::enclave::transactions
