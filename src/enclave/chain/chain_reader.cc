#include "enclave/chain/chain_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/address.h"
#include "core/neo/rpc_signer.h"

namespace nsl::enclave::chain {
namespace {

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::node_malformed_reply, "The node's reply is malformed", std::string(what));
}

Result<Bytes> parse_base64(const neo::JsonValue& json) {
  const std::string* text = json.find_string();
  if (text == nullptr) return malformed("base64");
  return codec::decode_base64(*text);
}

Result<Answer> parse_block(const neo::JsonValue& json, neo::BlockIndex index) {
  NSL_TRY(const Bytes bytes, parse_base64(json));
  NSL_TRY(neo::Block block, neo::parse_block(bytes));
  if (block.header.index != index) return malformed("another block");
  block.header.witness = {};
  for (neo::Transaction& transaction : block.transactions) transaction.witnesses.clear();
  return Answer(std::move(block));
}

Result<Answer> parse_index(const neo::JsonValue& json, const neo::UInt256& hash) {
  NSL_TRY(const Bytes bytes, parse_base64(json));
  NSL_TRY(const neo::Header header, neo::parse_header(bytes));
  if (neo::hash_of(header) != hash) return malformed("another block");
  return Answer(header.index);
}

Result<Answer> parse_log(const neo::JsonValue& json, const neo::UInt256& container) {
  NSL_TRY(neo::ApplicationLog log, neo::parse_rpc_application_log(json));
  if (log.container != container) return malformed("another log");
  return Answer(std::move(log));
}

neo::StackItem without_ids(const neo::StackItem& item) {
  const auto copy = [](const neo::StackItem::List& items) {
    neo::StackItem::List copies;
    for (const neo::StackItem& each : items) copies.push_back(without_ids(each));
    return copies;
  };
  switch (item.type()) {
    case neo::StackItemType::interop:
      return neo::StackItem::opaque(neo::StackItemType::interop, "");
    case neo::StackItemType::array:
      return neo::StackItem::array(copy(item.items().value()));
    case neo::StackItemType::structure:
      return neo::StackItem::structure(copy(item.items().value()));
    case neo::StackItemType::map: {
      neo::StackItem::Entries entries;
      for (const auto& [key, value] : item.entries().value().get()) {
        entries.emplace_back(key, without_ids(value));
      }
      return neo::StackItem::map(std::move(entries));
    }
    case neo::StackItemType::any:
    case neo::StackItemType::pointer:
    case neo::StackItemType::boolean:
    case neo::StackItemType::integer:
    case neo::StackItemType::byte_string:
    case neo::StackItemType::buffer:
      return item;
  }
  return item;
}

Result<Answer> parse_result(const neo::JsonValue& json) {
  NSL_TRY(neo::InvocationResult result, neo::parse_rpc_invocation(json));
  result.session.clear();
  for (std::optional<neo::StackItem>& item : result.stack) {
    if (item.has_value()) item = without_ids(*item);
  }
  return Answer(std::move(result));
}

Result<Answer> parse_contract(const neo::JsonValue& json, const neo::UInt160& hash) {
  const neo::JsonMembers members(json, Code::node_malformed_reply);
  NSL_TRY(const std::string told, members.get_string("hash"));
  NSL_TRY(const neo::UInt160 told_hash, neo::UInt160::parse(told));
  if (told_hash != hash) return malformed("another contract");
  ContractState state;
  state.hash = hash;
  NSL_TRY(const neo::JsonValue& id, members.get("id"));
  const std::optional<std::int64_t> number = id.to_int64();
  if (!number.has_value() || *number < INT32_MIN || *number > INT32_MAX) return malformed("id");
  state.id = static_cast<std::int32_t>(*number);
  NSL_TRY(const std::uint64_t updates, members.get_unsigned("updatecounter", UINT16_MAX));
  state.update_counter = static_cast<std::uint32_t>(updates);
  NSL_TRY(const neo::JsonValue& manifest, members.get("manifest"));
  NSL_TRY(state.manifest, neo::parse_manifest(manifest));
  NSL_TRY(const neo::JsonValue& nef, members.get("nef"));
  const neo::JsonMembers file(nef, Code::node_malformed_reply);
  NSL_TRY(state.compiler, file.get_string("compiler"));
  if (file.find("source") != nullptr) {
    NSL_TRY(state.source, file.get_string("source"));
  }
  NSL_TRY(const std::uint64_t checksum, file.get_unsigned("checksum", UINT32_MAX));
  state.checksum = static_cast<std::uint32_t>(checksum);
  NSL_TRY(const neo::JsonValue& script, file.get("script"));
  NSL_TRY(state.script, parse_base64(script));
  return Answer(std::move(state));
}

// Of getnep17balances and getnep11balances: which tokens, not how many of them.
Result<Answer> parse_tokens(const neo::JsonValue& json, const neo::UInt160& account) {
  const neo::JsonMembers members(json, Code::node_malformed_reply);
  NSL_TRY(const std::string told, members.get_string("address"));
  NSL_TRY(const neo::UInt160 told_account, neo::parse_account(told));
  if (told_account != account) return malformed("another account");
  NSL_TRY(const neo::JsonValue::Array& balances,
          members.get_array("balance", static_cast<std::size_t>(limits::kNeoStackItemsMax)));
  std::vector<neo::UInt160> tokens;
  for (const neo::JsonValue& balance : balances) {
    const neo::JsonMembers entry(balance, Code::node_malformed_reply);
    NSL_TRY(const std::string text, entry.get_string("assethash"));
    NSL_TRY(const neo::UInt160 token, neo::UInt160::parse(text));
    tokens.push_back(token);
  }
  std::ranges::sort(tokens);
  return Answer(std::move(tokens));
}

std::string signers_json(const std::vector<neo::Signer>& signers) {
  neo::JsonValue list = neo::JsonValue::array();
  for (const neo::Signer& signer : signers) list.add(neo::to_json(signer));
  return to_text(list);
}

}  // namespace

template <class T>
Result<std::optional<T>> ChainReader::find(const Question& question, const Deadline& deadline) {
  NSL_TRY(std::optional<Answer> answer, chain_.ask(question, deadline));
  if (!answer.has_value()) return std::optional<T>();
  T* value = std::get_if<T>(&*answer);
  NSL_ASSERT(value != nullptr);
  return std::optional<T>(std::move(*value));
}

Result<std::optional<neo::Block>> ChainReader::block(neo::BlockIndex index,
                                                     const Deadline& deadline) {
  return find<neo::Block>(
      {.method = "getblock",
       .parameters = fmt::format("[{},0]", index.value()),
       .parse = [index](const neo::JsonValue& json) { return parse_block(json, index); }},
      deadline);
}

Result<std::optional<neo::BlockIndex>> ChainReader::index_of(const neo::UInt256& block,
                                                             const Deadline& deadline) {
  return find<neo::BlockIndex>(
      {.method = "getblockheader",
       .parameters = fmt::format(R"(["{}",0])", block.to_text()),
       .parse = [block](const neo::JsonValue& json) { return parse_index(json, block); }},
      deadline);
}

Result<std::optional<neo::ApplicationLog>> ChainReader::log(const neo::UInt256& container,
                                                            const Deadline& deadline) {
  return find<neo::ApplicationLog>(
      {.method = "getapplicationlog",
       .parameters = fmt::format(R"(["{}"])", container.to_text()),
       .parse = [container](const neo::JsonValue& json) { return parse_log(json, container); }},
      deadline);
}

Result<neo::InvocationResult> ChainReader::invoke(ByteView script,
                                                  const std::vector<neo::Signer>& signers,
                                                  const Deadline& deadline) {
  NSL_TRY(auto result, find<neo::InvocationResult>(
                           {.method = "invokescript",
                            .parameters = fmt::format(R"(["{}",{}])", codec::encode_base64(script),
                                                      signers_json(signers)),
                            .parse = parse_result},
                           deadline));
  if (!result.has_value()) return fail(Code::node_refused);
  return *std::move(result);
}

Result<std::optional<ContractState>> ChainReader::contract(const neo::UInt160& hash,
                                                           const Deadline& deadline) {
  return find<ContractState>(
      {.method = "getcontractstate",
       .parameters = fmt::format(R"(["{}"])", hash.to_text()),
       .parse = [hash](const neo::JsonValue& json) { return parse_contract(json, hash); }},
      deadline);
}

Result<std::optional<Bytes>> ChainReader::storage(const neo::UInt160& contract, ByteView key,
                                                  const Deadline& deadline) {
  return find<Bytes>(
      {.method = "getstorage",
       .parameters = fmt::format(R"(["{}","{}"])", contract.to_text(), codec::encode_base64(key)),
       .parse = [](const neo::JsonValue& json) -> Result<Answer> {
         NSL_TRY(Bytes value, parse_base64(json));
         return Answer(std::move(value));
       }},
      deadline);
}

Result<std::vector<neo::UInt160>> ChainReader::tokens_of(const neo::UInt160& account,
                                                         TokenStandard standard,
                                                         const Deadline& deadline) {
  NSL_TRY(
      auto tokens,
      find<std::vector<neo::UInt160>>(
          {.method = standard == TokenStandard::nep17 ? "getnep17balances" : "getnep11balances",
           .parameters = fmt::format(R"(["{}"])", neo::to_address(account)),
           .parse = [account](const neo::JsonValue& json) { return parse_tokens(json, account); }},
          deadline));
  return std::move(tokens).value_or(std::vector<neo::UInt160>());
}

}  // namespace nsl::enclave::chain
