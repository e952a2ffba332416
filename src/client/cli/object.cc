#include "client/cli/object.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "core/base/log.h"
#include "core/codec/base64.h"

namespace nsl::client::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string to_json(const Value& value);

std::string quoted(const std::string& text) { return "\"" + json_escaped(text) + "\""; }

std::string list_json(const List& list) {
  std::string json = "[";
  for (const Value& entry : list) {
    if (json.size() > 1) json += ",";
    json += to_json(entry);
  }
  return json + "]";
}

std::string to_json(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return quoted(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
  if (const auto* object = std::get_if<Object>(&value.data)) return cli::to_json(*object);
  return list_json(std::get<List>(value.data));
}

Value text_or_base64(const FieldDescriptor& field, const std::string& bytes) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return codec::encode_base64(as_bytes(bytes));
  return bytes;
}

// The value of a singular field, or of one entry of a repeated field (index >= 0).
Value value_of(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool single = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return text_or_base64(field, single ? reflection.GetString(message, &field)
                                          : reflection.GetRepeatedString(message, &field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return to_object(single ? reflection.GetMessage(message, &field)
                              : reflection.GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return (single ? reflection.GetEnum(message, &field)
                     : reflection.GetRepeatedEnum(message, &field, index))
          ->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return single ? reflection.GetBool(message, &field)
                    : reflection.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return std::int64_t{single ? reflection.GetInt32(message, &field)
                                 : reflection.GetRepeatedInt32(message, &field, index)};
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::int64_t{single ? reflection.GetUInt32(message, &field)
                                 : reflection.GetRepeatedUInt32(message, &field, index)};
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(single ? reflection.GetInt64(message, &field)
                                   : reflection.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(single ? reflection.GetUInt64(message, &field)
                                   : reflection.GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // The contracts have no floating point.
  }
  return "";
}

}  // namespace

std::string to_json(const Object& object) {
  std::string json = "{";
  for (const Field& field : object) {
    if (json.size() > 1) json += ",";
    json += quoted(field.name) + ":" + to_json(field.value);
  }
  return json + "}";
}

Object to_object(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  Object object;
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      object.push_back({field->name(), value_of(message, *field, -1)});
      continue;
    }
    List list;
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) list.push_back(value_of(message, *field, i));
    object.push_back({field->name(), std::move(list)});
  }
  return object;
}

}  // namespace nsl::client::cli
