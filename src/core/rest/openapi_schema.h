// JSON Schemas (2020-12) of proto messages, as OpenAPI 3.1 uses them. Internal to this folder.
#pragma once

#include <google/protobuf/descriptor.h>

#include <vector>

#include "core/rest/json_writer.h"
#include "core/rest/route_table.h"

namespace nsl::rest {

void write_field_schema(JsonWriter& out, const google::protobuf::FieldDescriptor& field);

// {"$ref": "#/components/schemas/Wallet"}
void write_reference(JsonWriter& out, const google::protobuf::Descriptor& message);

// The message's own schema without the fields in `left_out`.
void write_message_schema(JsonWriter& out, const google::protobuf::Descriptor& message,
                          const std::vector<const google::protobuf::FieldDescriptor*>& left_out);

// "schemas": every message a request or reply of the table refers to, and the problem.
void write_schemas(JsonWriter& out, const RouteTable& table);

}  // namespace nsl::rest
