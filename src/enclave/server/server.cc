#include "enclave/server/server.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "enclave/server/connection.h"

namespace nsl::enclave::server {
namespace {

// Answers, outcalls and their cancels all fit; only refusals to a host that never reads overflow.
std::size_t frames_queued_max(const Server::Options& options) {
  constexpr std::size_t kRefusalsQueuedMax = 256;
  return options.requests_in_flight_max + 2 * options.outcalls_in_flight_max + kRefusalsQueuedMax;
}

// The requests of a connection, and those of the one before that are not dropped yet.
std::size_t tasks_queued_max(const Server::Options& options) {
  return 2 * options.requests_in_flight_max;
}

}  // namespace

Server::Server(Options options, RequestHandler& handler, HostTransport& host, const Clock& clock)
    : options_(options),
      handler_(handler),
      host_(host),
      clock_(clock),
      workers_(options.workers, tasks_queued_max(options), options.working_max),
      host_workers_(options.host_workers, tasks_queued_max(options)) {}

Server::~Server() { stop(); }

Result<void> Server::listen(const wire::Endpoint& endpoint) {
  NSL_TRY(listener_, stream::listen_on(endpoint));
  log_info("server", "listening", {{"endpoint", wire::to_text(endpoint)}});
  return {};
}

Result<void> Server::run() {
  NSL_ASSERT(listener_.is_open());
  Result<void> served = serve_connections();
  workers_.drain();
  host_workers_.drain();
  return served;
}

Result<void> Server::serve_connections() {
  for (;;) {
    auto descriptor = stream::accept_from(listener_, stop_waker_);
    if (!descriptor.has_value()) {
      if (descriptor.error().code() == Code::cancelled) return {};
      return fail(descriptor.error());
    }
    log_info("server", "host connected");
    const Error reason = serve(std::move(*descriptor));
    log_failure("server", "host connection ended", reason);
  }
}

Error Server::serve(stream::Descriptor descriptor) {
  const auto connection = std::make_shared<Connection>(
      std::move(descriptor),
      Connection::Parts{.handler = handler_,
                        .workers = workers_,
                        .host_workers = host_workers_,
                        .counters = counters_,
                        .clock = clock_,
                        .limits = {.requests_in_flight_max = options_.requests_in_flight_max,
                                   .outcalls_in_flight_max = options_.outcalls_in_flight_max,
                                   .frames_queued_max = frames_queued_max(options_)}});
  {
    MutexLock lock(mutex_);
    if (is_stopped_) return {Code::cancelled, "The server is stopped"};
    connection_ = connection;
  }
  host_.attach(connection);
  Error reason = connection->run();
  host_.attach(nullptr);
  MutexLock lock(mutex_);
  connection_ = nullptr;
  return reason;
}

void Server::stop() {
  std::shared_ptr<Connection> connection;
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    connection = connection_;
  }
  stop_waker_.wake();
  if (connection != nullptr) connection->close();
}

}  // namespace nsl::enclave::server
