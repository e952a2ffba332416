// ApiHandler answers one HTTP request after the other: request id and trace, route, rate limit,
// the frame to the enclave, the reply in the client's style, one log line and the figures. It reads
// top to bottom; only the answer of the enclave comes back on another thread.
//
// It never decides who may do what: credentials pass through to the enclave unread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/rest/route_table.h"
#include "host/gateway/cors.h"
#include "host/gateway/gateway.h"
#include "host/gateway/http_server.h"
#include "host/gateway/random_pool.h"
#include "host/gateway/rate_limiter.h"
#include "host/gateway/reply_cache.h"
#include "host/gateway/request_reader.h"
#include "host/gateway/system_pages.h"
#include "host/link/enclave_link.h"
#include "host/telemetry/metrics.h"

namespace nsl::host::gateway {

class ApiHandler final : public HttpHandler {
 public:
  struct Parts {
    link::EnclaveLink& link;
    telemetry::Metrics& metrics;
    const Clock& clock;
    Random& random;
  };

  ApiHandler(const GatewayOptions& options, rest::RouteTable routes, Parts parts);

  void handle(HttpRequest request, std::shared_ptr<Responder> responder) override;
  HttpReply refuse(const Error& error) override;
  void set_draining() { pages_.set_draining(); }

 private:
  struct Exchange;
  using ExchangePointer = std::shared_ptr<Exchange>;

  void identify(Exchange& exchange);
  // A reply, when the request needs no operation.
  rest::Checked<std::optional<HttpReply>> answer_here(Exchange& exchange) const;
  rest::Checked<void> find_route(Exchange& exchange) const;
  rest::Checked<void> take_quota(Exchange& exchange);
  rest::Checked<void> serve(const ExchangePointer& exchange);
  bool answer_from_cache(Exchange& exchange);
  rest::Checked<void> ask_enclave(const ExchangePointer& exchange);
  void complete(Exchange& exchange, Result<internal::v1::Frame> response);
  void keep_in_cache(Exchange& exchange, std::string_view etag, HttpReply& reply);
  void fail(Exchange& exchange, const rest::Rejection& rejection);
  void finish(Exchange& exchange, HttpReply reply);
  void count(const Exchange& exchange, std::string_view method, int status,
             std::int64_t duration_us);

  // The series of a route's ordinary outcome, looked up once.
  struct RouteFigures {
    telemetry::Counter* successes;
    telemetry::Histogram* durations;
  };

  const rest::RouteTable routes_;
  link::EnclaveLink& link_;
  const Clock& clock_;
  RandomPool random_;
  const Cors cors_;
  SystemPages pages_;
  RateLimiter limiter_;
  ReplyCache cache_;
  telemetry::Family<telemetry::Counter>& requests_;
  telemetry::Family<telemetry::Histogram>& durations_;
  telemetry::Gauge& in_flight_;
  telemetry::Counter& cache_hits_;
  const std::string rate_policy_;
  std::unordered_map<const rest::Route*, RouteFigures> figures_;
};

}  // namespace nsl::host::gateway
