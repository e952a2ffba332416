#include "enclave/triggers/request_hub.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/limits.h"
#include "core/neo/application_log.h"

namespace nsl::enclave::triggers {
namespace {

constexpr std::size_t kEventItems = 4;
constexpr std::size_t kStoredItems = 3;
constexpr std::uint8_t kRequestPrefix = 'r';

std::unexpected<Error> no_request() {
  return fail(Code::invalid_proof, "The event's arguments are not those of a request");
}

std::unexpected<Error> differs() {
  return fail(Code::invalid_proof, "The stored request is not the one the event announces");
}

Result<std::vector<neo::StackItem>> parse_items(std::string_view arguments_json) {
  NSL_TRY(
      const neo::JsonValue json,
      neo::parse_json(arguments_json, static_cast<std::size_t>(limits::kEventArgumentBytesMax)));
  const neo::JsonValue::Array* values = json.find_array();
  if (values == nullptr || values->size() != kEventItems) return no_request();
  std::vector<neo::StackItem> items;
  for (const neo::JsonValue& value : *values) {
    NSL_TRY(neo::StackItem item, neo::parse_rpc_stack_item(value));
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

Result<Request> parse_request(std::string_view arguments_json) {
  NSL_TRY(const std::vector<neo::StackItem> items, parse_items(arguments_json));
  if (items[0].type() != neo::StackItemType::integer) return no_request();
  NSL_TRY(const neo::Integer number, items[0].to_integer());
  const std::optional<std::int64_t> id = number.to_int64();
  if (!id.has_value() || *id < 1) return no_request();
  Request request;
  request.id = *id;
  NSL_TRY(request.caller, items[1].to_bytes());
  NSL_TRY(request.function_id, items[2].to_bytes());
  NSL_TRY(request.arguments_hash, items[3].to_bytes());
  return request;
}

Bytes storage_key(const Request& request) {
  Bytes key{kRequestPrefix};
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(request.id) >> shift));
  }
  return key;
}

Result<void> check_stored_request(const Request& request, ByteView stored) {
  NSL_TRY(const neo::StackItem item, neo::parse_stack_item(stored));
  if (item.type() != neo::StackItemType::structure) return differs();
  NSL_TRY(const neo::StackItem::List& fields, item.items());
  const bool are_bytes = std::all_of(fields.begin(), fields.end(), [](const neo::StackItem& field) {
    return field.type() == neo::StackItemType::byte_string;
  });
  if (fields.size() != kStoredItems || !are_bytes) return differs();
  NSL_TRY(const Bytes caller, fields[0].to_bytes());
  NSL_TRY(const Bytes function_id, fields[1].to_bytes());
  NSL_TRY(const Bytes arguments, fields[2].to_bytes());
  const crypto::Digest32 arguments_hash = crypto::sha256(arguments);
  if (caller != request.caller || function_id != request.function_id ||
      !equal(arguments_hash, request.arguments_hash)) {
    return differs();
  }
  return {};
}

}  // namespace nsl::enclave::triggers
