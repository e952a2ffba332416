#include "core/neo/application_log.h"

#include <array>

#include "core/base/limits.h"
#include "core/codec/base64.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kExecutionsMax = 16;

struct TriggerName {
  Trigger trigger;
  std::string_view name;
};

constexpr std::array<TriggerName, 4> kTriggerNames = {{{Trigger::on_persist, "OnPersist"},
                                                       {Trigger::post_persist, "PostPersist"},
                                                       {Trigger::verification, "Verification"},
                                                       {Trigger::application, "Application"}}};

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::node_malformed_reply, std::move(message));
}

Result<StackItem> parse_item(const JsonValue& json, std::size_t depth);

Result<StackItem::List> parse_items(const JsonMembers& members, std::string_view name,
                                    std::size_t depth) {
  NSL_TRY(const JsonValue::Array& values, members.get_array(name, limits::kNeoStackItemsMax));
  StackItem::List items;
  for (const JsonValue& each : values) {
    NSL_TRY(StackItem item, parse_item(each, depth));
    items.push_back(std::move(item));
  }
  return items;
}

Result<StackItem> parse_map(const JsonMembers& members, std::size_t depth) {
  NSL_TRY(const JsonValue::Array& values, members.get_array("value", limits::kNeoStackItemsMax));
  StackItem::Entries entries;
  for (const JsonValue& each : values) {
    const JsonMembers entry(each, Code::node_malformed_reply);
    NSL_TRY(const JsonValue& key_json, entry.get("key"));
    NSL_TRY(StackItem key, parse_item(key_json, depth));
    NSL_TRY_VOID(check_map_key(key, entries));
    NSL_TRY(const JsonValue& value_json, entry.get("value"));
    NSL_TRY(StackItem value, parse_item(value_json, depth));
    entries.emplace_back(std::move(key), std::move(value));
  }
  return StackItem::map(std::move(entries));
}

Result<Bytes> parse_bytes(const JsonMembers& members) {
  NSL_TRY(const std::string text, members.get_string("value"));
  return codec::decode_base64(text);
}

Result<StackItem> parse_interop(const JsonMembers& members) {
  if (members.find("id") == nullptr) return StackItem::opaque(StackItemType::interop, "");
  NSL_TRY(std::string id, members.get_string("id"));
  return StackItem::opaque(StackItemType::interop, std::move(id));
}

Result<StackItem> parse_pointer(const JsonMembers& members) {
  NSL_TRY(const std::uint64_t position, members.get_unsigned("value", UINT32_MAX));
  return StackItem::opaque(StackItemType::pointer, std::to_string(position));
}

Result<StackItem> parse_item(const JsonValue& json, std::size_t depth) {
  if (depth > limits::kNeoStackDepthMax) return malformed("A stack item is nested too deep");
  const JsonMembers members(json, Code::node_malformed_reply);
  NSL_TRY(const std::string name, members.get_string("type"));
  NSL_TRY(const StackItemType type, parse_stack_item_type(name));
  switch (type) {
    case StackItemType::any:
      return StackItem();
    case StackItemType::pointer:
      return parse_pointer(members);
    case StackItemType::boolean: {
      NSL_TRY(const bool value, members.get_boolean("value"));
      return StackItem::boolean(value);
    }
    case StackItemType::integer: {
      NSL_TRY(const std::string text, members.get_string("value"));
      NSL_TRY(const Integer value, Integer::parse_decimal(text));
      return StackItem::integer(value);
    }
    case StackItemType::byte_string: {
      NSL_TRY(Bytes bytes, parse_bytes(members));
      return StackItem::byte_string(std::move(bytes));
    }
    case StackItemType::buffer: {
      NSL_TRY(Bytes bytes, parse_bytes(members));
      return StackItem::buffer(std::move(bytes));
    }
    case StackItemType::array: {
      NSL_TRY(StackItem::List items, parse_items(members, "value", depth + 1));
      return StackItem::array(std::move(items));
    }
    case StackItemType::structure: {
      NSL_TRY(StackItem::List items, parse_items(members, "value", depth + 1));
      return StackItem::structure(std::move(items));
    }
    case StackItemType::map:
      return parse_map(members, depth + 1);
    case StackItemType::interop:
      return parse_interop(members);
  }
  return malformed("Unknown type of stack item");
}

// Nodes put a text where an item should be that they could not write.
Result<std::optional<StackItem>> parse_optional_item(const JsonValue& json) {
  if (json.find_string() != nullptr) return std::nullopt;
  NSL_TRY(StackItem item, parse_rpc_stack_item(json));
  return item;
}

Result<std::vector<std::optional<StackItem>>> parse_stack(const JsonMembers& members) {
  std::vector<std::optional<StackItem>> stack;
  const JsonValue* value = members.find("stack");
  if (value == nullptr) return stack;
  // The whole stack may be such a text too.
  if (value->find_string() != nullptr) {
    stack.emplace_back(std::nullopt);
    return stack;
  }
  NSL_TRY(const JsonValue::Array& values, members.get_array("stack", limits::kNeoStackItemsMax));
  for (const JsonValue& each : values) {
    NSL_TRY(std::optional<StackItem> item, parse_optional_item(each));
    stack.push_back(std::move(item));
  }
  return stack;
}

Result<std::vector<Notification>> parse_notifications(const JsonMembers& members) {
  std::vector<Notification> notifications;
  if (members.find("notifications") == nullptr) return notifications;
  NSL_TRY(const JsonValue::Array& values, members.get_array("notifications", kNotificationsMax));
  for (const JsonValue& each : values) {
    NSL_TRY(Notification notification, parse_rpc_notification(each));
    notifications.push_back(std::move(notification));
  }
  return notifications;
}

Result<std::string> parse_exception(const JsonMembers& members) {
  if (members.find("exception") == nullptr) return std::string();
  return members.get_string("exception");
}

Result<VmState> parse_state(const JsonMembers& members, std::string_view name) {
  NSL_TRY(const std::string state, members.get_string(name));
  if (state == "HALT") return VmState::halt;
  if (state == "FAULT") return VmState::fault;
  return malformed("Unknown state of an execution");
}

Result<GasAmount> parse_gas(const JsonMembers& members) {
  NSL_TRY(const std::string text, members.get_string("gasconsumed"));
  return GasAmount::parse_datoshi_text(text);
}

Result<Execution> parse_execution(const JsonValue& json) {
  const JsonMembers members(json, Code::node_malformed_reply);
  Execution execution;
  NSL_TRY(const std::string name, members.get_string("trigger"));
  bool is_known = false;
  for (const TriggerName& row : kTriggerNames) {
    if (row.name != name) continue;
    execution.trigger = row.trigger;
    is_known = true;
  }
  if (!is_known) return malformed("Unknown trigger");
  NSL_TRY(execution.state, parse_state(members, "vmstate"));
  NSL_TRY(execution.gas_consumed, parse_gas(members));
  NSL_TRY(execution.exception, parse_exception(members));
  NSL_TRY(execution.stack, parse_stack(members));
  NSL_TRY(execution.notifications, parse_notifications(members));
  return execution;
}

}  // namespace

std::string_view trigger_name(Trigger trigger) {
  for (const TriggerName& row : kTriggerNames) {
    if (row.trigger == trigger) return row.name;
  }
  return "";
}

Result<StackItem> parse_rpc_stack_item(const JsonValue& json) {
  NSL_TRY(StackItem item, parse_item(json, 1));
  NSL_TRY_VOID(check_stack_item_limits(item));
  return item;
}

Result<RpcIterator> parse_rpc_iterator(const JsonValue& json) {
  const JsonMembers members(json, Code::node_malformed_reply);
  NSL_TRY(const std::string type, members.get_string("type"));
  if (type != stack_item_type_name(StackItemType::interop)) return malformed("Not an iterator");
  RpcIterator iterator;
  if (members.find("id") != nullptr) {
    NSL_TRY(iterator.id, members.get_string("id"));
  }
  if (members.find("truncated") != nullptr) {
    NSL_TRY(iterator.is_truncated, members.get_boolean("truncated"));
  }
  if (members.find("iterator") != nullptr) {
    NSL_TRY(iterator.items, parse_items(members, "iterator", 1));
  }
  return iterator;
}

Result<Notification> parse_rpc_notification(const JsonValue& json) {
  const JsonMembers members(json, Code::node_malformed_reply);
  Notification notification;
  NSL_TRY(const std::string contract, members.get_string("contract"));
  NSL_TRY(notification.contract, UInt160::parse(contract));
  NSL_TRY(notification.event, members.get_string("eventname"));
  if (notification.event.size() > kEventNameBytesMax)
    return malformed("An event's name is too long");
  NSL_TRY(const JsonValue& state, members.get("state"));
  NSL_TRY(notification.state, parse_optional_item(state));
  if (notification.state.has_value() && !notification.state->items().has_value()) {
    return malformed("The state of a notification is not an array");
  }
  return notification;
}

Result<ApplicationLog> parse_rpc_application_log(const JsonValue& json) {
  const JsonMembers members(json, Code::node_malformed_reply);
  ApplicationLog log;
  log.is_of_transaction = members.find("txid") != nullptr;
  NSL_TRY(const std::string hash, members.get_string(log.is_of_transaction ? "txid" : "blockhash"));
  NSL_TRY(log.container, UInt256::parse(hash));
  NSL_TRY(const JsonValue::Array& values, members.get_array("executions", kExecutionsMax));
  for (const JsonValue& each : values) {
    NSL_TRY(Execution execution, parse_execution(each));
    log.executions.push_back(std::move(execution));
  }
  return log;
}

Result<InvocationResult> parse_rpc_invocation(const JsonValue& json) {
  const JsonMembers members(json, Code::node_malformed_reply);
  InvocationResult result;
  NSL_TRY(result.state, parse_state(members, "state"));
  NSL_TRY(result.gas_consumed, parse_gas(members));
  NSL_TRY(result.exception, parse_exception(members));
  NSL_TRY(result.stack, parse_stack(members));
  NSL_TRY(result.notifications, parse_notifications(members));
  if (members.find("session") != nullptr) {
    NSL_TRY(result.session, members.get_string("session"));
  }
  return result;
}

}  // namespace nsl::neo
