#include "core/rest/openapi.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>

#include "core/base/limits.h"
#include "core/rest/json_writer.h"
#include "core/rest/openapi_schema.h"

namespace nsl::rest {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::string_view kDescription =
    "Serverless functions for Neo N3 whose secrets, keys and decisions stay in an attested "
    "enclave. Operations with x-nsl-seal \"required\" are sent sealed to the attested key, as "
    "application/nsl-sealed to the path in x-nsl-connect, unless the account accepts plain "
    "requests; those with \"always\" in any case. Every operation is also served over the Connect "
    "protocol at that path.";

std::string_view seal_text(v1::Operation::Seal seal) {
  if (seal == v1::Operation::ALWAYS) return "always";
  return seal == v1::Operation::REQUIRED ? "required" : "optional";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "nsl.v1.SecretService" -> "Secret"
std::string tag_of(const Route& route) {
  std::string name = route.method->service()->name();
  constexpr std::string_view kSuffix = "Service";
  if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
  return name;
}

bool is_in_path(const Route& route, const FieldDescriptor& field) {
  return std::ranges::find(route.path_fields, &field) != route.path_fields.end();
}

// A field that travels in the query: everything outside the path when no message is in the body.
bool is_in_query(const Route& route, const FieldDescriptor& field) {
  const bool body_is_message = route.has_body() && route.raw_body == nullptr;
  return !body_is_message && !is_in_path(route, field) && &field != route.raw_body &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
}

void write_parameter(JsonWriter& out, const FieldDescriptor& field, std::string_view place) {
  out.begin_object().member("name", field.name()).member("in", place);
  if (place == "path") out.key("required").flag(true);
  out.key("schema");
  write_field_schema(out, field);
  out.end_object();
}

void write_header(JsonWriter& out, std::string_view name, bool is_required,
                  std::int64_t bytes_max) {
  out.begin_object().member("name", name).member("in", "header");
  if (is_required) out.key("required").flag(true);
  out.key("schema").begin_object().member("type", "string").member("maxLength", bytes_max);
  out.end_object().end_object();
}

void write_parameters(JsonWriter& out, const Route& route) {
  out.key("parameters").begin_array();
  for (const FieldDescriptor* field : route.path_fields) write_parameter(out, *field, "path");
  const auto& request = *route.method->input_type();
  for (int i = 0; i < request.field_count(); ++i) {
    if (is_in_query(route, *request.field(i))) write_parameter(out, *request.field(i), "query");
  }
  const auto idempotency = route.operation.idempotency();
  if (idempotency != v1::Operation::NATURAL) {
    write_header(out, "Idempotency-Key", idempotency == v1::Operation::KEY_REQUIRED,
                 limits::kIdempotencyKeyBytesMax);
  }
  if (route.verb == "PUT" || route.verb == "PATCH" || route.verb == "DELETE") {
    write_header(out, "If-Match", false, limits::kEntityTagBytesMax);
  }
  out.end_array();
}

void write_request_body(JsonWriter& out, const Route& route) {
  out.key("requestBody").begin_object().key("content").begin_object();
  if (route.is_exchange()) {
    out.key("*/*").begin_object().key("schema").begin_object().end_object().end_object();
    out.end_object().end_object();
    return;
  }
  out.key("application/json").begin_object().key("schema");
  if (route.raw_body != nullptr) {
    out.begin_object().end_object();  // Any JSON.
  } else {
    write_message_schema(out, *route.method->input_type(), route.path_fields);
  }
  out.end_object();
  out.key("application/nsl-sealed").begin_object();
  out.key("schema").begin_object().end_object().end_object();
  out.end_object().end_object();
}

void write_responses(JsonWriter& out, const Route& route) {
  out.key("responses").begin_object();
  out.key(std::to_string(route.success_status())).begin_object();
  out.member("description", "Success");
  out.key("headers").begin_object();
  for (const std::string_view name : {"X-Request-Id", "ETag"}) {
    out.key(name).begin_object().key("schema").begin_object().member("type", "string");
    out.end_object().end_object();
  }
  out.end_object();
  out.key("content").begin_object();
  if (route.raw_reply != nullptr) {
    const std::string& type = route.operation.raw_reply_type();
    out.key(type.empty() ? "application/json" : type).begin_object();
    out.key("schema").begin_object().end_object().end_object();
  } else {
    out.key("application/json").begin_object().key("schema");
    write_reference(out, *route.method->output_type());
    out.end_object();
  }
  out.end_object().end_object();
  out.key("default").begin_object().member("$ref", "#/components/responses/Problem").end_object();
  out.end_object();
}

void write_operation(JsonWriter& out, const Route& route) {
  const v1::Operation& operation = route.operation;
  out.key(lower(route.verb)).begin_object();
  out.member("operationId", route.method->service()->name() + "_" + route.method->name());
  out.member("summary", operation.summary());
  out.key("tags").begin_array().value(tag_of(route)).end_array();
  out.key("security").begin_array();
  if (!operation.scope().empty()) {
    out.begin_object().key("bearer").begin_array().value(operation.scope()).end_array();
    out.end_object();
  }
  out.end_array();
  write_parameters(out, route);
  if (route.has_body()) write_request_body(out, route);
  write_responses(out, route);
  out.member("x-nsl-scope", operation.scope());
  out.member("x-nsl-seal", seal_text(operation.seal()));
  out.key("x-nsl-audited").flag(operation.audited());
  out.member("x-nsl-connect", route.connect_path);
  out.end_object();
}

void write_paths(JsonWriter& out, const RouteTable& table) {
  std::map<std::string, std::vector<const Route*>> paths;
  for (const auto& route : table.routes()) paths[route->path_template].push_back(route.get());
  out.key("paths").begin_object();
  for (const auto& [path, routes] : paths) {
    out.key(path).begin_object();
    for (const Route* route : routes) write_operation(out, *route);
    out.end_object();
  }
  out.end_object();
}

void write_components(JsonWriter& out, const RouteTable& table) {
  out.key("components").begin_object();
  out.key("securitySchemes").begin_object().key("bearer").begin_object();
  out.member("type", "http").member("scheme", "bearer").end_object().end_object();
  out.key("responses").begin_object().key("Problem").begin_object();
  out.member("description", "The request failed (RFC 9457)");
  out.key("content").begin_object().key("application/problem+json").begin_object();
  out.key("schema").begin_object().member("$ref", "#/components/schemas/Problem").end_object();
  out.end_object().end_object().end_object().end_object();
  write_schemas(out, table);
  out.end_object();
}

}  // namespace

std::string print_openapi(const RouteTable& table, std::string_view version) {
  JsonWriter out;
  out.begin_object().member("openapi", "3.1.0");
  out.key("info").begin_object().member("title", "Neo Service Layer");
  out.member("version", version).member("description", kDescription);
  out.key("license").begin_object().member("name", "Apache-2.0");
  out.member("identifier", "Apache-2.0").end_object().end_object();
  out.key("servers").begin_array().begin_object().member("url", "/").end_object().end_array();
  write_paths(out, table);
  write_components(out, table);
  out.end_object();
  return out.text();
}

}  // namespace nsl::rest
