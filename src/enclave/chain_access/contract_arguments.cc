#include "enclave/chain_access/contract_arguments.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/script_builder.h"

namespace nsl::enclave::chain_access {
namespace {

using nsl::v1::ContractArgument;

Result<neo::StackItem> parse_argument(const ContractArgument& argument, std::int64_t depth);

Result<neo::StackItem::List> parse_list(
    const google::protobuf::RepeatedPtrField<ContractArgument>& arguments, std::int64_t depth) {
  neo::StackItem::List items;
  for (const ContractArgument& each : arguments) {
    NSL_TRY(neo::StackItem item, parse_argument(each, depth));
    items.push_back(std::move(item));
  }
  return items;
}

Result<neo::StackItem> parse_map(const nsl::v1::ContractArgumentMap& map, std::int64_t depth) {
  neo::StackItem::Entries entries;
  for (const nsl::v1::ContractArgumentEntry& each : map.entries()) {
    NSL_TRY(neo::StackItem key, parse_argument(each.key(), depth));
    NSL_TRY_VOID(neo::check_map_key(key, entries));
    NSL_TRY(neo::StackItem value, parse_argument(each.value(), depth));
    entries.emplace_back(std::move(key), std::move(value));
  }
  return neo::StackItem::map(std::move(entries));
}

Result<neo::StackItem> parse_argument(const ContractArgument& argument, std::int64_t depth) {
  if (depth > limits::kNeoStackDepthMax) return fail(Code::limit_exceeded, "is nested too deep");
  switch (argument.value_case()) {
    case ContractArgument::VALUE_NOT_SET:
      return neo::StackItem();
    case ContractArgument::kBoolean:
      return neo::StackItem::boolean(argument.boolean());
    case ContractArgument::kInteger: {
      NSL_TRY(const neo::Integer number, neo::Integer::parse_decimal(argument.integer()));
      return neo::StackItem::integer(number);
    }
    case ContractArgument::kText:
      return neo::StackItem::byte_string(std::string_view(argument.text()));
    case ContractArgument::kBytes:
      return neo::StackItem::byte_string(to_bytes(as_bytes(argument.bytes())));
    case ContractArgument::kHash160: {
      NSL_TRY(const neo::UInt160 hash, neo::parse_account(argument.hash160()));
      return neo::to_argument(hash);
    }
    case ContractArgument::kHash256: {
      NSL_TRY(const neo::UInt256 hash, neo::UInt256::parse(argument.hash256()));
      return neo::to_argument(hash);
    }
    case ContractArgument::kArray: {
      NSL_TRY(neo::StackItem::List items, parse_list(argument.array().items(), depth + 1));
      return neo::StackItem::array(std::move(items));
    }
    case ContractArgument::kMap:
      return parse_map(argument.map(), depth + 1);
  }
  return fail(Code::invalid_argument, "is of no known type");
}

}  // namespace

Result<neo::StackItem::List> parse_arguments(
    const google::protobuf::RepeatedPtrField<ContractArgument>& arguments) {
  neo::StackItem::List items;
  for (int i = 0; i < arguments.size(); ++i) {
    Result<neo::StackItem> item = parse_argument(arguments[i], 1);
    const Result<void> bounded =
        item.has_value() ? neo::check_stack_item_limits(*item) : Result<void>();
    if (item.has_value() && bounded.has_value()) {
      items.push_back(*std::move(item));
      continue;
    }
    const Error& error = item.has_value() ? bounded.error() : item.error();
    return fail(Code::invalid_argument, fmt::format("/args/{}: {}", i, error.message()));
  }
  return items;
}

}  // namespace nsl::enclave::chain_access
