#include "client/neo/argument.h"

#include <optional>
#include <string>
#include <string_view>

#include "client/neo/input.h"
#include "core/base/limits.h"
#include "core/neo/parameter_type.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;
using neo::ParameterType;
using neo::StackItem;

constexpr std::size_t kSignatureBytes = 64;

std::unexpected<Error> does_not_fit(ParameterType type) {
  return refuse("An argument's value does not fit its type " +
                std::string(neo::parameter_type_name(type)));
}

Result<StackItem> parse_at(const JsonValue& argument, std::size_t depth);

Result<StackItem::List> parse_list(const JsonValue::Array& arguments, std::size_t depth) {
  StackItem::List items;
  for (const JsonValue& each : arguments) {
    NSL_TRY(StackItem item, parse_at(each, depth));
    items.push_back(std::move(item));
  }
  return items;
}

// [{key, value}], as nodes write maps.
Result<StackItem> parse_map(const JsonValue::Array& entries, std::size_t depth) {
  StackItem::Entries parsed;
  for (const JsonValue& entry : entries) {
    const neo::JsonMembers members(entry, Code::invalid_tool_input);
    NSL_TRY(const JsonValue& key_json, members.get("key"));
    NSL_TRY(const JsonValue& value_json, members.get("value"));
    NSL_TRY(StackItem key, parse_at(key_json, depth));
    NSL_TRY(StackItem value, parse_at(value_json, depth));
    parsed.emplace_back(std::move(key), std::move(value));
  }
  return StackItem::map(std::move(parsed));
}

Result<StackItem> parse_boolean(const JsonValue& value) {
  if (const bool* flag = value.find_boolean(); flag != nullptr) return StackItem::boolean(*flag);
  return does_not_fit(ParameterType::boolean);
}

Result<StackItem> parse_integer(const JsonValue& value) {
  if (const auto number = value.to_int64(); number.has_value()) return StackItem::integer(*number);
  const std::string* text = value.find_string();
  if (text == nullptr) return does_not_fit(ParameterType::integer);
  const auto integer = neo::Integer::parse_decimal(*text);
  if (!integer.has_value()) return does_not_fit(ParameterType::integer);
  return StackItem::integer(*integer);
}

// The types whose value is one string.
Result<StackItem> parse_text(ParameterType type, const std::string& text) {
  if (type == ParameterType::string) return StackItem::byte_string(text);
  if (type == ParameterType::hash160) {
    NSL_TRY(const neo::UInt160 hash, parse_account_text(text));
    return neo::to_argument(hash);
  }
  if (type == ParameterType::hash256) {
    NSL_TRY(const neo::UInt256 hash, neo::UInt256::parse(text));
    return neo::to_argument(hash);
  }
  NSL_TRY(Bytes bytes, parse_hex(text));
  if (type == ParameterType::public_key) {
    NSL_TRY_VOID(neo::parse_public_key(bytes));
  } else if (type == ParameterType::signature && bytes.size() != kSignatureBytes) {
    return does_not_fit(type);
  }
  return StackItem::byte_string(std::move(bytes));
}

Result<StackItem> parse_value(ParameterType type, const JsonValue& value, std::size_t depth) {
  switch (type) {
    case ParameterType::boolean:
      return parse_boolean(value);
    case ParameterType::integer:
      return parse_integer(value);
    case ParameterType::byte_array:
    case ParameterType::string:
    case ParameterType::hash160:
    case ParameterType::hash256:
    case ParameterType::public_key:
    case ParameterType::signature:
      if (const std::string* text = value.find_string(); text != nullptr) {
        return parse_text(type, *text);
      }
      return does_not_fit(type);
    case ParameterType::array:
    case ParameterType::map: {
      const JsonValue::Array* entries = value.find_array();
      if (entries == nullptr) return does_not_fit(type);
      if (depth == limits::kNeoStackDepthMax) return refuse("Arguments are nested too deeply");
      if (type == ParameterType::map) return parse_map(*entries, depth + 1);
      NSL_TRY(StackItem::List items, parse_list(*entries, depth + 1));
      return StackItem::array(std::move(items));
    }
    case ParameterType::any:
    case ParameterType::interop_interface:
    case ParameterType::void_type:
      break;
  }
  return does_not_fit(type);
}

Result<StackItem> parse_at(const JsonValue& argument, std::size_t depth) {
  const neo::JsonMembers members(argument, Code::invalid_tool_input);
  NSL_TRY(const std::string name, members.get_string("type"));
  NSL_TRY(const ParameterType type, neo::parse_parameter_type(name));
  const JsonValue* value = members.find("value");
  if (value == nullptr && type != ParameterType::void_type) return StackItem();
  if (value == nullptr) return does_not_fit(type);
  return parse_value(type, *value, depth);
}

std::optional<std::uint8_t> find_call_flag(std::string_view name) {
  constexpr std::pair<std::string_view, neo::CallFlags> kNames[] = {
      {"None", neo::CallFlags::none},
      {"ReadStates", neo::CallFlags::read_states},
      {"WriteStates", neo::CallFlags::write_states},
      {"AllowCall", neo::CallFlags::allow_call},
      {"AllowNotify", neo::CallFlags::allow_notify},
      {"States", neo::CallFlags::states},
      {"ReadOnly", neo::CallFlags::read_only},
      {"All", neo::CallFlags::all},
  };
  for (const auto& [each, flag] : kNames) {
    if (each == name) return static_cast<std::uint8_t>(flag);
  }
  return std::nullopt;
}

}  // namespace

Result<StackItem> parse_argument(const JsonValue& argument) { return parse_at(argument, 1); }

Result<StackItem::List> parse_arguments(const JsonValue::Array& arguments) {
  return parse_list(arguments, 1);
}

Result<neo::CallFlags> parse_call_flags(const JsonValue& flags) {
  constexpr auto kAll = static_cast<std::uint64_t>(neo::CallFlags::all);
  if (const auto number = flags.to_uint64(); number.has_value() && *number <= kAll) {
    return static_cast<neo::CallFlags>(*number);
  }
  const std::string* text = flags.find_string();
  std::uint8_t combined = 0;
  std::string_view rest = text == nullptr ? std::string_view("?") : std::string_view(*text);
  while (true) {
    const std::size_t comma = rest.find(',');
    const auto flag = find_call_flag(rest.substr(0, comma));
    if (!flag.has_value()) return refuse("call_flags is a number up to 15 or names of flags");
    combined = static_cast<std::uint8_t>(combined | *flag);
    if (comma == std::string_view::npos) return static_cast<neo::CallFlags>(combined);
    rest.remove_prefix(comma + 1);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
}

}  // namespace nsl::client::neo_tools
