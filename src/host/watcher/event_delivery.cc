#include "host/watcher/event_delivery.h"

#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::host::watcher {

EventDelivery::EventDelivery(store::Store& store, wire::Transport& enclave, const Clock& clock)
    : store_(store), enclave_(enclave), clock_(clock), thread_([this] { work(); }) {}

EventDelivery::~EventDelivery() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

void EventDelivery::announce(const std::vector<store::Event>& events) {
  {
    MutexLock lock(mutex_);
    const auto most = static_cast<std::size_t>(limits::kWatcherDeliveryEventsMax);
    if (announced_.size() + events.size() > most) return;
    announced_.insert(announced_.end(), events.begin(), events.end());
  }
  woken_.notify_all();
}

void EventDelivery::wake() {
  {
    MutexLock lock(mutex_);
    is_list_due_ = true;
  }
  woken_.notify_all();
}

void EventDelivery::work() {
  std::int64_t pause_ms = 0;
  while (wait(pause_ms)) {
    const std::vector<store::Event> announced = take_announced();
    pause_ms = limits::kWatcherPollMs;
    // Everything stored before these were announced goes first.
    if (take_list_due()) pause_ms = deliver_some();
    report_announced(announced);
  }
}

std::vector<store::Event> EventDelivery::take_announced() {
  MutexLock lock(mutex_);
  return std::exchange(announced_, {});
}

bool EventDelivery::take_list_due() {
  MutexLock lock(mutex_);
  return std::exchange(is_list_due_, false) || has_backlog_;
}

void EventDelivery::report_announced(const std::vector<store::Event>& announced) {
  for (const store::Event& event : announced) {
    if (taken_by_list_.contains(event.id)) continue;
    // Those after one that was not taken wait for it in the store.
    if (has_backlog_ || report(event) != Outcome::taken) return;
    taken_early_.insert(event.id);
  }
}

std::int64_t EventDelivery::deliver_some() {
  const auto batch = static_cast<std::size_t>(limits::kWatcherDeliveryEventsMax);
  // Those put off are the oldest: as many more are listed, so that they hide nothing.
  const auto events =
      store_.undelivered_events(static_cast<std::uint32_t>(batch + troubles_.size()));
  if (!events.has_value()) {
    log_failure("watcher", "Stored events could not be read", events.error());
    return limits::kWatcherPollMs;
  }
  has_backlog_ = events->size() >= batch;
  taken_by_list_.clear();
  std::vector<std::string> taken;
  std::int64_t pause_ms = limits::kWatcherPollMs;
  for (const store::Event& event : *events) {
    if (is_stopping()) break;
    if (is_put_off(event.id)) continue;
    const Outcome outcome = taken_early_.erase(event.id) > 0 ? Outcome::taken : report(event);
    if (outcome == Outcome::taken) {
      taken.push_back(event.id);
      taken_by_list_.insert(event.id);
      troubles_.erase(event.id);
      // There may be more than were listed.
      pause_ms = 0;
    } else if (outcome == Outcome::away || holds_back(event.id)) {
      has_backlog_ = true;
      pause_ms = limits::kWatcherRetryMs;
      break;
    }
  }
  if (taken.empty()) return pause_ms;
  const Result<void> marked = store_.mark_delivered(taken);
  if (marked.has_value()) return pause_ms;
  log_failure("watcher", "Delivered events could not be marked", marked.error());
  return limits::kWatcherPollMs;
}

EventDelivery::Outcome EventDelivery::report(const store::Event& event) {
  internal::v1::ReportEventRequest request;
  request.ParseFromString(event.payload);
  const internal::v1::WorkServiceStub enclave(enclave_);
  const auto reply =
      enclave.report_event(request, Deadline::after_ms(clock_, limits::kWatcherEnclaveMsMax));
  if (reply.has_value()) return Outcome::taken;
  log_failure("watcher", "The enclave did not take an event", reply.error());
  const Code code = reply.error().code();
  // What it refuses for good is not reported again.
  if (!code_is_retryable(code)) return Outcome::taken;
  const bool is_away = code == Code::unavailable || code == Code::connection_lost ||
                       code == Code::overloaded || code == Code::deadline_exceeded ||
                       code == Code::node_unavailable || code == Code::quorum_not_reached;
  return is_away ? Outcome::away : Outcome::not_yet;
}

bool EventDelivery::holds_back(const std::string& id) {
  const MonotonicTime now = clock_.monotonic_time();
  Trouble& trouble =
      troubles_.try_emplace(id, Trouble{.since = now, .next_try = now}).first->second;
  if (now.value() - trouble.since.value() < limits::kNodeRestMs) return true;
  trouble.next_try = MonotonicTime(now.value() + limits::kNodeRestMs);
  return false;
}

bool EventDelivery::is_put_off(const std::string& id) const {
  const auto found = troubles_.find(id);
  return found != troubles_.end() && clock_.monotonic_time() < found->second.next_try;
}

bool EventDelivery::is_stopping() {
  MutexLock lock(mutex_);
  return is_stopping_;
}

bool EventDelivery::wait(std::int64_t ms) {
  const Deadline deadline = Deadline::after_ms(clock_, ms);
  MutexLock lock(mutex_);
  while (!is_stopping_ && !is_list_due_ && announced_.empty()) {
    if (woken_.wait_until(lock, deadline.steady_time()) != std::cv_status::timeout) continue;
    is_list_due_ = true;
  }
  return !is_stopping_;
}

}  // namespace nsl::host::watcher
