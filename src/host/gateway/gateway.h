// Gateway is the service's one entry: REST/JSON and the Connect protocol over HTTP/1.1, described
// by /openapi.json, all from the operations declared in api/nsl/v1. It is untrusted: it bounds,
// routes, translates and counts, and passes credentials and sealed bodies on unread.
//
// It promises one reply per request, with a request id, within the deadline; and that everything a
// client controls (bytes, time, connections, names) has a bound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "host/gateway/http_server.h"
#include "host/link/enclave_link.h"
#include "host/telemetry/metrics.h"

namespace nsl::host::gateway {

struct GatewayOptions {
  // On 127.0.0.1; 0 takes a free port.
  std::uint16_t port = 0;
  int thread_count = 2;
  HttpLimits http = {};
  // Requests per minute and client address on operations that need no credential.
  std::int64_t rate_per_minute = limits::kRateUnauthenticatedPerMinute;
  std::int64_t rate_clients_max = limits::kRateClientsMax;
  // Origins that browsers may call from; none by default.
  std::vector<std::string> cors_origins = {};
  // Asked by /readyz; must not block. Empty: always healthy.
  std::function<bool()> is_store_healthy = {};
  // Asked by /readyz; must not block. What is wrong with the Neo nodes; empty: nothing is.
  std::function<std::optional<Code>()> chain_trouble = {};
  // The release, shown in the OpenAPI document.
  std::string version = "0.1.0";
};

class Gateway final {
 public:
  Gateway(GatewayOptions options, link::EnclaveLink& link, telemetry::Metrics& metrics,
          const Clock& clock, Random& random);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Fails when the port is taken or an operation is declared wrongly. The port is the result.
  Result<std::uint16_t> start();
  // Accepts nothing more, ends what is in flight (at most http.drain_ms_max), joins the threads.
  void drain_and_stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What `nsl-host --print-openapi` prints and /openapi.json serves.
Result<std::string> print_openapi(std::string_view version);

}  // namespace nsl::host::gateway
