// Runs what the enclave asks of the host: finds the service and the method by name, parses the
// request, and calls the service on its own bounded pool, so that slow dials never hold up storage.
//
// An outcall is answered at most once; one that was cancelled, or whose connection is gone, is not
// answered. The enclave is checked like any peer: unknown names, broken messages and too many calls
// are refused with an error.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/worker_pool.h"
#include "core/wire/frame.h"
#include "core/wire/service.h"
#include "host/link/enclave_link.h"

namespace nsl::host::link {

// A service and the threads it may use; the service outlives the link.
struct OutcallService {
  wire::Service<OutcallContext>* service;
  std::size_t workers;
};

class OutcallDispatcher {
 public:
  // `reply` receives OUTCALL_REPLY frames on worker threads and on the thread of dispatch().
  using Reply = std::function<void(wire::Frame)>;

  OutcallDispatcher(const std::vector<OutcallService>& services, std::size_t in_flight_max,
                    const Clock& clock, Reply reply);

  void dispatch(wire::Frame outcall) NSL_EXCLUDES(mutex_);
  void cancel(std::uint64_t id) NSL_EXCLUDES(mutex_);
  void cancel_all() NSL_EXCLUDES(mutex_);

 private:
  using Cancelled = std::atomic<bool>;
  struct Entry {
    wire::Service<OutcallContext>* service;
    std::unique_ptr<WorkerPool> pool;
  };

  Result<void> start(wire::Frame outcall);
  Result<std::string> run(wire::Service<OutcallContext>& service, int method_index,
                          const wire::Frame& outcall, const Deadline& deadline) const;
  void finish(std::uint64_t id, const Cancelled& cancelled, Result<std::string> result);
  void answer(std::uint64_t id, Result<std::string> result) const;

  const std::size_t in_flight_max_;
  const Clock& clock_;
  const Reply reply_;

  Mutex mutex_;
  // Shared with the worker that runs the outcall.
  std::unordered_map<std::uint64_t, std::shared_ptr<Cancelled>> in_flight_ NSL_GUARDED_BY(mutex_);

  std::unordered_map<std::string, Entry> services_;  // Last: its threads use everything above.
};

}  // namespace nsl::host::link
