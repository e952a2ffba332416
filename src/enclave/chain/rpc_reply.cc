#include "enclave/chain/rpc_reply.h"

#include <simdjson.h>

#include <memory>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/block.h"
#include "core/neo/rpc_error.h"

namespace nsl::enclave::chain {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::node_malformed_reply, "The node's reply is malformed", std::string(what));
}

// A parsed document; elements are valid as long as it is.
struct Document {
  simdjson::dom::parser parser;
  element root;

  static Result<std::unique_ptr<Document>> parse(std::string_view text) {
    auto document = std::make_unique<Document>();
    const simdjson::padded_string padded(text);
    if (document->parser.parse(padded).get(document->root) != SUCCESS) return malformed("JSON");
    return document;
  }
};

Result<std::string> text_at(const element& object, const char* field) {
  std::string_view text;
  if (object[field].get_string().get(text) != SUCCESS) return malformed(field);
  return std::string(text);
}

Result<std::uint32_t> number_at(const element& object, const char* field) {
  std::uint64_t number = 0;
  if (object[field].get_uint64().get(number) != SUCCESS || number > UINT32_MAX) {
    return malformed(field);
  }
  return static_cast<std::uint32_t>(number);
}

// Absent and null read as empty.
std::string optional_text_at(const element& object, const char* field) {
  std::string_view text;
  if (object[field].get_string().get(text) != SUCCESS) return {};
  return std::string(text.substr(0, static_cast<std::size_t>(limits::kLogLineBytesMax)));
}

// Plain values only; anything else is left out of Invocation::stack, not refused.
std::optional<neo::StackItem> plain_item(const element& item) {
  const Result<std::string> type = text_at(item, "type");
  if (!type.has_value()) return std::nullopt;
  if (*type == "Any") return neo::StackItem();
  bool flag = false;
  if (*type == "Boolean" && item["value"].get_bool().get(flag) == SUCCESS) {
    return neo::StackItem::boolean(flag);
  }
  const Result<std::string> value = text_at(item, "value");
  if (!value.has_value()) return std::nullopt;
  if (*type == "Integer") {
    const Result<neo::Integer> integer = neo::Integer::parse_decimal(*value);
    if (integer.has_value()) return neo::StackItem::integer(*integer);
  }
  if (*type == "ByteString" || *type == "Buffer") {
    Result<Bytes> bytes = codec::decode_base64(*value);
    if (bytes.has_value()) return neo::StackItem::byte_string(*std::move(bytes));
  }
  return std::nullopt;
}

Result<Notification> notification_of(const element& entry) {
  Notification notification;
  NSL_TRY(const std::string contract, text_at(entry, "contract"));
  NSL_TRY(notification.contract, neo::UInt160::parse(contract));
  NSL_TRY(notification.event, text_at(entry, "eventname"));
  element state;
  array items;
  const bool has_items =
      entry["state"].get(state) == SUCCESS && state["value"].get_array().get(items) == SUCCESS;
  notification.arguments_json = has_items ? simdjson::minify(items) : std::string("null");
  return notification;
}

Result<void> read_execution(const element& execution, ApplicationLog& log) {
  NSL_TRY(const std::string state, text_at(execution, "vmstate"));
  log.is_halt = state == "HALT";
  log.exception = optional_text_at(execution, "exception");
  array notifications;
  // A FAULTed execution has none.
  if (execution["notifications"].get_array().get(notifications) != SUCCESS) return {};
  for (const element entry : notifications) {
    NSL_TRY(Notification notification, notification_of(entry));
    log.notifications.push_back(std::move(notification));
  }
  return {};
}

// What a reply says, whichever request it answers.
Result<RpcReply> reply_of(const element& root) {
  RpcReply reply;
  element error;
  if (root["error"].get(error) == SUCCESS && !error.is_null()) {
    RpcError parsed;
    if (error["code"].get_int64().get(parsed.number) != SUCCESS) return malformed("error");
    parsed.text = optional_text_at(error, "message") + ": " + optional_text_at(error, "data");
    reply.error = std::move(parsed);
    return reply;
  }
  element result;
  if (root["result"].get(result) != SUCCESS) return malformed("result");
  reply.result_json = simdjson::minify(result);
  return reply;
}

}  // namespace

Result<RpcReply> parse_reply(std::string_view text, std::uint64_t id) {
  NSL_TRY(const auto document, Document::parse(text));
  std::uint64_t reply_id = 0;
  if (document->root["id"].get_uint64().get(reply_id) != SUCCESS || reply_id != id) {
    return malformed("id");
  }
  return reply_of(document->root);
}

Result<std::vector<RpcReply>> parse_replies(std::string_view text, std::uint64_t first_id,
                                            std::size_t count) {
  NSL_TRY(const auto document, Document::parse(text));
  array entries;
  if (document->root.get_array().get(entries) != SUCCESS || entries.size() != count) {
    return malformed("batch");
  }
  // JSON-RPC 2.0 section 6: in any order.
  std::vector<std::optional<RpcReply>> found(count);
  for (const element entry : entries) {
    std::uint64_t id = 0;
    if (entry["id"].get_uint64().get(id) != SUCCESS || id < first_id || id - first_id >= count ||
        found[id - first_id].has_value()) {
      return malformed("id");
    }
    NSL_TRY(found[id - first_id], reply_of(entry));
  }
  std::vector<RpcReply> replies;
  replies.reserve(count);
  for (auto& reply : found) replies.push_back(*std::move(reply));
  return replies;
}

Code to_code(std::int64_t rpc_error_number) { return neo::rpc_error_rule(rpc_error_number).code; }

Result<std::uint64_t> parse_unsigned(std::string_view result_json) {
  NSL_TRY(const auto document, Document::parse(result_json));
  std::uint64_t number = 0;
  if (document->root.get_uint64().get(number) != SUCCESS) return malformed("number");
  return number;
}

Result<NetworkInfo> parse_version(std::string_view result_json) {
  NSL_TRY(const auto document, Document::parse(result_json));
  element protocol;
  if (document->root["protocol"].get(protocol) != SUCCESS) return malformed("protocol");
  NetworkInfo info;
  NSL_TRY(const std::uint32_t magic, number_at(protocol, "network"));
  NSL_TRY(info.milliseconds_per_block, number_at(protocol, "msperblock"));
  NSL_TRY(info.valid_until_block_increment_max, number_at(protocol, "maxvaliduntilblockincrement"));
  info.magic = neo::NetworkMagic(magic);
  return info;
}

Result<ApplicationLog> parse_application_log(std::string_view result_json) {
  NSL_TRY(const auto document, Document::parse(result_json));
  ApplicationLog log;
  NSL_TRY(const std::string hash, text_at(document->root, "txid"));
  NSL_TRY(log.transaction, neo::UInt256::parse(hash));
  array executions;
  if (document->root["executions"].get_array().get(executions) != SUCCESS) {
    return malformed("executions");
  }
  for (const element execution : executions) {
    NSL_TRY(const std::string trigger, text_at(execution, "trigger"));
    if (trigger != "Application") continue;
    NSL_TRY_VOID(read_execution(execution, log));
    return log;
  }
  return malformed("no Application execution");
}

Result<BlockContent> parse_block_content(std::string_view result_json, neo::BlockIndex index) {
  NSL_TRY(const neo::Block block, parse_raw_block(result_json));
  if (block.header.index != index) return malformed("block");
  BlockContent content;
  content.hash = neo::hash_of(block.header);
  for (const neo::Transaction& transaction : block.transactions) {
    content.transactions.push_back(
        {.hash = neo::hash_of(transaction), .sender = transaction.signers.front().account});
  }
  return content;
}

Result<Invocation> parse_invocation(std::string_view result_json) {
  NSL_TRY(const auto document, Document::parse(result_json));
  const element& root = document->root;
  Invocation invocation;
  NSL_TRY(const std::string state, text_at(root, "state"));
  NSL_TRY(const std::string gas, text_at(root, "gasconsumed"));
  NSL_TRY(invocation.gas_consumed, neo::GasAmount::parse_datoshi_text(gas));
  invocation.is_halt = state == "HALT";
  invocation.exception = optional_text_at(root, "exception");
  array stack;
  if (root["stack"].get_array().get(stack) != SUCCESS) return malformed("stack");
  invocation.stack_json = simdjson::minify(stack);
  for (const element item : stack) {
    std::optional<neo::StackItem> plain = plain_item(item);
    if (!plain.has_value()) break;
    invocation.stack.push_back(*std::move(plain));
  }
  return invocation;
}

Result<neo::Block> parse_raw_block(std::string_view result_json) {
  NSL_TRY(const auto document, Document::parse(result_json));
  std::string_view text;
  if (document->root.get_string().get(text) != SUCCESS) return malformed("block");
  const Result<Bytes> bytes = codec::decode_base64(text);
  if (!bytes.has_value()) return malformed("block");
  Result<neo::Block> block = neo::parse_block(*bytes);
  if (!block.has_value()) return malformed("block");
  return block;
}

Result<neo::GasAmount> parse_network_fee(std::string_view result_json) {
  NSL_TRY(const auto document, Document::parse(result_json));
  NSL_TRY(const std::string text, text_at(document->root, "networkfee"));
  const Result<neo::GasAmount> fee = neo::GasAmount::parse_datoshi_text(text);
  if (!fee.has_value()) return malformed("networkfee");
  return fee;
}

Result<std::int64_t> parse_integer_result(std::string_view result_json) {
  NSL_TRY(const Invocation invocation, parse_invocation(result_json));
  if (!invocation.is_halt || invocation.stack.empty()) return malformed("no result");
  NSL_TRY(const neo::Integer integer, invocation.stack.front().to_integer());
  const std::optional<std::int64_t> value = integer.to_int64();
  if (!value.has_value()) return malformed("integer");
  return *value;
}

}  // namespace nsl::enclave::chain
