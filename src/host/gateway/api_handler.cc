#include "host/gateway/api_handler.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "core/codec/ulid.h"
#include "core/rest/openapi.h"
#include "host/gateway/header_values.h"
#include "host/gateway/reply_writer.h"

namespace nsl::host::gateway {

using rest::Checked;
using rest::reject;
using Outcome = rest::RouteMatch::Outcome;

namespace {

// Every Connect path starts so; errors there have Connect's form even where no operation is.
constexpr std::string_view kConnectPrefix = "/nsl.v1.";

// The client chooses the method's text; only known ones become a label.
std::string_view method_label(std::string_view method) {
  for (const std::string_view known :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "other";
}

void put_max_age(HttpReply& reply, std::int64_t keep_ms) {
  reply.add_header("Cache-Control", "public, max-age=" + std::to_string(keep_ms / 1000));
}

// Only durations are measured with it; no decision depends on it.
std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

// One request from its first header to its log line.
struct ApiHandler::Exchange {
  HttpRequest http;
  std::shared_ptr<Responder> responder;
  MonotonicTime start;
  std::int64_t start_us = now_us();
  std::string request_id = {};
  // Empty: the client traces nothing.
  std::string traceparent = {};
  RequestTarget target = {};
  Style style = Style::rest;
  const rest::Route* route = nullptr;
  std::vector<std::string> path_values = {};
  // For log and metrics; never the path itself, whose names are the client's.
  std::string_view label = "unmatched";
  std::string allow = {};
  std::optional<RateLimiter::Verdict> quota = {};
  RequestBody body = {};
  // Set when the reply may come from and go to the cache.
  std::optional<ReplyCache::Key> cache_key = {};
  bool is_kept = false;
};

ApiHandler::ApiHandler(const GatewayOptions& options, rest::RouteTable routes, Parts parts)
    : routes_(std::move(routes)),
      link_(parts.link),
      clock_(parts.clock),
      random_(parts.random),
      cors_(options.cors_origins),
      pages_(rest::print_openapi(routes_, options.version), parts.link,
             {.is_store_healthy = options.is_store_healthy, .chain_trouble = options.chain_trouble},
             parts.metrics),
      limiter_(options.rate_per_minute, options.rate_clients_max),
      requests_(parts.metrics.counters("nsl_gateway_requests_total", "HTTP requests answered",
                                       {"route", "method", "status"})),
      durations_(parts.metrics.histograms("nsl_gateway_request_seconds",
                                          "Time from a parsed request to its reply", {"route"})),
      in_flight_(
          parts.metrics.gauges("nsl_gateway_requests_in_flight", "HTTP requests being served", {})
              .with({})),
      cache_hits_(parts.metrics
                      .counters("nsl_gateway_cache_hits_total",
                                "Public replies served again without the enclave", {})
                      .with({})),
      rate_policy_(fmt::format("\"default\";q={};w=60", options.rate_per_minute)) {
  for (const auto& route : routes_.routes()) {
    const std::string status = std::to_string(route->success_status());
    figures_.emplace(
        route.get(),
        RouteFigures{.successes = &requests_.with({route->path_template, route->verb, status}),
                     .durations = &durations_.with({route->path_template})});
  }
}

void ApiHandler::handle(HttpRequest request, std::shared_ptr<Responder> responder) {
  const auto exchange = std::make_shared<Exchange>(Exchange{.http = std::move(request),
                                                            .responder = std::move(responder),
                                                            .start = clock_.monotonic_time()});
  in_flight_.add(1);
  if (auto served = serve(exchange); !served.has_value()) fail(*exchange, served.error());
}

// The path of one request: what fails on the way becomes its reply.
Checked<void> ApiHandler::serve(const ExchangePointer& exchange) {
  identify(*exchange);
  NSL_TRY(exchange->target, parse_target(exchange->http.target));
  if (exchange->target.path.starts_with(kConnectPrefix)) exchange->style = Style::connect;
  NSL_TRY(std::optional<HttpReply> reply, answer_here(*exchange));
  if (reply.has_value()) {
    finish(*exchange, std::move(*reply));
    return {};
  }
  NSL_TRY_VOID(find_route(*exchange));
  NSL_TRY_VOID(take_quota(*exchange));
  NSL_TRY(exchange->body, read_body(exchange->http, {.route = *exchange->route,
                                                     .style = exchange->style,
                                                     .path_values = exchange->path_values,
                                                     .query = exchange->target.query}));
  if (answer_from_cache(*exchange)) return {};
  return ask_enclave(exchange);
}

void ApiHandler::identify(Exchange& exchange) {
  const std::string_view given = exchange.http.header("x-request-id");
  exchange.request_id = is_request_id(given) ? std::string(given)
                                             : codec::make_id("req", clock_.wall_time(), random_);
  exchange.traceparent =
      make_child_traceparent(exchange.http.header("traceparent"), random_).value_or("");
}

Checked<std::optional<HttpReply>> ApiHandler::answer_here(Exchange& exchange) const {
  const std::string& method = exchange.http.method;
  const std::string& path = exchange.target.path;
  if (auto page = pages_.answer(path)) {
    exchange.label = path == "/metrics"  ? "/metrics"
                     : path == "/readyz" ? "/readyz"
                     : path == "/livez"  ? "/livez"
                                         : "/openapi.json";
    if (method == "GET" || method == "HEAD") return page;
    exchange.allow = "GET, HEAD";
    return reject(Code::method_not_allowed, "This page is only read");
  }
  if (method != "OPTIONS") return std::nullopt;
  if (routes_.find_connect(path) != nullptr) {
    return cors_.preflight(exchange.http.header("origin"), "POST, OPTIONS");
  }
  const rest::RouteMatch match = routes_.match("OPTIONS", path);
  if (match.outcome != Outcome::other_methods) {
    return reject(Code::not_found, "There is nothing at this path");
  }
  return cors_.preflight(exchange.http.header("origin"), match.allow + ", OPTIONS");
}

Checked<void> ApiHandler::find_route(Exchange& exchange) const {
  if (exchange.style == Style::connect) {
    exchange.route = routes_.find_connect(exchange.target.path);
    if (exchange.route == nullptr) return reject(Code::unknown_operation, "No such operation");
    exchange.label = exchange.route->connect_path;
    if (exchange.http.method == "POST") return {};
    exchange.allow = "POST";
    return reject(Code::method_not_allowed, "Operations are called with POST");
  }
  rest::RouteMatch match = routes_.match(exchange.http.method, exchange.target.path);
  switch (match.outcome) {
    case Outcome::found:
      exchange.route = match.route;
      exchange.label = match.route->path_template;
      exchange.path_values = std::move(match.path_values);
      return {};
    case Outcome::other_methods:
      exchange.allow = std::move(match.allow);
      return reject(Code::method_not_allowed, fmt::format("This path takes {}", exchange.allow));
    case Outcome::malformed:
      return reject(Code::malformed_request, "The path has a broken percent escape");
    case Outcome::no_such_path:
      break;
  }
  return reject(Code::not_found, "There is nothing at this path");
}

Checked<void> ApiHandler::take_quota(Exchange& exchange) {
  if (!exchange.route->operation.scope().empty()) return {};
  exchange.quota = limiter_.take(exchange.http.client, exchange.start);
  if (exchange.quota->is_allowed) return {};
  return reject(Code::rate_limited, fmt::format("At most {} requests a minute without a credential",
                                                limiter_.per_minute()));
}

bool ApiHandler::answer_from_cache(Exchange& exchange) {
  const RequestBody& body = exchange.body;
  const bool is_public = exchange.route->operation.public_cache_ms() > 0;
  if (!is_public || body.form == Form::sealed) return false;
  exchange.cache_key = {.route = exchange.route, .form = body.form, .request = body.payload};
  const auto entry = cache_.find(*exchange.cache_key, exchange.start);
  if (!entry.has_value()) return false;
  cache_hits_.add();
  HttpReply reply;
  reply.content_type = body.form == Form::proto ? "application/proto" : "application/json";
  reply.body = entry->body;
  if (!entry->etag.empty()) reply.add_header("ETag", entry->etag);
  put_max_age(reply, entry->expires_at_ms - exchange.start.value());
  exchange.is_kept = true;
  finish(exchange, std::move(reply));
  return true;
}

Checked<void> ApiHandler::ask_enclave(const ExchangePointer& exchange) {
  RequestBody& body = exchange->body;
  NSL_TRY(internal::v1::Frame frame, make_frame(exchange->http, *exchange->route, body.form));
  NSL_TRY(const std::int64_t deadline_ms, read_deadline_ms(exchange->http, exchange->style));
  // A sealed request's own id binds the seal; without another one it is the better name.
  if (!body.sealed_request_id.empty() && exchange->http.header("x-request-id").empty()) {
    exchange->request_id = body.sealed_request_id;
  }
  frame.mutable_trace()->set_request_id(exchange->request_id);
  frame.mutable_trace()->set_traceparent(exchange->traceparent);
  frame.set_payload(std::move(body.payload));
  link_.request(
      std::move(frame), deadline_ms, [this, exchange](Result<internal::v1::Frame> response) {
        exchange->responder->post([this, exchange, response = std::move(response)]() mutable {
          complete(*exchange, std::move(response));
        });
      });
  return {};
}

void ApiHandler::complete(Exchange& exchange, Result<internal::v1::Frame> response) {
  if (!response.has_value()) return fail(exchange, response.error());
  auto reply = write_reply(*response, *exchange.route, exchange.style, exchange.body.form);
  if (!reply.has_value()) return fail(exchange, reply.error());
  if (exchange.cache_key.has_value()) keep_in_cache(exchange, response->etag(), *reply);
  finish(exchange, std::move(*reply));
}

void ApiHandler::keep_in_cache(Exchange& exchange, std::string_view etag, HttpReply& reply) {
  const MonotonicTime now = clock_.monotonic_time();
  const std::int64_t keep_ms = exchange.route->operation.public_cache_ms();
  cache_.put(*exchange.cache_key,
             {.body = reply.body, .etag = quote_etag(etag), .expires_at_ms = now.value() + keep_ms},
             now);
  put_max_age(reply, keep_ms);
  exchange.is_kept = true;
}

void ApiHandler::fail(Exchange& exchange, const rest::Rejection& rejection) {
  HttpReply reply = write_error(
      rejection,
      {.style = exchange.style,
       .request_id = exchange.request_id,
       .instance = exchange.target.path,
       .retry_after_seconds = exchange.quota.has_value()
                                  ? std::max<std::int64_t>(exchange.quota->retry_after_seconds, 1)
                                  : 1});
  if (!exchange.allow.empty()) reply.add_header("Allow", exchange.allow);
  finish(exchange, std::move(reply));
}

void ApiHandler::finish(Exchange& exchange, HttpReply reply) {
  reply.add_header("X-Request-Id", exchange.request_id);
  if (!exchange.traceparent.empty()) reply.add_header("Traceparent", exchange.traceparent);
  if (exchange.quota.has_value()) {
    reply.add_header("RateLimit-Policy", rate_policy_);
    std::string left = "\"default\";r=";
    left += std::to_string(exchange.quota->remaining);
    left += ";t=";
    left += std::to_string(exchange.quota->reset_seconds);
    reply.add_header("RateLimit", left);
  }
  if (!exchange.is_kept) reply.add_header("Cache-Control", "no-store");
  reply.add_header("X-Content-Type-Options", "nosniff");
  cors_.put_headers(exchange.http.header("origin"), reply);
  const std::int64_t duration_us = now_us() - exchange.start_us;
  const std::string_view method = method_label(exchange.http.method);
  count(exchange, method, reply.status, duration_us);
  log_info("gateway", "request",
           {{"request_id", exchange.request_id},
            {"method", method},
            {"route", exchange.label},
            {"status", reply.status},
            {"duration_us", duration_us}});
  in_flight_.add(-1);
  exchange.responder->send(std::move(reply));
}

void ApiHandler::count(const Exchange& exchange, std::string_view method, int status,
                       std::int64_t duration_us) {
  const rest::Route* route = exchange.route;
  if (route != nullptr && exchange.style == Style::rest && method == route->verb &&
      status == route->success_status()) {
    const RouteFigures& figures = figures_.at(route);
    figures.successes->add();
    figures.durations->observe_us(duration_us);
    return;
  }
  requests_.with({exchange.label, method, std::to_string(status)}).add();
  durations_.with({exchange.label}).observe_us(duration_us);
}

HttpReply ApiHandler::refuse(const Error& error) {
  const std::string request_id = codec::make_id("req", clock_.wall_time(), random_);
  const rest::Rejection rejection(error);
  HttpReply reply = write_error(rejection, {.request_id = request_id, .instance = ""});
  reply.add_header("X-Request-Id", request_id);
  reply.add_header("Cache-Control", "no-store");
  requests_.with({"unmatched", "other", std::to_string(reply.status)}).add();
  log_info("gateway", "refused",
           {{"request_id", request_id},
            {"status", reply.status},
            {"code", code_text(error.code())},
            {"detail", error.detail()}});
  return reply;
}

}  // namespace nsl::host::gateway
