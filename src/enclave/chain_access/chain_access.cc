#include "enclave/chain_access/chain_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/neo/script_builder.h"

namespace nsl::enclave::chain_access {
namespace {

// The state of the newest block is signed a moment after the block.
constexpr std::uint32_t kUnsignedStates = 3;

std::optional<neo::BlockIndex> parse_index(std::string_view text) {
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return neo::BlockIndex(index);
}

std::unexpected<Error> no_block() { return fail(Code::not_found, "There is no such block"); }

Result<Bytes> script_of(const ContractCall& call) {
  if (!call.iterator.has_value()) {
    return neo::make_call_script(call.contract, call.method, call.arguments,
                                 neo::CallFlags::read_only);
  }
  if (call.iterator->count > limits::kChainIteratorItemsMax) {
    return fail(Code::limit_exceeded, fmt::format("/iterator_items: at most {} items are read",
                                                  limits::kChainIteratorItemsMax));
  }
  return neo::make_iterator_script(call.contract, call.method, call.arguments, *call.iterator);
}

// What the script of an iterator leaves is told apart: the items, and whether there are more.
Result<void> take_iterator_end(CallResult& result) {
  if (result.result.state != neo::VmState::halt) return {};
  std::vector<std::optional<neo::StackItem>>& stack = result.result.stack;
  if (stack.size() != 2 || !stack.back().has_value()) return fail(Code::node_malformed_reply);
  NSL_TRY(result.iterator_has_more, stack.back()->to_boolean());
  stack.pop_back();
  return {};
}

}  // namespace

Result<FoundBlock> ChainAccess::block(std::string_view index_or_hash, const Deadline& deadline) {
  if (const auto index = parse_index(index_or_hash)) return block(*index, deadline);
  const Result<neo::UInt256> hash = neo::UInt256::parse(index_or_hash);
  if (!hash.has_value() || !index_or_hash.starts_with("0x")) {
    return fail(Code::invalid_hash, "/block: is an index, or 0x and 64 digits");
  }
  NSL_TRY(const auto index, reader_.index_of(*hash, deadline));
  if (!index.has_value()) return no_block();
  NSL_TRY(FoundBlock found, block(*index, deadline));
  if (found.hash == *hash) return found;
  return fail(Code::invalid_block, "The nodes show a block of another chain");
}

Result<FoundBlock> ChainAccess::block(neo::BlockIndex index, const Deadline& deadline) {
  if (index > proofs_.height()) {
    NSL_TRY(const neo::BlockIndex newest, chain_.height(deadline));
    if (index > newest) return no_block();
  }
  FoundBlock found{.hash = {}, .block = {}, .proof = {.kind = Proof::Kind::inclusion}};
  Result<neo::Block> proven = proofs_.prove_block(index, deadline);
  if (proven.has_value()) {
    found.block = *std::move(proven);
  } else if (proven.error().code() == Code::block_not_provable) {
    NSL_TRY(auto agreed, reader_.block(index, deadline));
    if (!agreed.has_value()) return no_block();
    found.block = *std::move(agreed);
    found.proof = quorum();
  } else {
    return fail(proven.error());
  }
  found.hash = neo::hash_of(found.block.header);
  return found;
}

Result<FoundTransaction> ChainAccess::transaction(const neo::UInt256& hash,
                                                  const Deadline& deadline) {
  NSL_TRY(const auto index, chain_.block_of(hash, deadline));
  if (!index.has_value()) return fail(Code::not_found, "No block holds such a transaction");
  NSL_TRY(FoundBlock found, block(*index, deadline));
  const auto position = std::ranges::find_if(
      found.block.transactions,
      [&hash](const neo::Transaction& each) { return neo::hash_of(each) == hash; });
  // The nodes name a block that does not hold it.
  if (position == found.block.transactions.end()) return fail(Code::invalid_proof);
  return FoundTransaction{.hash = hash,
                          .transaction = std::move(*position),
                          .block = *index,
                          .block_time_ms = found.block.header.timestamp_ms,
                          .proof = found.proof};
}

Result<neo::ApplicationLog> ChainAccess::log(const neo::UInt256& hash, const Deadline& deadline) {
  NSL_TRY(auto log, reader_.log(hash, deadline));
  if (!log.has_value()) return fail(Code::not_found, "No block holds such a transaction");
  return *std::move(log);
}

Result<chain::ContractState> ChainAccess::contract(const neo::UInt160& hash,
                                                   const Deadline& deadline) {
  NSL_TRY(auto state, reader_.contract(hash, deadline));
  if (!state.has_value()) return fail(Code::not_found, "There is no such contract");
  return *std::move(state);
}

Result<CallResult> ChainAccess::call(const ContractCall& call, const Deadline& deadline) {
  NSL_TRY(const Bytes script, script_of(call));
  std::vector<neo::Signer> signers;
  for (const neo::UInt160& account : call.signers) {
    neo::Signer& signer = signers.emplace_back();
    signer.account = account;
    signer.scopes = neo::WitnessScope::called_by_entry;
  }
  CallResult result;
  NSL_TRY(result.block, chain_.height(deadline));
  NSL_TRY(result.result, reader_.invoke(script, signers, deadline));
  if (call.iterator.has_value()) NSL_TRY_VOID(take_iterator_end(result));
  return result;
}

Result<neo::BlockIndex> ChainAccess::newest(const Deadline& deadline) {
  NSL_TRY(const neo::BlockIndex agreed, chain_.height(deadline));
  return std::max(agreed, proofs_.height());
}

Result<FoundStorage> ChainAccess::prove_storage(const light_client::StorageItem& item,
                                                neo::BlockIndex first, neo::BlockIndex last,
                                                const Deadline& deadline) {
  NSL_ASSERT(last <= first);
  if (!proofs_.can_prove_storage()) return fail(Code::storage_not_provable);
  for (neo::BlockIndex block = first;; block = neo::BlockIndex(block.value() - 1)) {
    Result<std::optional<Bytes>> value = proofs_.find_storage(item, block, deadline);
    if (value.has_value()) {
      return FoundStorage{
          .value = *std::move(value), .block = block, .proof = {.kind = Proof::Kind::storage}};
    }
    if (value.error().code() != Code::node_behind || block == last) return fail(value.error());
  }
}

Result<FoundStorage> ChainAccess::storage(const light_client::StorageItem& item,
                                          const Deadline& deadline) {
  NSL_TRY(const neo::BlockIndex block, newest(deadline));
  Result<FoundStorage> proven = prove_storage(item, block, oldest_unsigned(block), deadline);
  if (proven.has_value()) return proven;
  FoundStorage found{.value = std::nullopt, .block = {}, .proof = quorum(proven.error().message())};
  NSL_TRY(found.block, chain_.height(deadline));
  NSL_TRY(found.value, reader_.storage(item.contract, item.key, deadline));
  return found;
}

neo::BlockIndex oldest_unsigned(neo::BlockIndex newest) {
  return neo::BlockIndex(newest.value() - std::min(kUnsignedStates, newest.value()));
}

}  // namespace nsl::enclave::chain_access
