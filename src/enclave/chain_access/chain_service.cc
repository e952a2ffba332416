#include "enclave/chain_access/chain_service.h"

#include <charconv>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/script_builder.h"
#include "core/rest/json_printer.h"
#include "enclave/chain_access/block_view.h"
#include "enclave/chain_access/contract_arguments.h"
#include "enclave/chain_access/contract_view.h"
#include "enclave/chain_access/execution_view.h"
#include "enclave/records/names.h"

namespace nsl::enclave::chain_access {
namespace {

using router::Call;

// neo-project/neo ApplicationEngine.MaxStorageKeySize; Transaction.MaxTransactionAttributes bounds
// signers too.
constexpr std::size_t kStorageKeyBytesMax = 64;
constexpr int kSignersMax = 16;

Result<neo::UInt160> parse_contract(const std::string& text) {
  Result<neo::UInt160> hash = neo::parse_account(text);
  if (hash.has_value()) return hash;
  return fail(Code::invalid_hash, "/contract: is 0x and 40 digits, or an address");
}

Result<neo::UInt256> parse_hash(const std::string& text, const char* field) {
  Result<neo::UInt256> hash = neo::UInt256::parse(text);
  if (hash.has_value()) return hash;
  return fail(Code::invalid_hash, std::string("/") + field + ": is 0x and 64 digits");
}

// A cursor that counts.
Result<std::uint32_t> parse_place(const std::string& cursor) {
  std::uint32_t place = 0;
  if (cursor.empty()) return place;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), place);
  if (error == std::errc() && end == cursor.data() + cursor.size()) return place;
  return fail(Code::invalid_argument, "/cursor: is none of this list");
}

Result<ContractCall> parse_call(const nsl::v1::CallContractRequest& request) {
  ContractCall call;
  NSL_TRY(call.contract, parse_contract(request.contract()));
  if (request.method().empty()) return fail(Code::invalid_argument, "/method: is empty");
  call.method = request.method();
  NSL_TRY(call.arguments, parse_arguments(request.args()));
  if (request.signers_size() > kSignersMax) {
    return fail(Code::limit_exceeded, "/signers: at most 16 accounts sign");
  }
  for (const std::string& text : request.signers()) {
    const Result<neo::UInt160> account = neo::parse_account(text);
    if (!account.has_value()) return fail(Code::invalid_hash, "/signers: one is no account");
    call.signers.push_back(*account);
  }
  if (request.iterator_items() > 0) {
    call.iterator = {.skip = request.iterator_skip(), .count = request.iterator_items()};
  }
  return call;
}

}  // namespace

Result<nsl::v1::ChainHeight> ChainService::get_height(
    const Call& call, const nsl::v1::GetChainHeightRequest& /*request*/) {
  ChainAccess& access = parts_.access;
  NSL_TRY(const neo::BlockIndex height, access.chain().height(call.deadline));
  nsl::v1::ChainHeight reply;
  reply.set_block(height.value());
  reply.set_verified_block(access.proofs().height().value());
  reply.set_network(access.chain().network().magic.value());
  reply.set_storage_provable(access.proofs().can_prove_storage());
  put_proof(access.quorum(), *reply.mutable_proof());
  return reply;
}

Result<nsl::v1::ChainBlock> ChainService::get_block(const Call& call,
                                                    const nsl::v1::GetChainBlockRequest& request) {
  NSL_TRY(const FoundBlock found, parts_.access.block(request.block(), call.deadline));
  return block_message(found);
}

Result<nsl::v1::ChainTransactionList> ChainService::list_block_transactions(
    const Call& call, const nsl::v1::ListBlockTransactionsRequest& request) {
  NSL_TRY(const std::uint32_t first, parse_place(request.cursor()));
  NSL_TRY(const FoundBlock found, parts_.access.block(request.block(), call.deadline));
  const std::size_t count = records::page_size(request.limit());
  nsl::v1::ChainTransactionList reply;
  std::int64_t bytes = 0;
  for (std::size_t i = first; i < found.block.transactions.size(); ++i) {
    const neo::Transaction& transaction = found.block.transactions[i];
    nsl::v1::ChainTransaction item =
        transaction_message({.hash = neo::hash_of(transaction),
                             .transaction = transaction,
                             .block = found.block.header.index,
                             .block_time_ms = found.block.header.timestamp_ms,
                             .proof = found.proof});
    NSL_TRY(const std::string text, rest::print_json(item));
    bytes += static_cast<std::int64_t>(text.size());
    const bool is_full = std::cmp_greater_equal(reply.items_size(), count) ||
                         (bytes > limits::kChainAnswerBytesMax && i > first);
    if (is_full) {
      reply.set_next_cursor(std::to_string(i));
      break;
    }
    *reply.add_items() = std::move(item);
  }
  return reply;
}

Result<nsl::v1::ChainTransaction> ChainService::get_transaction(
    const Call& call, const nsl::v1::GetChainTransactionRequest& request) {
  NSL_TRY(const neo::UInt256 hash, parse_hash(request.transaction(), "transaction"));
  NSL_TRY(const FoundTransaction found, parts_.access.transaction(hash, call.deadline));
  return transaction_message(found);
}

Result<nsl::v1::ChainLog> ChainService::get_log(const Call& call,
                                                const nsl::v1::GetChainLogRequest& request) {
  NSL_TRY(const neo::UInt256 hash, parse_hash(request.hash(), "hash"));
  NSL_TRY(const neo::ApplicationLog log, parts_.access.log(hash, call.deadline));
  return log_message(log, request.cursor(), parts_.access.quorum());
}

Result<nsl::v1::ChainContract> ChainService::get_contract(
    const Call& call, const nsl::v1::GetChainContractRequest& request) {
  NSL_TRY(const neo::UInt160 hash, parse_contract(request.contract()));
  NSL_TRY(const chain::ContractState state, parts_.access.contract(hash, call.deadline));
  nsl::v1::ChainContract reply = contract_message(state, parts_.access.quorum());
  if (request.with_script()) reply.set_script(to_string(state.script));
  NSL_TRY_VOID(check_answer_size(reply));
  return reply;
}

Result<nsl::v1::ContractCallResult> ChainService::call_contract(
    const Call& call, const nsl::v1::CallContractRequest& request) {
  NSL_TRY(const ContractCall wanted, parse_call(request));
  NSL_TRY(const CallResult result, parts_.access.call(wanted, call.deadline));
  nsl::v1::ContractCallResult reply = call_message(result, parts_.access.quorum());
  NSL_TRY_VOID(check_answer_size(reply));
  return reply;
}

Result<nsl::v1::StorageItem> ChainService::get_storage(
    const Call& call, const nsl::v1::GetStorageItemRequest& request) {
  NSL_TRY(const neo::UInt160 contract, parse_contract(request.contract()));
  if (request.key().size() > kStorageKeyBytesMax) {
    return fail(Code::invalid_argument, "/key: at most 64 bytes");
  }
  NSL_TRY(const FoundStorage found,
          parts_.access.storage({.contract = contract, .key = to_bytes(as_bytes(request.key()))},
                                call.deadline));
  nsl::v1::StorageItem reply;
  reply.set_contract(contract.to_text());
  reply.set_key(request.key());
  reply.set_exists(found.value.has_value());
  if (found.value.has_value()) reply.set_value(to_string(*found.value));
  reply.set_block(found.block.value());
  put_proof(found.proof, *reply.mutable_proof());
  return reply;
}

Result<neo::UInt160> ChainService::find_account(const Call& call, const std::string& text) const {
  Result<neo::UInt160> account = neo::parse_account(text);
  if (account.has_value()) return account;
  NSL_TRY(const wallets::WalletRecord wallet,
          parts_.wallets.get(call.account(), text, call.deadline));
  return neo::UInt160::parse(wallet.value.wallet().script_hash());
}

Result<nsl::v1::ChainBalanceList> ChainService::list_balances(
    const Call& call, const nsl::v1::ListChainBalancesRequest& request) {
  NSL_TRY(const neo::UInt160 account, find_account(call, request.account()));
  TokenBalances balances;
  if (request.asset().empty()) {
    NSL_TRY(balances, parts_.balances.all(account, call.deadline));
  } else {
    NSL_TRY(const neo::UInt160 token, transactions::parse_asset(request.asset()));
    NSL_TRY(balances.items.emplace_back(), parts_.balances.one(token, account, call.deadline));
    balances.block = balances.items.front().block;
  }
  nsl::v1::ChainBalanceList reply;
  reply.set_account(neo::to_address(account));
  Proof proof{.kind = Proof::Kind::storage};
  for (const FoundBalance& balance : balances.items) {
    *reply.add_items() = balance_message(balance);
    // As sure as the least sure of them.
    if (proof.kind == Proof::Kind::storage) proof = balance.proof;
  }
  reply.set_omitted(balances.omitted);
  reply.set_block(balances.block.value());
  put_proof(proof, *reply.mutable_proof());
  return reply;
}

Result<nsl::v1::ChainTokenList> ChainService::list_tokens(
    const Call& call, const nsl::v1::ListChainTokensRequest& request) {
  NSL_TRY(const neo::UInt160 account, find_account(call, request.account()));
  NSL_TRY(const std::uint32_t first, parse_place(request.cursor()));
  const auto count = static_cast<std::uint32_t>(records::page_size(request.limit()));
  ContractCall tokens{.contract = {},
                      .method = "tokensOf",
                      .arguments = {neo::to_argument(account)},
                      .signers = {},
                      .iterator = neo::IteratorRange{.skip = first, .count = count}};
  NSL_TRY(tokens.contract, parse_contract(request.contract()));
  NSL_TRY(const CallResult found, parts_.access.call(tokens, call.deadline));
  const bool has_items = found.result.state == neo::VmState::halt &&
                         found.result.stack.size() == 1 && found.result.stack[0].has_value();
  if (!has_items) return fail(Code::token_refused, "/contract: is no NEP-11 token");
  NSL_TRY(const neo::StackItem::List& ids, found.result.stack[0]->items());
  nsl::v1::ChainTokenList reply;
  reply.set_account(neo::to_address(account));
  reply.set_contract(tokens.contract.to_text());
  for (const neo::StackItem& id : ids) {
    NSL_TRY(const Bytes bytes, id.to_bytes());
    reply.add_items(to_string(bytes));
  }
  if (found.iterator_has_more) reply.set_next_cursor(std::to_string(first + count));
  reply.set_block(found.block.value());
  put_proof(parts_.access.quorum(), *reply.mutable_proof());
  return reply;
}

}  // namespace nsl::enclave::chain_access
