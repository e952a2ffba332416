#include "core/expression/stack_item_value.h"

#include <fmt/format.h>

#include <utility>

namespace nsl::expression {
namespace {

// Recursion is as deep as the item, which the caller has checked.
Result<Value> convert(const neo::StackItem& item) {
  using neo::StackItemType;
  switch (item.type()) {
    case StackItemType::any:
      return Value();
    case StackItemType::boolean: {
      NSL_TRY(const bool value, item.to_boolean());
      return Value::boolean(value);
    }
    case StackItemType::integer: {
      NSL_TRY(const neo::Integer value, item.to_integer());
      return Value::integer(value);
    }
    case StackItemType::byte_string:
    case StackItemType::buffer: {
      NSL_TRY(Bytes value, item.to_bytes());
      return Value::bytes(std::move(value));
    }
    case StackItemType::array:
    case StackItemType::structure: {
      NSL_TRY(const auto items, item.items());
      Value::List values;
      for (const neo::StackItem& each : items.get()) {
        NSL_TRY(Value value, convert(each));
        values.push_back(std::move(value));
      }
      return Value::list(std::move(values));
    }
    case StackItemType::map: {
      NSL_TRY(const auto entries, item.entries());
      Value::Entries values;
      for (const auto& [key, each] : entries.get()) {
        NSL_TRY(Value key_value, convert(key));
        NSL_TRY(Value value, convert(each));
        values.emplace_back(std::move(key_value), std::move(value));
      }
      return Value::map(std::move(values));
    }
    case StackItemType::pointer:
    case StackItemType::interop:
      return Value::opaque(
          fmt::format("{} {}", neo::stack_item_type_name(item.type()), item.opaque_text()));
  }
  return Value();
}

}  // namespace

Result<Value> value_of(const neo::StackItem& item) {
  NSL_TRY_VOID(neo::check_stack_item_limits(item));
  return convert(item);
}

}  // namespace nsl::expression
