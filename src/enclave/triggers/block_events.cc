#include "enclave/triggers/block_events.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/utf8.h"
#include "core/neo/address.h"
#include "core/neo/disassembly.h"
#include "core/neo/interop.h"
#include "core/rest/json_printer.h"
#include "enclave/chain_access/block_view.h"

namespace nsl::enclave::triggers {
namespace {

using chain_access::FoundBlock;
using chain_access::FoundTransaction;
using expression::Kind;
using expression::Value;
using nsl::v1::TransactionSource;
using nsl::v1::TriggerSource;

std::uint32_t last_block(std::uint32_t said) { return said == 0 ? kNoLastBlock : said; }

constexpr std::string_view kAttributes[] = {"HighPriority", "OracleResponse", "NotValidBefore",
                                            "Conflicts", "NotaryAssisted"};

// Writes the account as a hash; empty stays empty.
Result<void> normalise(std::string& account, std::string_view field) {
  if (account.empty()) return {};
  const Result<neo::UInt160> hash = neo::parse_account(account);
  if (!hash.has_value()) {
    return fail(Code::invalid_hash,
                fmt::format("/source/transaction/{}: not an account or contract", field));
  }
  account = hash->to_text();
  return {};
}

Result<void> check_transaction_source(TransactionSource& source) {
  NSL_TRY_VOID(normalise(*source.mutable_sender(), "sender"));
  NSL_TRY_VOID(normalise(*source.mutable_signer(), "signer"));
  NSL_TRY_VOID(normalise(*source.mutable_called(), "called"));
  NSL_TRY_VOID(normalise(*source.mutable_notified(), "notified"));
  if (source.attribute().empty() ||
      std::ranges::find(kAttributes, source.attribute()) != std::end(kAttributes)) {
    return {};
  }
  return fail(Code::trigger_invalid, "/source/transaction/attribute: no attribute has that name");
}

// A contract call as wallets write it: PUSHDATA1 method, PUSHDATA1 contract, SYSCALL.
struct ScriptCall {
  std::string contract;
  std::string method;
};

std::vector<ScriptCall> calls_of(ByteView script) {
  std::vector<ScriptCall> calls;
  const auto instructions = neo::disassemble(script);
  if (!instructions.has_value()) return calls;
  const auto id = neo::interop_id("System.Contract.Call");
  for (std::size_t i = 2; i < instructions->size(); ++i) {
    const auto& call = (*instructions)[i];
    const auto& contract = (*instructions)[i - 1];
    const auto& method = (*instructions)[i - 2];
    const bool is_call =
        call.opcode == neo::Opcode::syscall && std::ranges::equal(call.operand, id) &&
        contract.opcode == neo::Opcode::pushdata1 && method.opcode == neo::Opcode::pushdata1;
    if (!is_call) continue;
    const auto hash = neo::UInt160::parse_little_endian(contract.operand);
    // No contract has a method whose name is no text.
    if (!hash.has_value() || !codec::is_valid_utf8(method.operand)) continue;
    calls.push_back({.contract = hash->to_text(), .method = to_string(method.operand)});
  }
  return calls;
}

bool has_attribute(const neo::Transaction& transaction, const std::string& name) {
  return std::ranges::any_of(transaction.attributes, [&name](const neo::Attribute& attribute) {
    return neo::attribute_name(neo::attribute_type(attribute)) == name;
  });
}

// Everything the transaction itself says.
bool is_named(const TransactionSource& source, const neo::Transaction& transaction) {
  const auto& signers = transaction.signers;
  if (!source.sender().empty() && signers.front().account.to_text() != source.sender()) {
    return false;
  }
  const bool has_signer =
      source.signer().empty() || std::ranges::any_of(signers, [&source](const neo::Signer& signer) {
        return signer.account.to_text() == source.signer();
      });
  if (!has_signer) return false;
  if (!source.attribute().empty() && !has_attribute(transaction, source.attribute())) return false;
  if (source.called().empty()) return true;
  const auto calls = calls_of(transaction.script);
  return std::ranges::find(calls, source.called(), &ScriptCall::contract) != calls.end();
}

Result<bool> has_notified(chain_access::ChainAccess& access, const TransactionSource& source,
                          const neo::UInt256& transaction, const Deadline& deadline) {
  NSL_TRY(const neo::ApplicationLog log, access.log(transaction, deadline));
  for (const neo::Execution& execution : log.executions) {
    if (execution.state != neo::VmState::halt) continue;
    for (const neo::Notification& notification : execution.notifications) {
      if (notification.contract.to_text() == source.notified()) return true;
    }
  }
  return false;
}

Value text_list(const std::vector<std::string>& texts) {
  Value::List items;
  for (const std::string& text : texts) items.push_back(Value::text(text));
  return Value::list(std::move(items));
}

// What both kinds know.
expression::Variables header_variables(const FoundBlock& found) {
  const neo::Header& header = found.block.header;
  return {{"block", Value::integer(std::int64_t{header.index.value()})},
          {"hash", Value::text(found.hash.to_text())},
          {"time_ms", Value::integer(static_cast<std::int64_t>(header.timestamp_ms))},
          {"transaction_count",
           Value::integer(static_cast<std::int64_t>(found.block.transactions.size()))},
          {"primary", Value::integer(std::int64_t{header.primary_index})}};
}

Result<expression::Variables> transaction_variables(const FoundBlock& found,
                                                    const FoundTransaction& transaction) {
  const neo::Transaction& content = transaction.transaction;
  expression::Variables variables = header_variables(found);
  variables["transaction"] = Value::text(transaction.hash.to_text());
  variables["sender"] = Value::text(neo::to_address(content.signers.front().account));
  std::vector<std::string> signers;
  for (const neo::Signer& signer : content.signers) {
    signers.push_back(neo::to_address(signer.account));
  }
  variables["signers"] = text_list(signers);
  variables["system_fee"] = Value::integer(content.system_fee.datoshi());
  variables["network_fee"] = Value::integer(content.network_fee.datoshi());
  variables["valid_until_block"] = Value::integer(std::int64_t{content.valid_until_block.value()});
  variables["nonce"] = Value::integer(std::int64_t{content.nonce});
  variables["script"] = Value::bytes(content.script);
  std::vector<std::string> attributes;
  for (const neo::Attribute& attribute : content.attributes) {
    attributes.emplace_back(neo::attribute_name(neo::attribute_type(attribute)));
  }
  variables["attributes"] = text_list(attributes);
  Value::List calls;
  for (const ScriptCall& call : calls_of(content.script)) {
    NSL_TRY(Value entry, Value::map({{Value::text("contract"), Value::text(call.contract)},
                                     {Value::text("method"), Value::text(call.method)}}));
    calls.push_back(std::move(entry));
  }
  variables["calls"] = Value::list(std::move(calls));
  return variables;
}

ConfirmedEvent event_of(const FoundBlock& found, std::string_view kind) {
  ConfirmedEvent event;
  event.event.set_id(fmt::format("{}/Block", found.hash.to_text()));
  event.event.set_block(found.block.header.index.value());
  event.event.set_event(std::string(kind));
  event.event.set_proof(chain_access::to_text(found.proof));
  return event;
}

Result<ConfirmedEvent> block_event(const FoundBlock& found) {
  ConfirmedEvent event = event_of(found, "block");
  nsl::v1::ChainBlock message = chain_access::block_message(found);
  NSL_TRY(std::string content, rest::print_json(message));
  if (std::cmp_greater(content.size(), limits::kEventArgumentBytesMax)) {
    // How many there are is told all the same.
    message.clear_transactions();
    NSL_TRY(content, rest::print_json(message));
  }
  event.arguments_json = std::move(content);
  event.input = fmt::format(R"({{"id":"{}","block":{},"content":{}}})", event.event.id(),
                            event.event.block(), event.arguments_json);
  event.variables = header_variables(found);
  return event;
}

Result<ConfirmedEvent> transaction_event(const FoundBlock& found,
                                         const FoundTransaction& transaction) {
  ConfirmedEvent event = event_of(found, "transaction");
  const std::string hash = transaction.hash.to_text();
  event.event.set_id(hash + "/Transaction");
  event.event.set_transaction(hash);
  nsl::v1::ChainTransaction message = chain_access::transaction_message(transaction);
  NSL_TRY(std::string content, rest::print_json(message));
  if (std::cmp_greater(content.size(), limits::kEventArgumentBytesMax)) {
    // A function that wants the script of a large one asks for it.
    message.clear_script();
    NSL_TRY(content, rest::print_json(message));
  }
  event.arguments_json = std::move(content);
  event.input = fmt::format(R"({{"id":"{}","block":{},"transaction":"{}","content":{}}})",
                            event.event.id(), event.event.block(), hash, event.arguments_json);
  NSL_TRY(event.variables, transaction_variables(found, transaction));
  return event;
}

Result<std::vector<ConfirmedEvent>> transaction_events(chain_access::ChainAccess& access,
                                                       const TransactionSource& source,
                                                       const FoundBlock& found,
                                                       const Deadline& deadline) {
  std::vector<ConfirmedEvent> events;
  for (const neo::Transaction& transaction : found.block.transactions) {
    if (!is_named(source, transaction)) continue;
    const FoundTransaction each{.hash = neo::hash_of(transaction),
                                .transaction = transaction,
                                .block = found.block.header.index,
                                .block_time_ms = found.block.header.timestamp_ms,
                                .proof = found.proof};
    NSL_TRY(ConfirmedEvent event, transaction_event(found, each));
    if (!source.notified().empty()) {
      NSL_TRY(const bool has, has_notified(access, source, each.hash, deadline));
      if (!has) continue;
      event.event.set_proof(chain_access::to_text(access.quorum()));
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

bool is_of_blocks(const TriggerSource& source) {
  return source.has_block() || source.has_transaction();
}

const expression::Declarations& block_declarations(const TriggerSource& source) {
  static const expression::Declarations kBlock = {{"block", Kind::integer},
                                                  {"hash", Kind::text},
                                                  {"time_ms", Kind::integer},
                                                  {"transaction_count", Kind::integer},
                                                  {"primary", Kind::integer}};
  static const expression::Declarations kTransaction = [] {
    expression::Declarations all = kBlock;
    all.insert({{"transaction", Kind::text},
                {"sender", Kind::text},
                {"signers", Kind::list},
                {"system_fee", Kind::integer},
                {"network_fee", Kind::integer},
                {"valid_until_block", Kind::integer},
                {"nonce", Kind::integer},
                {"script", Kind::bytes},
                {"attributes", Kind::list},
                {"calls", Kind::list}});
    return all;
  }();
  return source.has_block() ? kBlock : kTransaction;
}

Result<EventSource> parse_block_source(TriggerSource& source) {
  if (source.has_transaction()) {
    NSL_TRY_VOID(check_transaction_source(*source.mutable_transaction()));
  }
  EventSource parsed = block_source_of(source);
  parsed.from_block =
      source.has_block() ? source.block().from_block() : source.transaction().from_block();
  if (parsed.from_block <= parsed.to_block) return parsed;
  return fail(Code::block_range_invalid, fmt::format("/source/{}/to_block: lies before from_block",
                                                     source.has_block() ? "block" : "transaction"));
}

EventSource block_source_of(const TriggerSource& source) {
  const std::uint32_t to =
      source.has_block() ? source.block().to_block() : source.transaction().to_block();
  return {.name = kEveryBlock, .to_block = last_block(to)};
}

Result<std::vector<ConfirmedEvent>> block_events(chain_access::ChainAccess& access,
                                                 const TriggerSource& source,
                                                 const FoundBlock& found,
                                                 const Deadline& deadline) {
  if (source.has_transaction()) {
    return transaction_events(access, source.transaction(), found, deadline);
  }
  std::vector<ConfirmedEvent> events;
  const std::uint32_t every = std::max(source.block().every(), 1U);
  if (found.block.header.index.value() % every != 0) return events;
  NSL_TRY(ConfirmedEvent event, block_event(found));
  events.push_back(std::move(event));
  return events;
}

}  // namespace nsl::enclave::triggers
