// JSON as a value: what wallets, manifests and the replies of nodes are read into and written from.
//
// Reading is RFC 8259 to the letter (simdjson checks it), with no name twice in an object, at most
// limits::kJsonDepthMax levels and the caller's bound on the text. Integers keep every digit up to
// 64 bits; what is larger stands in strings, as nodes write it. Members keep their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace nsl::neo {

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Member = std::pair<std::string, JsonValue>;
  using Object = std::vector<Member>;

  // null
  JsonValue() = default;
  static JsonValue boolean(bool value) { return JsonValue(Value(value)); }
  static JsonValue integer(std::int64_t value) { return JsonValue(Value(value)); }
  static JsonValue unsigned_integer(std::uint64_t value);
  static JsonValue real(double value) { return JsonValue(Value(value)); }
  static JsonValue string(std::string_view value) { return JsonValue(Value(std::string(value))); }
  static JsonValue array(Array values = {}) { return JsonValue(Value(std::move(values))); }
  static JsonValue object(Object members = {}) { return JsonValue(Value(std::move(members))); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // Null when the value is of another kind. Valid as long as this value is.
  const bool* find_boolean() const { return std::get_if<bool>(&value_); }
  const std::string* find_string() const { return std::get_if<std::string>(&value_); }
  const Array* find_array() const { return std::get_if<Array>(&value_); }
  const Object* find_object() const { return std::get_if<Object>(&value_); }
  const double* find_real() const { return std::get_if<double>(&value_); }
  // Nothing for a fraction, another kind, or what does not fit.
  std::optional<std::int64_t> to_int64() const;
  std::optional<std::uint64_t> to_uint64() const;

  // The member of that name; null when there is none or this is no object.
  const JsonValue* find(std::string_view name) const;
  // Adds a member to an object, an element to an array. Asserts the kind.
  JsonValue& add(std::string_view name, JsonValue value);
  JsonValue& add(JsonValue value);

  friend bool operator==(const JsonValue&, const JsonValue&) = default;

 private:
  using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
                             Array, Object>;
  explicit JsonValue(Value value) : value_(std::move(value)) {}

  friend std::string to_text(const JsonValue& value);

  Value value_;
};

// Code::malformed_json when the text is not JSON, Code::limit_exceeded above `bytes_max`.
Result<JsonValue> parse_json(std::string_view text, std::size_t bytes_max);
// Without spaces; everything outside ASCII as it is.
std::string to_text(const JsonValue& value);

// The members a form must have. Each fails with `code` and names the member when it is absent or of
// another kind. References are valid as long as the object is.
class JsonMembers {
 public:
  JsonMembers(const JsonValue& object, Code code) : object_(object), code_(code) {}

  // Absent and null are the same.
  const JsonValue* find(std::string_view name) const;
  Result<std::reference_wrapper<const JsonValue>> get(std::string_view name) const;
  Result<std::string> get_string(std::string_view name) const;
  Result<bool> get_boolean(std::string_view name) const;
  // Fails also above `maximum` and for negative numbers.
  Result<std::uint64_t> get_unsigned(std::string_view name, std::uint64_t maximum) const;
  // Fails also for more than `count_max` elements.
  Result<std::reference_wrapper<const JsonValue::Array>> get_array(std::string_view name,
                                                                   std::size_t count_max) const;

 private:
  std::unexpected<Error> refuse(std::string_view name, std::string_view why) const;

  const JsonValue& object_;
  Code code_;
};

}  // namespace nsl::neo
