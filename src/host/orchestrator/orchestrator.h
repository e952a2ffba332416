// The orchestrator: one thread leases the jobs that are due, as many at once as there are workers
// free, and the workers ask the enclave to carry them out.
//
// A job is forgotten only when the enclave says it is done. When the enclave is away, refuses for a
// reason that may pass, or asks for another try, the job goes back with a delay; when it is refused
// for good it is buried after limits::kJobAttemptsMax attempts, still in the store for people.
#pragma once

#include <thread>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/worker_pool.h"
#include "core/wire/service.h"
#include "host/store/store.h"

namespace nsl::host::orchestrator {

class Orchestrator {
 public:
  // `enclave` reaches the enclave's services.
  Orchestrator(store::Store& store, wire::Transport& enclave, const Clock& clock,
               std::size_t workers);
  // Waits for the jobs under way.
  ~Orchestrator();
  Orchestrator(const Orchestrator&) = delete;
  Orchestrator& operator=(const Orchestrator&) = delete;

  // Starts no further job, and waits until those under way have ended or the deadline has passed.
  void drain(const Deadline& deadline) NSL_EXCLUDES(mutex_);

  // A job was queued, or the enclave came back: look now.
  void wake() NSL_EXCLUDES(mutex_);

 private:
  void lease_until_stopped() NSL_EXCLUDES(mutex_);
  // How many jobs were leased, at most `count`.
  std::size_t lease(std::size_t count) NSL_EXCLUDES(mutex_);
  // The free workers, once there are any; 0 when it is time to stop. `seen` tells what was woken
  // for before.
  std::size_t wait_for_workers(std::uint64_t& seen) NSL_EXCLUDES(mutex_);
  void carry_out(const store::JobLease& lease);
  void settle(const store::JobLease& lease, bool is_done, std::int64_t retry_after_ms);
  void put_back(const store::JobLease& lease, const Error& error);
  void release(const store::JobLease& lease, std::int64_t delay_ms);
  // Sleeps unless woken since `seen` was read. False when it is time to stop.
  bool wait_for_work(std::uint64_t seen) NSL_EXCLUDES(mutex_);

  store::Store& store_;
  wire::Transport& enclave_;
  const Clock& clock_;
  const std::size_t worker_count_;
  Mutex mutex_;
  CondVar woken_;
  std::uint64_t wake_count_ NSL_GUARDED_BY(mutex_) = 0;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  bool has_stopped_leasing_ NSL_GUARDED_BY(mutex_) = false;
  std::size_t free_workers_ NSL_GUARDED_BY(mutex_);
  CondVar worker_freed_;
  WorkerPool workers_;
  std::thread leasing_;
};

// The delay before attempt `attempt + 1`: doubles from a quarter of a second to half a minute.
std::int64_t retry_delay_ms(std::uint32_t attempt);

}  // namespace nsl::host::orchestrator
