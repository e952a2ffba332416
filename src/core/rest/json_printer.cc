#include "core/rest/json_printer.h"

#include <google/protobuf/util/json_util.h>

namespace nsl::rest {

Result<std::string> print_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    return fail(Code::internal, "The reply cannot be printed as JSON", status.ToString());
  }
  return text;
}

}  // namespace nsl::rest
