// JSON text, path and query values into proto messages. The text must be RFC 8259 JSON to the
// letter (simdjson checks it): no duplicate member, no comment, no single quote, valid UTF-8,
// nesting up to limits::kJsonDepthMax. Fields go by their declared name, enum values by name,
// 64-bit numbers as decimal text or numbers, bytes as base64. null means absent.
//
// Every refused field is named by its JSON pointer, an unknown one with the nearest known name.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "core/rest/rejection.h"

namespace nsl::rest {

// Which names of a field count: the Connect protocol's clients send lowerCamelCase.
enum class FieldNames : std::uint8_t { declared, declared_or_camel_case };

// `message` is filled from the object in `text`; on failure its content is unspecified.
Checked<void> read_json(std::string_view text, FieldNames names,
                        google::protobuf::Message& message);

// Only the strict check, for JSON that is passed on byte for byte. Numbers beyond 64 bits that are
// no finite double are refused too.
Checked<void> check_json(std::string_view text);

// One scalar from a path or a query. A repeated field gets one more element.
Checked<void> set_from_text(std::string_view text, const google::protobuf::FieldDescriptor& field,
                            google::protobuf::Message& message);

// "no such field" with the nearest name of `type`'s fields where one is near.
std::string unknown_field_message(std::string_view name, const google::protobuf::Descriptor& type);

}  // namespace nsl::rest
