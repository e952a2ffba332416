#include "core/neo/json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"

namespace nsl::neo {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::malformed_json, std::move(message));
}

Result<JsonValue> convert(const element& source);

Result<JsonValue> convert_array(const simdjson::dom::array& source) {
  JsonValue::Array values;
  for (const element each : source) {
    NSL_TRY(JsonValue value, convert(each));
    values.push_back(std::move(value));
  }
  return JsonValue::array(std::move(values));
}

Result<JsonValue> convert_object(const simdjson::dom::object& source) {
  JsonValue::Object members;
  std::vector<std::string_view> names;
  for (const auto& [name, each] : source) {
    NSL_TRY(JsonValue value, convert(each));
    members.emplace_back(name, std::move(value));
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return malformed("A name stands twice in an object");
  }
  return JsonValue::object(std::move(members));
}

// The recursion ends: the parser refuses more than limits::kJsonDepthMax levels.
Result<JsonValue> convert(const element& source) {
  switch (source.type()) {
    case element_type::ARRAY:
      return convert_array(source.get_array().value_unsafe());
    case element_type::OBJECT:
      return convert_object(source.get_object().value_unsafe());
    case element_type::INT64:
      return JsonValue::integer(source.get_int64().value_unsafe());
    case element_type::UINT64:
      return JsonValue::unsigned_integer(source.get_uint64().value_unsafe());
    case element_type::DOUBLE:
      return JsonValue::real(source.get_double().value_unsafe());
    case element_type::STRING:
      return JsonValue::string(source.get_string().value_unsafe());
    case element_type::BOOL:
      return JsonValue::boolean(source.get_bool().value_unsafe());
    case element_type::NULL_VALUE:
      return JsonValue();
  }
  return malformed("Unknown kind of JSON value");
}

std::string quote(std::string_view text) { return "\"" + json_escaped(text) + "\""; }

struct Printer {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(std::uint64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    std::string text = fmt::format("{}", value);
    // A whole number keeps its fraction, so that it is read back as the same kind.
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  std::string operator()(const std::string& value) const { return quote(value); }
  std::string operator()(const JsonValue::Array& values) const {
    std::string text = "[";
    for (const JsonValue& each : values) {
      if (text.size() > 1) text += ',';
      text += to_text(each);
    }
    return text + "]";
  }
  std::string operator()(const JsonValue::Object& members) const {
    std::string text = "{";
    for (const auto& [name, value] : members) {
      if (text.size() > 1) text += ',';
      text += quote(name) + ":" + to_text(value);
    }
    return text + "}";
  }
};

}  // namespace

JsonValue JsonValue::unsigned_integer(std::uint64_t value) {
  // One value has one form, so that equality is that of numbers.
  if (value <= INT64_MAX) return integer(static_cast<std::int64_t>(value));
  return JsonValue(Value(value));
}

std::optional<std::int64_t> JsonValue::to_int64() const {
  const auto* number = std::get_if<std::int64_t>(&value_);
  if (number == nullptr) return std::nullopt;
  return *number;
}

std::optional<std::uint64_t> JsonValue::to_uint64() const {
  if (const auto* number = std::get_if<std::uint64_t>(&value_)) return *number;
  const auto number = to_int64();
  if (!number.has_value() || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

const JsonValue* JsonValue::find(std::string_view name) const {
  const Object* members = find_object();
  if (members == nullptr) return nullptr;
  for (const auto& [each, value] : *members) {
    if (each == name) return &value;
  }
  return nullptr;
}

JsonValue& JsonValue::add(std::string_view name, JsonValue value) {
  auto* members = std::get_if<Object>(&value_);
  NSL_ASSERT(members != nullptr);
  members->emplace_back(name, std::move(value));
  return *this;
}

JsonValue& JsonValue::add(JsonValue value) {
  auto* values = std::get_if<Array>(&value_);
  NSL_ASSERT(values != nullptr);
  values->push_back(std::move(value));
  return *this;
}

Result<JsonValue> parse_json(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return fail(Code::limit_exceeded, "The JSON text is too long");
  simdjson::dom::parser parser;
  if (parser.allocate(text.size() + 1, limits::kJsonDepthMax) != simdjson::SUCCESS) {
    return fail(Code::internal, "No memory for a JSON text");
  }
  element root;
  const simdjson::padded_string padded(text);
  if (parser.parse(padded).get(root) != simdjson::SUCCESS) return malformed("Not JSON");
  return convert(root);
}

std::string to_text(const JsonValue& value) { return std::visit(Printer{}, value.value_); }

std::unexpected<Error> JsonMembers::refuse(std::string_view name, std::string_view why) const {
  return fail(code_, fmt::format("The member {} {}", name, why));
}

const JsonValue* JsonMembers::find(std::string_view name) const {
  const JsonValue* value = object_.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::reference_wrapper<const JsonValue>> JsonMembers::get(std::string_view name) const {
  const JsonValue* value = find(name);
  if (value == nullptr) return refuse(name, "is missing");
  return std::cref(*value);
}

Result<std::string> JsonMembers::get_string(std::string_view name) const {
  NSL_TRY(const JsonValue& value, get(name));
  const std::string* text = value.find_string();
  if (text == nullptr) return refuse(name, "is not a string");
  return *text;
}

Result<bool> JsonMembers::get_boolean(std::string_view name) const {
  NSL_TRY(const JsonValue& value, get(name));
  const bool* flag = value.find_boolean();
  if (flag == nullptr) return refuse(name, "is not true or false");
  return *flag;
}

Result<std::uint64_t> JsonMembers::get_unsigned(std::string_view name,
                                                std::uint64_t maximum) const {
  NSL_TRY(const JsonValue& value, get(name));
  const auto number = value.to_uint64();
  if (!number.has_value() || *number > maximum) {
    return refuse(name, "is not a whole number in range");
  }
  return *number;
}

Result<std::reference_wrapper<const JsonValue::Array>> JsonMembers::get_array(
    std::string_view name, std::size_t count_max) const {
  NSL_TRY(const JsonValue& value, get(name));
  const JsonValue::Array* values = value.find_array();
  if (values == nullptr) return refuse(name, "is not an array");
  if (values->size() > count_max) return refuse(name, "has too many elements");
  return std::cref(*values);
}

}  // namespace nsl::neo
