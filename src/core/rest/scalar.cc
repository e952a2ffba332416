#include "core/rest/scalar.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/codec/base64.h"
#include "core/rest/json_reader.h"
#include "core/rest/nearest.h"

namespace nsl::rest {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using simdjson::dom::element;

// A place for one value: the field, or the next element of a repeated field.
class Slot {
 public:
  Slot(const FieldDescriptor& field, Message& message)
      : field_(field), message_(message), reflection_(*message.GetReflection()) {}

  const FieldDescriptor& field() const { return field_; }

  void put(bool value) { set(&Reflection::SetBool, &Reflection::AddBool, value); }
  void put(std::int32_t value) { set(&Reflection::SetInt32, &Reflection::AddInt32, value); }
  void put(std::uint32_t value) { set(&Reflection::SetUInt32, &Reflection::AddUInt32, value); }
  void put(std::int64_t value) { set(&Reflection::SetInt64, &Reflection::AddInt64, value); }
  void put(std::uint64_t value) { set(&Reflection::SetUInt64, &Reflection::AddUInt64, value); }
  void put(float value) { set(&Reflection::SetFloat, &Reflection::AddFloat, value); }
  void put(double value) { set(&Reflection::SetDouble, &Reflection::AddDouble, value); }
  void put(std::string value) {
    set(&Reflection::SetString, &Reflection::AddString, std::move(value));
  }
  void put_enum(int number) { set(&Reflection::SetEnumValue, &Reflection::AddEnumValue, number); }

 private:
  template <class Set, class Add, class Value>
  void set(Set set_one, Add add_one, Value value) {
    if (field_.is_repeated()) {
      (reflection_.*add_one)(&message_, &field_, std::move(value));
    } else {
      (reflection_.*set_one)(&message_, &field_, std::move(value));
    }
  }

  const FieldDescriptor& field_;
  Message& message_;
  const Reflection& reflection_;
};

template <class Integer>
Fault range_fault() {
  return fmt::format("must be a whole number from {} to {}", std::numeric_limits<Integer>::min(),
                     std::numeric_limits<Integer>::max());
}

// Decimal digits and nothing else: no sign but "-", no space, no leading "+".
template <class Integer>
Fault put_integer_text(std::string_view text, Slot& slot) {
  Integer number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return range_fault<Integer>();
  slot.put(number);
  return std::nullopt;
}

template <class Integer>
Fault put_integer(const element& value, Slot& slot) {
  if (value.is_string()) return put_integer_text<Integer>(value.get_string().value_unsafe(), slot);
  if (value.is_int64()) {
    const std::int64_t number = value.get_int64().value_unsafe();
    if (!std::in_range<Integer>(number)) return range_fault<Integer>();
    slot.put(static_cast<Integer>(number));
    return std::nullopt;
  }
  if (!value.is_uint64()) return range_fault<Integer>();
  const std::uint64_t number = value.get_uint64().value_unsafe();
  if (!std::in_range<Integer>(number)) return range_fault<Integer>();
  slot.put(static_cast<Integer>(number));
  return std::nullopt;
}

Fault put_enum(std::string_view name, Slot& slot) {
  const auto& type = *slot.field().enum_type();
  if (const auto* value = type.FindValueByName(std::string(name))) {
    slot.put_enum(value->number());
    return std::nullopt;
  }
  std::vector<std::string_view> known;
  for (int i = 0; i < type.value_count(); ++i) known.push_back(type.value(i)->name());
  const std::string_view near = find_nearest(name, known);
  if (!near.empty()) return fmt::format("is no known value; did you mean \"{}\"?", near);
  return fmt::format("must be one of: {}", fmt::join(known, ", "));
}

// Standard or URL-safe base64, as the proto3 JSON mapping allows.
Fault put_bytes(std::string_view text, Slot& slot) {
  auto bytes = codec::decode_base64(text);
  if (!bytes.has_value()) bytes = codec::decode_base64url(text);
  if (!bytes.has_value()) return "must be base64";
  slot.put(to_string(*bytes));
  return std::nullopt;
}

Fault put_float_text(std::string_view text, Slot& slot) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || !std::isfinite(number)) return "must be a number";
  if (slot.field().cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    slot.put(static_cast<float>(number));
  } else {
    slot.put(number);
  }
  return std::nullopt;
}

// A JSON string for a field that is text, bytes, an enum or a 64-bit number.
Fault put_text(std::string_view text, Slot& slot) {
  switch (slot.field().cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (slot.field().type() == FieldDescriptor::TYPE_BYTES) return put_bytes(text, slot);
      slot.put(std::string(text));
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_ENUM:
      return put_enum(text, slot);
    case FieldDescriptor::CPPTYPE_INT32:
      return put_integer_text<std::int32_t>(text, slot);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_integer_text<std::uint32_t>(text, slot);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_integer_text<std::int64_t>(text, slot);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_integer_text<std::uint64_t>(text, slot);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return "must be true or false";
      slot.put(text == "true");
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put_float_text(text, slot);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return "cannot be given as text";
}

Fault put_number(const element& value, Slot& slot) {
  if (!value.is_number()) return "must be a number";
  const double number = value.get_double().value_unsafe();
  if (slot.field().cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    slot.put(static_cast<float>(number));
  } else {
    slot.put(number);
  }
  return std::nullopt;
}

}  // namespace

Fault set_scalar(const element& value, const FieldDescriptor& field, Message& message) {
  Slot slot(field, message);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
      if (!value.is_string()) return "must be a string";
      return put_text(value.get_string().value_unsafe(), slot);
    case FieldDescriptor::CPPTYPE_INT32:
      return put_integer<std::int32_t>(value, slot);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_integer<std::uint32_t>(value, slot);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_integer<std::int64_t>(value, slot);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_integer<std::uint64_t>(value, slot);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is_bool()) return "must be true or false";
      slot.put(value.get_bool().value_unsafe());
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put_number(value, slot);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  NSL_ASSERT(field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE);
  return "cannot be given here";
}

Fault set_scalar_text(std::string_view text, const FieldDescriptor& field, Message& message) {
  Slot slot(field, message);
  return put_text(text, slot);
}

Checked<void> set_from_text(std::string_view text, const FieldDescriptor& field, Message& message) {
  if (auto fault = set_scalar_text(text, field, message)) {
    return reject(Code::invalid_argument, field.name() + " " + *fault,
                  {{pointer_step(field.name()), *fault}});
  }
  return {};
}

}  // namespace nsl::rest
