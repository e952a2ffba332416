#include "host/watcher/watcher.h"

#include "core/base/limits.h"
#include "core/base/log.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::host::watcher {
namespace {

constexpr std::string_view kStateName = "watcher";
constexpr std::int64_t kAskEnclaveMs = 10000;
constexpr std::uint32_t kDeliverAtOnce = 64;

internal::v1::ReportEventRequest to_report(const SeenEvent& event, WallTime seen_at) {
  internal::v1::ReportEventRequest report;
  report.set_block(event.block);
  report.set_transaction(event.transaction);
  report.set_index(event.index);
  report.set_contract(event.contract);
  report.set_event(event.event);
  report.set_seen_at_ms(seen_at.value());
  return report;
}

void log_if_failed(const Result<void>& result, const char* what) {
  if (!result.has_value()) log_failure("watcher", what, result.error());
}

}  // namespace

Watcher::Watcher(Parts parts) : parts_(parts) {
  const auto stored = parts_.store.find_meta(kStateName);
  if (stored.has_value() && stored->has_value()) {
    Result<WatchState> state = WatchState::parse(**stored);
    if (state.has_value()) state_ = *std::move(state);
  }
  thread_ = std::thread([this] { work(); });
}

Watcher::~Watcher() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

void Watcher::wake() {
  {
    MutexLock lock(mutex_);
    is_woken_ = true;
  }
  woken_.notify_all();
}

void Watcher::refresh() {
  {
    MutexLock lock(mutex_);
    must_learn_ = true;
    is_woken_ = true;
  }
  woken_.notify_all();
}

void Watcher::work() {
  do {
    const Result<void> learned = learn_subscriptions();
    log_if_failed(learned, "The enclave's subscriptions are not known");
    const Result<void> read = learned.has_value() ? read_blocks() : Result<void>();
    log_if_failed(read, "Blocks could not be read");
    deliver();
  } while (wait());
}

Result<void> Watcher::learn_subscriptions() {
  {
    MutexLock lock(mutex_);
    if (!must_learn_) return {};
    must_learn_ = false;
  }
  const internal::v1::WorkServiceStub enclave(parts_.enclave);
  const auto reply =
      enclave.list_subscriptions({}, Deadline::after_ms(parts_.clock, kAskEnclaveMs));
  if (!reply.has_value()) {
    MutexLock lock(mutex_);
    must_learn_ = true;
    return fail(reply.error());
  }
  std::map<Wanted, std::uint32_t> wanted;
  for (const auto& subscription : reply->subscriptions()) {
    wanted[{subscription.contract(), subscription.event()}] = subscription.from_block();
  }
  WatchState changed = state_;
  changed.set_wanted(wanted);
  if (changed == state_) return {};
  NSL_TRY_VOID(parts_.store.set_meta(kStateName, changed.to_text()));
  state_ = std::move(changed);
  return {};
}

Result<void> Watcher::read_blocks() {
  if (state_.wants_nothing() || !state_.next_block().has_value()) return {};
  NSL_TRY(const std::uint32_t height, read_height(parts_.node));
  for (std::int64_t count = 0; count < limits::kWatcherBlocksPerRoundMax; ++count) {
    NSL_TRY(const bool has_more, read_next_block(height));
    if (!has_more) return {};
    MutexLock lock(mutex_);
    if (is_stopping_ || must_learn_) break;
  }
  wake();
  return {};
}

Result<bool> Watcher::read_next_block(std::uint32_t height) {
  const std::uint32_t block = state_.next_block().value_or(0);
  if (block > height) return false;
  NSL_TRY(const std::vector<SeenEvent> seen, read_block(parts_.node, block));
  std::vector<store::Event> events;
  for (const SeenEvent& event : seen) {
    if (!state_.wants(event.contract, event.event, block)) continue;
    events.push_back({.id = event.id(),
                      .payload = to_report(event, parts_.clock.wall_time()).SerializeAsString()});
  }
  WatchState advanced = state_;
  advanced.advance_to(block + 1);
  // The state is also the cursor: events and cursor are stored together or not at all.
  NSL_TRY_VOID(parts_.store.record_events(events, kStateName, advanced.to_text()));
  state_ = std::move(advanced);
  if (!events.empty()) deliver();
  return true;
}

void Watcher::deliver() {
  const auto events = parts_.store.undelivered_events(kDeliverAtOnce);
  if (!events.has_value()) {
    log_failure("watcher", "Stored events could not be read", events.error());
    return;
  }
  const internal::v1::WorkServiceStub enclave(parts_.enclave);
  for (const store::Event& event : *events) {
    internal::v1::ReportEventRequest report;
    report.ParseFromString(event.payload);
    const auto reply =
        enclave.report_event(report, Deadline::after_ms(parts_.clock, kAskEnclaveMs));
    if (!reply.has_value()) {
      log_failure("watcher", "The enclave did not take an event", reply.error());
      // The next round tries again; an event the chain never confirms stands in nobody's way.
      if (code_is_retryable(reply.error().code())) continue;
    }
    const std::string ids[] = {event.id};
    log_if_failed(parts_.store.mark_delivered(ids), "A delivered event could not be marked");
  }
}

bool Watcher::wait() {
  const Deadline deadline = Deadline::after_ms(parts_.clock, limits::kWatcherPollMs);
  MutexLock lock(mutex_);
  while (!is_stopping_ && !is_woken_) {
    if (woken_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
  }
  is_woken_ = false;
  return !is_stopping_;
}

}  // namespace nsl::host::watcher
