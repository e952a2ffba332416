// A proto message as JSON text: field names as declared, defaults printed, 64-bit numbers as text,
// enums by name, bytes as base64.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "core/base/result.h"

namespace nsl::rest {

// Fails only for text fields that are not UTF-8.
Result<std::string> print_json(const google::protobuf::Message& message);

}  // namespace nsl::rest
