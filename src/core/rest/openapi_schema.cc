#include "core/rest/openapi_schema.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "core/base/result.h"
#include "nsl/v1/all_files.h"
#include "nsl/v1/common.pb.h"
#include "nsl/v1/options.pb.h"

namespace nsl::rest {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kCodes[] = {
#define NSL_CODE_TEXT(name, text, http, retryable, title) text,
    NSL_ERROR_CODE_TABLE(NSL_CODE_TEXT)
#undef NSL_CODE_TEXT
};

// "nsl.v1.Run.Status" -> "Run.Status": unique within the package.
std::string schema_name(const Descriptor& message) {
  const std::string& package = message.file()->package();
  return message.full_name().substr(package.empty() ? 0 : package.size() + 1);
}

void write_enum(JsonWriter& out, const FieldDescriptor& field) {
  out.member("type", "string").key("enum").begin_array();
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    out.value(field.enum_type()->value(i)->name());
  }
  out.end_array();
}

void write_integer(JsonWriter& out, std::int64_t minimum, std::int64_t maximum) {
  out.member("type", "integer").member("minimum", minimum).member("maximum", maximum);
}

// The members of the schema of one value.
void write_value(JsonWriter& out, const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      out.member("type", "string");
      if (field.type() == FieldDescriptor::TYPE_BYTES) out.member("contentEncoding", "base64");
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      write_enum(out, field);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      write_integer(out, std::numeric_limits<std::int32_t>::min(),
                    std::numeric_limits<std::int32_t>::max());
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      write_integer(out, 0, std::numeric_limits<std::uint32_t>::max());
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      out.member("type", "string").member("pattern", "^-?[0-9]+$");
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      out.member("type", "string").member("pattern", "^[0-9]+$");
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out.member("type", "boolean");
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      out.member("type", "number");
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      out.member("$ref", "#/components/schemas/" + schema_name(*field.message_type()));
      break;
  }
}

void write_rule(JsonWriter& out, const FieldDescriptor& field) {
  const std::string_view comment = v1::comment_of(field.full_name());
  if (!comment.empty()) out.member("description", comment);
  if (field.options().GetExtension(v1::rule).secret()) out.key("x-nsl-secret").flag(true);
}

using Messages = std::map<std::string, const Descriptor*>;

void collect(const Descriptor& message, Messages& messages);

void collect_fields(const Descriptor& message, Messages& messages) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const Descriptor* type = field.message_type();
    if (field.is_map()) type = type->map_value()->message_type();
    if (type != nullptr) collect(*type, messages);
  }
}

void collect(const Descriptor& message, Messages& messages) {
  if (!messages.emplace(schema_name(message), &message).second) return;
  collect_fields(message, messages);
}

// The problem's schema with every code of the product.
void write_problem_schema(JsonWriter& out) {
  const Descriptor& problem = *v1::Problem::descriptor();
  const FieldDescriptor* code = problem.FindFieldByName("code");
  out.begin_object().member("type", "object").key("properties").begin_object();
  for (int i = 0; i < problem.field_count(); ++i) {
    out.key(problem.field(i)->name());
    if (problem.field(i) != code) {
      write_field_schema(out, *problem.field(i));
      continue;
    }
    out.begin_object().member("type", "string").key("enum").begin_array();
    for (const std::string_view text : kCodes) out.value(text);
    out.end_array().end_object();
  }
  out.end_object().end_object();
}

}  // namespace

void write_field_schema(JsonWriter& out, const FieldDescriptor& field) {
  out.begin_object();
  if (field.is_map()) {
    out.member("type", "object").key("additionalProperties").begin_object();
    write_value(out, *field.message_type()->map_value());
    out.end_object();
  } else if (field.is_repeated()) {
    out.member("type", "array").key("items").begin_object();
    write_value(out, field);
    out.end_object();
  } else {
    write_value(out, field);
  }
  write_rule(out, field);
  out.end_object();
}

void write_reference(JsonWriter& out, const Descriptor& message) {
  out.begin_object().member("$ref", "#/components/schemas/" + schema_name(message)).end_object();
}

void write_message_schema(JsonWriter& out, const Descriptor& message,
                          const std::vector<const FieldDescriptor*>& left_out) {
  out.begin_object().member("type", "object");
  const std::string_view comment = v1::comment_of(message.full_name());
  if (!comment.empty()) out.member("description", comment);
  out.key("properties").begin_object();
  for (int i = 0; i < message.field_count(); ++i) {
    if (std::ranges::find(left_out, message.field(i)) != left_out.end()) continue;
    out.key(message.field(i)->name());
    write_field_schema(out, *message.field(i));
  }
  out.end_object().key("additionalProperties").flag(false).end_object();
}

void write_schemas(JsonWriter& out, const RouteTable& table) {
  Messages messages;
  for (const auto& route : table.routes()) {
    collect_fields(*route->method->input_type(), messages);
    if (route->raw_reply == nullptr) collect(*route->method->output_type(), messages);
  }
  collect(*v1::Problem::descriptor(), messages);
  out.key("schemas").begin_object();
  for (const auto& [name, message] : messages) {
    out.key(name);
    if (message == v1::Problem::descriptor()) {
      write_problem_schema(out);
    } else {
      write_message_schema(out, *message, {});
    }
  }
  out.end_object();
}

}  // namespace nsl::rest
