#include "core/rest/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/rest/nearest.h"
#include "core/rest/scalar.h"

namespace nsl::rest {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using simdjson::dom::element;

// By value: a range-for over the parser's temporary would outlive it.
simdjson::dom::object object_of(const element& value) { return value.get_object().value_unsafe(); }
simdjson::dom::array array_of(const element& value) { return value.get_array().value_unsafe(); }

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name, FieldNames names) {
  const std::string text(name);
  if (const FieldDescriptor* field = type.FindFieldByName(text)) return field;
  if (names == FieldNames::declared) return nullptr;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == text) return type.field(i);
  }
  return nullptr;
}

// Walks the document beside the message's type and notes every violation up to a bound.
class Reader {
 public:
  explicit Reader(FieldNames names) : names_(names) {}

  void read_object(const element& value, Message& message, const std::string& pointer);
  Checked<void> finish() &&;

 private:
  bool is_full() const {
    return violations_.size() >= static_cast<std::size_t>(limits::kViolationsMax);
  }
  void refuse(Code code, std::string pointer, std::string message);
  void read_field(const element& value, const FieldDescriptor& field, Message& message,
                  const std::string& pointer);
  void read_map(const element& value, const FieldDescriptor& field, Message& message,
                const std::string& pointer);
  void read_one(const element& value, const FieldDescriptor& field, Message& message,
                const std::string& pointer);

  const FieldNames names_;
  Code code_ = Code::invalid_argument;
  std::vector<Violation> violations_;
};

void Reader::refuse(Code code, std::string pointer, std::string message) {
  if (violations_.empty()) code_ = code;
  if (!is_full()) violations_.push_back({std::move(pointer), std::move(message)});
}

Checked<void> Reader::finish() && {
  if (violations_.empty()) return {};
  const Violation& first = violations_.front();
  std::string message = first.pointer.empty() ? fmt::format("The body {}", first.message)
                                              : fmt::format("{} {}", first.pointer, first.message);
  return reject(code_, std::move(message), std::move(violations_));
}

void Reader::read_object(const element& value, Message& message, const std::string& pointer) {
  if (!value.is_object()) return refuse(Code::invalid_argument, pointer, "must be an object");
  const Descriptor& type = *message.GetDescriptor();
  std::set<const FieldDescriptor*> seen;
  std::set<const google::protobuf::OneofDescriptor*> chosen;
  for (const auto& [key, member] : object_of(value)) {
    if (is_full()) return;
    const std::string at = pointer + pointer_step(key);
    const FieldDescriptor* field = find_field(type, key, names_);
    if (field == nullptr) {
      refuse(Code::unknown_field, at, unknown_field_message(key, type));
      continue;
    }
    if (!seen.insert(field).second) {
      refuse(Code::malformed_json, at, "is given twice");
      continue;
    }
    if (member.is_null()) continue;
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr && !chosen.insert(oneof).second) {
      refuse(Code::invalid_argument, at,
             fmt::format("excludes another member of the choice \"{}\"", oneof->name()));
      continue;
    }
    read_field(member, *field, message, at);
  }
}

void Reader::read_field(const element& value, const FieldDescriptor& field, Message& message,
                        const std::string& pointer) {
  if (field.is_map()) return read_map(value, field, message, pointer);
  if (!field.is_repeated()) return read_one(value, field, message, pointer);
  if (!value.is_array()) return refuse(Code::invalid_argument, pointer, "must be an array");
  std::size_t index = 0;
  for (const element item : array_of(value)) {
    if (is_full()) return;
    read_one(item, field, message, fmt::format("{}/{}", pointer, index));
    ++index;
  }
}

void Reader::read_map(const element& value, const FieldDescriptor& field, Message& message,
                      const std::string& pointer) {
  if (!value.is_object()) return refuse(Code::invalid_argument, pointer, "must be an object");
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  const FieldDescriptor& value_field = *field.message_type()->map_value();
  std::set<std::string_view> seen;
  for (const auto& [key, member] : object_of(value)) {
    if (is_full()) return;
    const std::string at = pointer + pointer_step(key);
    if (!seen.insert(key).second) {
      refuse(Code::malformed_json, at, "is given twice");
      continue;
    }
    Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    if (auto set = set_from_text(key, key_field, entry); !set.has_value()) {
      refuse(Code::invalid_argument, at, "has a key that is not valid");
      continue;
    }
    read_one(member, value_field, entry, at);
  }
}

void Reader::read_one(const element& value, const FieldDescriptor& field, Message& message,
                      const std::string& pointer) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const auto& reflection = *message.GetReflection();
    Message& inner = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                         : *reflection.MutableMessage(&message, &field);
    return read_object(value, inner, pointer);
  }
  if (auto fault = set_scalar(value, field, message)) {
    refuse(Code::invalid_argument, pointer, std::move(*fault));
  }
}

// True when an object has one name twice, anywhere below `value`. The depth is bounded by the
// parser.
bool has_duplicate(const element& value) {
  if (value.is_object()) {
    std::set<std::string_view> seen;
    for (const auto& [key, member] : object_of(value)) {
      if (!seen.insert(key).second || has_duplicate(member)) return true;
    }
  } else if (value.is_array()) {
    for (const element item : array_of(value)) {
      if (has_duplicate(item)) return true;
    }
  }
  return false;
}

// The element lives as long as `parser`.
Checked<element> parse(std::string_view text, simdjson::dom::parser& parser) {
  // The depth of nesting is fixed here; the parser refuses what is deeper.
  const auto depth = static_cast<std::size_t>(limits::kJsonDepthMax);
  if (parser.allocate(text.size(), depth) != simdjson::SUCCESS) {
    return reject(Code::payload_too_large, "The body is too large");
  }
  element document;
  const auto error = parser.parse(text.data(), text.size()).get(document);
  if (error == simdjson::SUCCESS) return document;
  if (error == simdjson::UTF8_ERROR) return reject(Code::malformed_utf8, "The body is not UTF-8");
  if (error == simdjson::DEPTH_ERROR) {
    return reject(Code::limit_exceeded, "The body is nested too deeply");
  }
  return reject(Code::malformed_json, "The body is not JSON (RFC 8259)");
}

}  // namespace

std::string unknown_field_message(std::string_view name, const Descriptor& type) {
  std::vector<std::string_view> known;
  for (int i = 0; i < type.field_count(); ++i) known.push_back(type.field(i)->name());
  const std::string_view near = find_nearest(name, known);
  return near.empty() ? "is no known field"
                      : fmt::format("is no known field; did you mean \"{}\"?", near);
}

Checked<void> read_json(std::string_view text, FieldNames names, Message& message) {
  simdjson::dom::parser parser;
  NSL_TRY(const element document, parse(text, parser));
  Reader reader(names);
  reader.read_object(document, message, "");
  return std::move(reader).finish();
}

Checked<void> check_json(std::string_view text) {
  simdjson::dom::parser parser;
  NSL_TRY(const element document, parse(text, parser));
  if (has_duplicate(document)) {
    return reject(Code::malformed_json, "The body gives a member twice");
  }
  return {};
}

}  // namespace nsl::rest
