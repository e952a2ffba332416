// The enclave's front door: listens for the host's one connection, gives each REQUEST to a worker,
// and offers the way back to the host (HostTransport).
//
// It promises that nothing the host sends, delays or leaves out stops the process: a broken stream
// ends the connection and the next one is accepted; work, memory and waiting are bounded by
// core/base/limits.h. It trusts the host with nothing but being asked.
//
//   HostTransport host;
//   Router router(host, ...);                  // the RequestHandler
//   Server server({}, router, host, clock);
//   NSL_TRY_VOID(server.listen(endpoint));
//   NSL_TRY_VOID(server.run());                // until stop()
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/mutex.h"
#include "core/base/worker_pool.h"
#include "core/wire/endpoint.h"
#include "enclave/server/host_transport.h"
#include "enclave/server/request_handler.h"
#include "enclave/server/statistics.h"
#include "enclave/stream/descriptor.h"

namespace nsl::enclave::server {

class Server {
 public:
  // Reported events, subscriptions, probes.
  static constexpr std::size_t kHostRequestsBesideJobs = 4;

  struct Options {
    std::size_t workers = limits::kEnclaveWorkersMax;
    // Of these so many work at a time; the others wait for something. Twice the cores, so that a
    // long computation does not hold up what is short.
    std::size_t working_max = 2 * std::max(1U, std::thread::hardware_concurrency());
    // Serve what the host's own services ask for, so that jobs go on while users' requests wait for
    // them.
    std::size_t host_workers = limits::kJobsParallelMax + kHostRequestsBesideJobs;
    std::size_t requests_in_flight_max = limits::kRequestsInFlightMax;
    std::size_t outcalls_in_flight_max = limits::kOutcallsInFlightMax;
  };

  Server(Options options, RequestHandler& handler, HostTransport& host, const Clock& clock);
  // Stops, and waits for the requests still being served.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<void> listen(const wire::Endpoint& endpoint);
  // Serves one connection after the other until stop(). A second connection waits until the first
  // has ended. When it returns no request is being served: what the handler uses may go.
  Result<void> run();
  // Serves one connected descriptor until it ends; says why it ended.
  Error serve(stream::Descriptor descriptor);
  // Safe from any thread, and for good: a stopped server does not run again.
  void stop() NSL_EXCLUDES(mutex_);

  wire::Transport& host() { return host_; }
  Statistics statistics() const { return counters_.look(); }

 private:
  Result<void> serve_connections();

  const Options options_;
  RequestHandler& handler_;
  HostTransport& host_;
  const Clock& clock_;
  Counters counters_;
  stream::Descriptor listener_;
  stream::Waker stop_waker_;

  Mutex mutex_;
  bool is_stopped_ NSL_GUARDED_BY(mutex_) = false;
  // Shared with host_ and with requests still running when the connection is lost.
  std::shared_ptr<Connection> connection_ NSL_GUARDED_BY(mutex_);

  // Last: their threads use everything above.
  WorkerPool workers_;
  WorkerPool host_workers_;
};

}  // namespace nsl::enclave::server
