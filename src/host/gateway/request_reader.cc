#include "host/gateway/request_reader.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <google/protobuf/reflection.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "core/base/assert.h"
#include "core/rest/json_reader.h"
#include "core/rest/uri.h"
#include "host/gateway/header_values.h"
#include "nsl/v1/hook.pb.h"
#include "nsl/v1/sealed.pb.h"

namespace nsl::host::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using rest::Checked;
using rest::reject;
using rest::reject_field;

constexpr std::string_view kSealedType = "application/nsl-sealed";

std::unique_ptr<Message> make_message(const google::protobuf::Descriptor& type) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  NSL_ASSERT(prototype != nullptr);
  return std::unique_ptr<Message>(prototype->New());
}

Checked<Form> read_form(const HttpRequest& http, const RoutedRequest& routed) {
  const std::string_view encoding = http.header("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return reject(Code::unsupported_media_type, "Compressed bodies are not supported");
  }
  const std::string_view declared = http.header("content-type");
  const std::string type = parse_media_type(declared);
  // Whatever a sender outside posts is bytes to us.
  if (routed.route.is_exchange() && routed.style == Style::rest) return Form::json;
  const bool takes_body = routed.style == Style::connect || routed.route.has_body();
  if (!takes_body) {
    if (http.body.empty() && type != kSealedType) return Form::json;
    return reject(Code::malformed_request,
                  fmt::format("This method takes no body; sealed requests go to POST {}",
                              routed.route.connect_path));
  }
  if (type == kSealedType) return Form::sealed;
  if (type == "application/json") return Form::json;
  if (routed.style == Style::connect && type == "application/proto") return Form::proto;
  if (routed.style == Style::rest && declared.empty() && http.body.empty()) return Form::json;
  return reject(Code::unsupported_media_type,
                routed.style == Style::rest
                    ? "The body must be application/json or application/nsl-sealed"
                    : "The body must be application/json, application/proto or "
                      "application/nsl-sealed");
}

// The path wins over nothing: a body that says otherwise is a mistake worth naming.
Checked<void> put_path_values(const RoutedRequest& routed, Message& message) {
  const auto& fields = routed.route.path_fields;
  NSL_ASSERT(fields.size() == routed.path_values.size());
  const auto& reflection = *message.GetReflection();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const FieldDescriptor& field = *fields[i];
    const std::string& value = routed.path_values[i];
    if (reflection.HasField(message, &field)) {
      const bool is_same = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                           reflection.GetString(message, &field) == value;
      if (!is_same) {
        return reject_field(Code::invalid_argument, rest::pointer_step(field.name()),
                            "differs from the value in the path");
      }
    }
    NSL_TRY_VOID(rest::set_from_text(value, field, message));
  }
  return {};
}

Checked<void> put_query(const RoutedRequest& routed, Message& message) {
  NSL_TRY(const rest::QueryParameters parameters, rest::parse_query(routed.query));
  const rest::Route& route = routed.route;
  const auto& type = *message.GetDescriptor();
  const bool takes_query = !route.has_body() || route.raw_body != nullptr;
  std::set<const FieldDescriptor*> seen;
  for (const auto& [name, value] : parameters) {
    const FieldDescriptor* field = type.FindFieldByName(name);
    const bool is_elsewhere =
        field == route.raw_body ||
        std::ranges::find(route.path_fields, field) != route.path_fields.end();
    if (!takes_query || field == nullptr || is_elsewhere) {
      const std::string what = takes_query ? rest::unknown_field_message(name, type)
                                           : "belongs into the body, not into the query";
      return reject_field(Code::unknown_field, rest::pointer_step(name), what);
    }
    if (!field->is_repeated() && !seen.insert(field).second) {
      return reject_field(Code::invalid_argument, rest::pointer_step(name), "is given twice");
    }
    NSL_TRY_VOID(rest::set_from_text(value, *field, message));
  }
  return {};
}

// Headers that are between client and gateway, or a credential of a service that is not ours.
bool is_passed_on(std::string_view name) {
  constexpr std::string_view kHeld[] = {
      "authorization",     "connection", "cookie", "host", "proxy-authorization", "te",
      "transfer-encoding", "upgrade"};
  return std::ranges::find(kHeld, name) == std::end(kHeld);
}

void put_exchange(const HttpRequest& http, const rest::Route& route, Message& message) {
  const auto headers = message.GetReflection()->GetMutableRepeatedFieldRef<v1::HttpHeader>(
      &message, route.exchange.request_headers);
  for (std::size_t i = 0; i < http.headers.size(); ++i) {
    const auto [name, value] = http.headers.at(i);
    if (!is_passed_on(name)) continue;
    v1::HttpHeader header;
    header.set_name(std::string(name));
    header.set_value(std::string(value));
    headers.Add(header);
  }
}

// The binary request message of a plain REST request.
Checked<std::string> read_rest(const HttpRequest& http, const RoutedRequest& routed) {
  const rest::Route& route = routed.route;
  // A request without any value is the empty message.
  if (http.body.empty() && routed.query.empty() && routed.path_values.empty()) {
    return std::string();
  }
  const auto message = make_message(*route.method->input_type());
  if (route.is_exchange()) put_exchange(http, route, *message);
  if (route.raw_body != nullptr) {
    if (!http.body.empty() && !route.is_exchange()) NSL_TRY_VOID(rest::check_json(http.body));
    message->GetReflection()->SetString(message.get(), route.raw_body, http.body);
  } else if (!http.body.empty()) {
    NSL_TRY_VOID(rest::read_json(http.body, rest::FieldNames::declared, *message));
  }
  NSL_TRY_VOID(put_query(routed, *message));
  NSL_TRY_VOID(put_path_values(routed, *message));
  return message->SerializeAsString();
}

Checked<std::string> read_connect(const HttpRequest& http, const RoutedRequest& routed, Form form) {
  const auto message = make_message(*routed.route.method->input_type());
  if (form == Form::json) {
    NSL_TRY_VOID(rest::read_json(http.body, rest::FieldNames::declared_or_camel_case, *message));
  } else if (!message->ParseFromString(http.body)) {
    return reject(Code::malformed_request, "The body is not the binary request message");
  }
  // Printed again from what was understood: nothing unknown passes.
  message->DiscardUnknownFields();
  return message->SerializeAsString();
}

Checked<RequestBody> look_at_seal(const HttpRequest& http, const rest::Route& route) {
  v1::SealedRequest sealed;
  if (!sealed.ParseFromString(http.body)) {
    return reject(Code::seal_invalid, "The body is no sealed request");
  }
  if (sealed.operation() != route.full_name()) {
    return reject(Code::seal_invalid, "The body is sealed for another operation");
  }
  RequestBody body{.form = Form::sealed, .payload = http.body};
  if (is_request_id(sealed.request_id())) body.sealed_request_id = sealed.request_id();
  return body;
}

// What travels outside the seal in plain requests.
Checked<void> read_headers(const HttpRequest& http, const rest::Route& route,
                           internal::v1::Frame& frame) {
  NSL_TRY(*frame.mutable_credential(), parse_authorization(http.header("authorization")));
  NSL_TRY(*frame.mutable_idempotency_key(), parse_idempotency_key(http.header("idempotency-key")));
  NSL_TRY(*frame.mutable_if_match(), parse_if_match(http.header("if-match")));
  if (route.operation.idempotency() == v1::Operation::KEY_REQUIRED &&
      frame.idempotency_key().empty()) {
    return reject(Code::idempotency_key_required,
                  "This operation spends GAS: give an Idempotency-Key");
  }
  return {};
}

}  // namespace

Result<RequestTarget> parse_target(std::string_view target) {
  if (const std::size_t scheme = target.find("://");
      !target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(scheme + 3);
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
  }
  const std::size_t query = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, query);
  // RFC 3986 pchar, "/" and "%"; visible ASCII is near enough, what is left matches no route.
  const bool is_clean =
      std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  if (!path.starts_with('/') || !is_clean) {
    return fail(Code::malformed_request, "The request target is malformed");
  }
  return RequestTarget{.path = std::string(path),
                       .query = std::string(target.substr(std::min(query + 1, target.size())))};
}

Checked<RequestBody> read_body(const HttpRequest& http, const RoutedRequest& routed) {
  NSL_TRY(const Form form, read_form(http, routed));
  if (form == Form::sealed) return look_at_seal(http, routed.route);
  RequestBody body{.form = form};
  if (routed.style == Style::rest) {
    NSL_TRY(body.payload, read_rest(http, routed));
  } else {
    NSL_TRY(body.payload, read_connect(http, routed, form));
  }
  return body;
}

Checked<internal::v1::Frame> make_frame(const HttpRequest& http, const rest::Route& route,
                                        Form form) {
  internal::v1::Frame frame;
  frame.set_kind(internal::v1::Frame::REQUEST);
  frame.set_service_type(route.method->service()->full_name());
  frame.set_operation(route.method->name());
  frame.set_sealed(form == Form::sealed);
  // Of an exchange they are the sender's words to the function.
  const bool speaks_to_us = form != Form::sealed && !route.is_exchange();
  if (speaks_to_us) NSL_TRY_VOID(read_headers(http, route, frame));
  return frame;
}

Checked<std::int64_t> read_deadline_ms(const HttpRequest& http, Style style) {
  if (style == Style::rest) return parse_prefer_wait(http.header("prefer"));
  const std::string_view version = http.header("connect-protocol-version");
  if (!version.empty() && version != "1") {
    return reject(Code::malformed_request, "Connect-Protocol-Version must be 1");
  }
  NSL_TRY(const std::int64_t deadline_ms, parse_connect_timeout(http.header("connect-timeout-ms")));
  return deadline_ms;
}

}  // namespace nsl::host::gateway
