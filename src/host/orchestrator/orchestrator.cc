#include "host/orchestrator/orchestrator.h"

#include <algorithm>

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
    : store_(store), enclave_(enclave), clock_(clock) {
  for (std::size_t i = 0; i < workers; ++i) {
    threads_.emplace_back([this] {
      work();
      MutexLock lock(mutex_);
      ++ended_thread_count_;
      thread_ended_.notify_all();
    });
  }
}

Orchestrator::~Orchestrator() {
  drain(Deadline::after_ms(clock_, 0));
  for (std::thread& thread : threads_) thread.join();
}

void Orchestrator::drain(const Deadline& deadline) {
  MutexLock lock(mutex_);
  is_stopping_ = true;
  woken_.notify_all();
  while (ended_thread_count_ < threads_.size()) {
    if (thread_ended_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) return;
  }
}

void Orchestrator::wake() {
  {
    MutexLock lock(mutex_);
    ++wake_count_;
  }
  woken_.notify_all();
}

void Orchestrator::work() {
  std::uint64_t seen = 0;
  do {
    // Taken before the queue is looked at, so that a job queued meanwhile is not slept over.
    {
      MutexLock lock(mutex_);
      seen = wake_count_;
    }
    while (work_once()) {
      MutexLock lock(mutex_);
      if (is_stopping_) return;
    }
  } while (wait_for_work(seen));
}

bool Orchestrator::work_once() {
  const WallTime now = clock_.wall_time();
  const auto leases = store_.lease_jobs(
      {.now = now, .lease_until = WallTime(now.value() + limits::kJobLeaseMs), .count = 1});
  if (!leases.has_value()) {
    log_failure("orchestrator", "No job could be leased", leases.error());
    return false;
  }
  if (leases->empty()) return false;
  const store::JobLease& lease = leases->front();
  internal::v1::ExecuteRequest request;
  request.set_job(lease.id);
  const internal::v1::WorkServiceStub enclave(enclave_);
  const auto reply =
      enclave.execute(request, Deadline::after_ms(clock_, limits::kRequestDeadlineMsMax));
  if (reply.has_value()) {
    settle(lease, reply->is_done(), reply->retry_after_ms());
    return true;
  }
  put_back(lease, reply.error());
  return reply.error().code() != Code::unavailable;
}

void Orchestrator::settle(const store::JobLease& lease, bool is_done, std::int64_t retry_after_ms) {
  if (is_done) {
    log_if_failed(store_.finish_job(lease), "A finished job could not be removed");
    return;
  }
  const WallTime due(clock_.wall_time().value() + std::max(retry_after_ms, kDelayMsMin / 2));
  log_if_failed(store_.release_job(lease, due), "A job could not be put back");
}

void Orchestrator::put_back(const store::JobLease& lease, const Error& error) {
  log_failure("orchestrator", "The enclave did not carry out a job", error);
  const bool is_for_good = !code_is_retryable(error.code()) &&
                           lease.attempt >= static_cast<std::uint32_t>(limits::kJobAttemptsMax);
  if (is_for_good) {
    log_if_failed(store_.bury_job(lease), "A job could not be buried");
    return;
  }
  const WallTime due(clock_.wall_time().value() + retry_delay_ms(lease.attempt));
  log_if_failed(store_.release_job(lease, due), "A job could not be put back");
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
