#include "enclave/json/json_arguments.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/address.h"
#include "core/neo/key.h"
#include "core/neo/script_builder.h"

namespace nsl::enclave::json {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;

std::unexpected<Error> refused(std::string_view field, std::string_view why) {
  return fail(Code::invalid_argument, fmt::format("{}: {}", field, why));
}

// The caller has checked that the value is a text.
std::string text_of(const element& value) { return std::string(value.get_string().value_unsafe()); }

// The caller has checked that the value is an array. A copy of the handle: the result it comes in
// is a temporary.
array array_in(const element& value) { return value.get_array().value_unsafe(); }

Result<neo::StackItem> item_of(const element& value, std::int64_t depth);

Result<neo::StackItem> array_of(const element& value, std::int64_t depth) {
  neo::StackItem::List items;
  const array children = array_in(value);
  for (const element child : children) {
    NSL_TRY(neo::StackItem item, item_of(child, depth - 1));
    items.push_back(std::move(item));
  }
  return neo::StackItem::array(std::move(items));
}

Result<neo::StackItem> integer_of(const element& value) {
  const std::string text = value.is_string() ? text_of(value) : simdjson::minify(value);
  NSL_TRY(const neo::Integer integer, neo::Integer::parse_decimal(text));
  return neo::StackItem::integer(integer);
}

// {"type": ..., "value": ...}
Result<neo::StackItem> typed_of(const element& object, std::int64_t depth) {
  element type;
  element value;
  if (object["type"].get(type) != simdjson::SUCCESS || !type.is_string()) {
    return refused("args", "an object argument needs a type");
  }
  const std::string name = text_of(type);
  if (name == "Any") return neo::StackItem();
  if (object["value"].get(value) != simdjson::SUCCESS) {
    return refused("args", "an object argument needs a value");
  }
  if (name == "Integer") return integer_of(value);
  if (name == "Boolean" && value.is_bool()) {
    return neo::StackItem::boolean(value.get_bool().value_unsafe());
  }
  if (name == "Array" && value.is_array()) return array_of(value, depth);
  if (!value.is_string()) return refused("args", "the value does not fit its type");
  const std::string text = text_of(value);
  if (name == "String") return neo::StackItem::byte_string(std::string_view(text));
  if (name == "ByteArray" || name == "ByteString") {
    NSL_TRY(Bytes bytes, codec::decode_base64(text));
    return neo::StackItem::byte_string(std::move(bytes));
  }
  if (name == "Hash160") {
    NSL_TRY(const neo::UInt160 hash, neo::parse_account(text));
    return neo::to_argument(hash);
  }
  if (name == "Hash256") {
    NSL_TRY(const neo::UInt256 hash, neo::UInt256::parse(text));
    return neo::to_argument(hash);
  }
  if (name == "PublicKey") {
    NSL_TRY(const neo::PublicKey key, neo::parse_public_key_text(text));
    return neo::StackItem::byte_string(to_bytes(ByteView(key.compressed())));
  }
  return refused("args", "the argument's type is not known or does not fit its value");
}

Result<neo::StackItem> item_of(const element& value, std::int64_t depth) {
  if (depth == 0) return refused("args", "nested too deeply");
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return neo::StackItem();
    case element_type::BOOL:
      return neo::StackItem::boolean(value.get_bool().value_unsafe());
    case element_type::INT64:
    case element_type::UINT64:
      return integer_of(value);
    case element_type::DOUBLE:
      return refused("args", "a number must be whole; give larger ones as {type: 'Integer'}");
    case element_type::STRING:
      return neo::StackItem::byte_string(value.get_string().value_unsafe());
    case element_type::ARRAY:
      return array_of(value, depth);
    case element_type::OBJECT:
      return typed_of(value, depth);
  }
  return refused("args", "not a value");
}

}  // namespace

struct JsonArguments::Document {
  simdjson::dom::parser parser;
  element root;

  std::optional<element> find(std::string_view field) const {
    element value;
    if (root[field].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
    return value;
  }
};

Result<void> check_json(std::string_view text) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  if (parser.parse(padded).error() != simdjson::SUCCESS) return fail(Code::malformed_json);
  return {};
}

JsonArguments::JsonArguments(std::unique_ptr<Document> document) : document_(std::move(document)) {}
JsonArguments::~JsonArguments() = default;
JsonArguments::JsonArguments(JsonArguments&&) noexcept = default;
JsonArguments& JsonArguments::operator=(JsonArguments&&) noexcept = default;

Result<JsonArguments> JsonArguments::parse(std::string_view text) {
  auto document = std::make_unique<Document>();
  const simdjson::padded_string padded(text);
  if (document->parser.parse(padded).get(document->root) != simdjson::SUCCESS ||
      !document->root.is_object()) {
    return fail(Code::malformed_json, "The arguments are not a JSON object");
  }
  return JsonArguments(std::move(document));
}

Result<std::optional<std::string>> JsonArguments::find_text(std::string_view field) const {
  const std::optional<element> value = document_->find(field);
  if (!value.has_value()) return std::optional<std::string>();
  if (!value->is_string()) return refused(field, "must be a text");
  return std::optional<std::string>(text_of(*value));
}

Result<std::string> JsonArguments::get_text(std::string_view field) const {
  NSL_TRY(auto text, find_text(field));
  if (!text.has_value()) return refused(field, "is needed");
  return *std::move(text);
}

Result<std::uint64_t> JsonArguments::get_unsigned(std::string_view field) const {
  const std::optional<element> value = document_->find(field);
  std::uint64_t number = 0;
  if (!value.has_value() || value->get_uint64().get(number) != simdjson::SUCCESS) {
    return refused(field, "must be a whole number");
  }
  return number;
}

std::string JsonArguments::raw(std::string_view field) const {
  const std::optional<element> value = document_->find(field);
  return value.has_value() ? simdjson::minify(*value) : std::string("null");
}

Result<std::vector<std::pair<std::string, std::string>>> JsonArguments::get_pairs(
    std::string_view field) const {
  std::vector<std::pair<std::string, std::string>> pairs;
  const std::optional<element> value = document_->find(field);
  if (!value.has_value()) return pairs;
  if (!value->is_array()) return refused(field, "must be a list of pairs");
  const array entries = array_in(*value);
  for (const element entry : entries) {
    element name;
    element content;
    const bool is_pair = entry.is_array() && array_in(entry).size() == 2 &&
                         entry.at(0).get(name) == simdjson::SUCCESS && name.is_string() &&
                         entry.at(1).get(content) == simdjson::SUCCESS && content.is_string();
    if (!is_pair) return refused(field, "must be a list of pairs of texts");
    pairs.emplace_back(text_of(name), text_of(content));
  }
  return pairs;
}

Result<neo::StackItem::List> JsonArguments::get_contract_arguments(std::string_view field) const {
  neo::StackItem::List items;
  const std::optional<element> value = document_->find(field);
  if (!value.has_value()) return items;
  if (!value->is_array()) return refused(field, "must be a list");
  const array entries = array_in(*value);
  for (const element entry : entries) {
    NSL_TRY(neo::StackItem item, item_of(entry, limits::kNeoStackDepthMax));
    items.push_back(std::move(item));
  }
  return items;
}

std::string json_text(std::string_view text) { return fmt::format("\"{}\"", json_escaped(text)); }

}  // namespace nsl::enclave::json
