#include "host/gateway/reply_writer.h"

#include <google/protobuf/message.h>
#include <google/protobuf/reflection.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/limits.h"
#include "core/rest/json_printer.h"
#include "core/rest/problem.h"
#include "host/gateway/connect_error.h"
#include "nsl/v1/hook.pb.h"

namespace nsl::host::gateway {
namespace {

using google::protobuf::Message;
using rest::Checked;
using rest::reject;

rest::Rejection to_rejection(const internal::v1::FrameError& error) {
  rest::Rejection rejection(code_from_text(error.code()), error.message());
  for (const auto& violation : error.violations()) {
    if (rejection.violations.size() == static_cast<std::size_t>(limits::kViolationsMax)) break;
    rejection.violations.push_back({violation.pointer(), violation.message()});
  }
  return rejection;
}

Checked<std::unique_ptr<Message>> parse_reply(const internal::v1::Frame& frame,
                                              const rest::Route& route) {
  const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(
      route.method->output_type());
  std::unique_ptr<Message> message(prototype->New());
  if (!message->ParseFromString(frame.payload())) {
    return reject(Code::malformed_frame, "The enclave's reply is malformed");
  }
  return message;
}

// TRUST: what a function answers is the function's. A browser that is shown it runs nothing of it
// under our origin, and a header that would break the reply is left out.
bool is_header_value(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7f'; });
}

HttpReply write_exchange(const Message& message, const rest::Route& route) {
  const auto& reflection = *message.GetReflection();
  HttpReply reply;
  reply.status = static_cast<int>(reflection.GetUInt32(message, route.exchange.reply_status));
  constexpr int kStatusMin = 200;
  constexpr int kStatusMax = 599;
  if (reply.status < kStatusMin || reply.status > kStatusMax) reply.status = 502;
  for (const v1::HttpHeader& header :
       reflection.GetRepeatedFieldRef<v1::HttpHeader>(message, route.exchange.reply_headers)) {
    if (!is_header_value(header.name()) || !is_header_value(header.value())) continue;
    if (header.name() == "content-type") {
      reply.made_content_type = make_body(header.value());
      reply.content_type = *reply.made_content_type;
    } else {
      reply.add_header(header.name(), header.value());
    }
  }
  reply.add_header("Content-Security-Policy", "default-src 'none'; sandbox");
  reply.body = make_body(reflection.GetString(message, route.raw_reply));
  return reply;
}

Checked<HttpReply> write_plain(const internal::v1::Frame& frame, const rest::Route& route,
                               Style style, Form form) {
  HttpReply reply;
  reply.status = style == Style::rest ? route.success_status() : 200;
  if (form == Form::proto) {
    reply.content_type = "application/proto";
    reply.body = make_body(frame.payload());
    return reply;
  }
  NSL_TRY(const std::unique_ptr<Message> message, parse_reply(frame, route));
  if (style == Style::rest && route.is_exchange()) return write_exchange(*message, route);
  if (style == Style::rest && route.raw_reply != nullptr) {
    const std::string& type = route.operation.raw_reply_type();
    reply.content_type = type.empty() ? std::string_view("application/json") : type;
    reply.body = make_body(message->GetReflection()->GetString(*message, route.raw_reply));
    return reply;
  }
  NSL_TRY(std::string text, rest::print_json(*message));
  reply.content_type = "application/json";
  if (reply.status != 204) reply.body = make_body(std::move(text));
  return reply;
}

}  // namespace

std::string quote_etag(std::string_view etag) {
  const bool is_clean =
      std::ranges::all_of(etag, [](char c) { return c > ' ' && c < '\x7f' && c != '"'; });
  return etag.empty() || !is_clean ? std::string() : "\"" + std::string(etag) + "\"";
}

Checked<HttpReply> write_reply(const internal::v1::Frame& frame, const rest::Route& route,
                               Style style, Form form) {
  if (frame.has_error()) return std::unexpected(to_rejection(frame.error()));
  if (frame.sealed() != (form == Form::sealed)) {
    return reject(Code::malformed_frame, "The enclave's reply has another form than the request");
  }
  HttpReply reply;
  if (form == Form::sealed) {
    reply.content_type = "application/nsl-sealed";
    reply.body = make_body(frame.payload());
    return reply;
  }
  NSL_TRY(reply, write_plain(frame, route, style, form));
  if (const std::string etag = quote_etag(frame.etag()); !etag.empty()) {
    reply.add_header("ETag", etag);
  }
  return reply;
}

HttpReply write_error(const rest::Rejection& rejection, const ErrorContext& context) {
  const v1::Problem problem = rest::make_problem(rejection, context.request_id, context.instance);
  HttpReply reply;
  reply.status = static_cast<int>(problem.status());
  if (context.style == Style::connect) {
    const ConnectCode code = to_connect_code(rejection.code);
    reply.status = code.http_status;
    reply.content_type = "application/json";
    reply.body = make_body(print_connect_error(code, problem));
  } else {
    reply.content_type = "application/problem+json";
    // Fails only for text that is not UTF-8, which a problem of ours never holds.
    reply.body = make_body(rest::print_json(problem).value_or("{}"));
  }
  if (reply.status == 401) reply.add_header("WWW-Authenticate", "Bearer");
  if (code_is_retryable(rejection.code) || reply.status == 429 || reply.status == 503) {
    reply.add_header("Retry-After", context.retry_after_seconds);
  }
  return reply;
}

}  // namespace nsl::host::gateway
