// One scalar value into one field of a message; a repeated field gets one more element. Internal to
// this folder.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

namespace nsl::rest {

// What is wrong with a value, as the end of a sentence ("must be true or false"); nothing: it fits.
using Fault = std::optional<std::string>;

Fault set_scalar(const simdjson::dom::element& value,
                 const google::protobuf::FieldDescriptor& field,
                 google::protobuf::Message& message);

Fault set_scalar_text(std::string_view text, const google::protobuf::FieldDescriptor& field,
                      google::protobuf::Message& message);

}  // namespace nsl::rest
