// HttpServer speaks HTTP/1.1 on a loopback port: Beast's parser over one event loop on each of a
// few threads that share nothing. A connection lives on one thread; one request of it is served at
// a time, the rest waits in the socket. Everything the peer controls is bounded by HttpLimits:
// bytes of header and body, connections, and the time a connection may be idle or slow (one coarse
// timer per thread looks after all of its connections).
//
// It knows nothing of operations: a HttpHandler answers each request, from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "host/gateway/http_message.h"

namespace nsl::host::gateway {

struct HttpLimits {
  std::int64_t body_bytes_max = limits::kHttpBodyBytesMax;
  std::int64_t header_bytes_max = limits::kHttpHeaderBytesMax;
  std::int64_t connections_max = limits::kHttpConnectionsMax;
  std::int64_t idle_ms_max = limits::kHttpIdleMsMax;
  std::int64_t drain_ms_max = limits::kDrainMsMax;
  // Between two looks at the connections of a thread.
  std::int64_t tick_ms = 1000;
};

// Where the answer to one request goes.
class Responder {
 public:
  virtual ~Responder() = default;
  // Exactly once, from any thread.
  virtual void send(HttpReply reply) = 0;
  // Runs `work` on the connection's own thread.
  virtual void post(std::function<void()> work) = 0;
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(HttpRequest request, std::shared_ptr<Responder> responder) = 0;
  // The reply to bytes that are no acceptable request; the connection closes after it.
  virtual HttpReply refuse(const Error& error) = 0;
};

class HttpServer final {
 public:
  HttpServer(HttpLimits limits, HttpHandler& handler, const Clock& clock);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens on 127.0.0.1; port 0 takes a free one. The port is the result.
  Result<std::uint16_t> start(std::uint16_t port, int thread_count);
  // Accepts nothing more, lets requests in flight end (at most limits.drain_ms_max), joins.
  void drain_and_stop();
  std::int64_t open_connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nsl::host::gateway
