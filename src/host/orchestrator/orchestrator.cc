#include "host/orchestrator/orchestrator.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::host::orchestrator {
namespace {

constexpr std::int64_t kDelayMsMin = 250;
constexpr std::int64_t kDelayMsMax = 30000;
// Another process, or a clock that jumped, may make a job due without waking us.
constexpr std::int64_t kIdleMsMax = 1000;

void log_if_failed(const Result<void>& result, const char* what) {
  if (!result.has_value()) log_failure("orchestrator", what, result.error());
}

}  // namespace

std::int64_t retry_delay_ms(std::uint32_t attempt) {
  const std::uint32_t doublings = std::min<std::uint32_t>(attempt, 16);
  return std::min(kDelayMsMin << doublings, kDelayMsMax);
}

Orchestrator::Orchestrator(store::Store& store, wire::Transport& enclave, const Clock& clock,
                           std::size_t workers)
    : store_(store),
      enclave_(enclave),
      clock_(clock),
      worker_count_(workers),
      free_workers_(workers),
      workers_(workers, workers),
      leasing_([this] { lease_until_stopped(); }) {}

Orchestrator::~Orchestrator() {
  drain(Deadline::after_ms(clock_, 0));
  leasing_.join();
}

void Orchestrator::drain(const Deadline& deadline) {
  MutexLock lock(mutex_);
  is_stopping_ = true;
  woken_.notify_all();
  worker_freed_.notify_all();
  while (!has_stopped_leasing_ || free_workers_ < worker_count_) {
    if (worker_freed_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) return;
  }
}

void Orchestrator::wake() {
  {
    MutexLock lock(mutex_);
    ++wake_count_;
  }
  woken_.notify_one();
}

void Orchestrator::lease_until_stopped() {
  std::uint64_t seen = 0;
  do {
    std::size_t free = 0;
    std::size_t leased = 0;
    do {
      free = wait_for_workers(seen);
      leased = lease(free);
    } while (free > 0 && leased == free);
  } while (wait_for_work(seen));
  MutexLock lock(mutex_);
  has_stopped_leasing_ = true;
  worker_freed_.notify_all();
}

std::size_t Orchestrator::wait_for_workers(std::uint64_t& seen) {
  MutexLock lock(mutex_);
  while (!is_stopping_ && free_workers_ == 0) worker_freed_.wait(lock);
  // Taken before the queue is looked at, so that a job queued meanwhile is not slept over.
  seen = wake_count_;
  return is_stopping_ ? 0 : free_workers_;
}

std::size_t Orchestrator::lease(std::size_t count) {
  if (count == 0) return 0;
  const WallTime now = clock_.wall_time();
  const auto leases = store_.lease_jobs(
      {.now = now, .lease_until = WallTime(now.value() + limits::kJobLeaseMs), .count = count});
  if (!leases.has_value()) {
    log_failure("orchestrator", "No job could be leased", leases.error());
    return 0;
  }
  {
    MutexLock lock(mutex_);
    NSL_ASSERT(leases->size() <= free_workers_);
    free_workers_ -= leases->size();
  }
  for (const store::JobLease& lease : *leases) {
    const bool is_taken = workers_.try_submit([this, lease] {
      carry_out(lease);
      MutexLock lock(mutex_);
      ++free_workers_;
      worker_freed_.notify_all();
    });
    NSL_ASSERT(is_taken);
  }
  return leases->size();
}

void Orchestrator::carry_out(const store::JobLease& lease) {
  internal::v1::ExecuteRequest request;
  request.set_job(lease.id);
  const internal::v1::WorkServiceStub enclave(enclave_);
  const auto reply =
      enclave.execute(request, Deadline::after_ms(clock_, limits::kRequestDeadlineMsMax));
  if (reply.has_value()) {
    settle(lease, reply->is_done(), reply->retry_after_ms());
  } else {
    put_back(lease, reply.error());
  }
}

void Orchestrator::settle(const store::JobLease& lease, bool is_done, std::int64_t retry_after_ms) {
  if (is_done) {
    const Result<store::JobEnd> ended = store_.finish_job(lease);
    if (!ended.has_value()) {
      log_failure("orchestrator", "A finished job could not be removed", ended.error());
    } else if (*ended == store::JobEnd::asked_again) {
      wake();
    }
    return;
  }
  release(lease, std::max(retry_after_ms, kDelayMsMin / 2));
}

void Orchestrator::release(const store::JobLease& lease, std::int64_t delay_ms) {
  const WallTime due(clock_.wall_time().value() + delay_ms);
  log_if_failed(store_.release_job(lease, due), "A job could not be put back");
  // It may be due before what the leasing thread waits for.
  wake();
}

void Orchestrator::put_back(const store::JobLease& lease, const Error& error) {
  log_failure("orchestrator", "The enclave did not carry out a job", error);
  const bool is_for_good = !code_is_retryable(error.code()) &&
                           lease.attempt >= static_cast<std::uint32_t>(limits::kJobAttemptsMax);
  if (is_for_good) {
    log_if_failed(store_.bury_job(lease), "A job could not be buried");
    return;
  }
  release(lease, retry_delay_ms(lease.attempt));
}

bool Orchestrator::wait_for_work(std::uint64_t seen) {
  const Result<std::optional<WallTime>> due = store_.next_job_due();
  std::int64_t wait_ms = kIdleMsMax;
  if (due.has_value() && due->has_value()) {
    wait_ms = std::clamp<std::int64_t>((*due)->value() - clock_.wall_time().value(), 1, kIdleMsMax);
  }
  const Deadline deadline = Deadline::after_ms(clock_, wait_ms);
  MutexLock lock(mutex_);
  while (!is_stopping_ && wake_count_ == seen) {
    if (woken_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
  }
  return !is_stopping_;
}

}  // namespace nsl::host::orchestrator
