#include "host/watcher/watcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::host::watcher {
namespace {

constexpr std::string_view kStateName = "watcher";

std::string to_report(const SeenEvent& event, WallTime seen_at) {
  internal::v1::ReportEventRequest report;
  report.set_block(event.block);
  report.set_transaction(event.transaction);
  report.set_index(event.index);
  report.set_contract(event.contract);
  report.set_event(event.event);
  report.set_seen_at_ms(seen_at.value());
  return report.SerializeAsString();
}

}  // namespace

Watcher::Figures::Figures(telemetry::Metrics& metrics)
    : next_block(metrics.gauges("nsl_watcher_next_block", "Next block to be read", {}).with({})),
      blocks_behind(metrics
                        .gauges("nsl_watcher_blocks_behind",
                                "Blocks the nodes have that were not read yet", {})
                        .with({})),
      is_refused(metrics
                     .gauges("nsl_watcher_chain_refused",
                             "1 while every node is away or refused and one serves another network "
                             "or chain",
                             {})
                     .with({})),
      blocks(metrics.counters("nsl_watcher_blocks_total", "Blocks read and stored", {}).with({})),
      events(metrics.counters("nsl_watcher_events_total", "Wanted events found in blocks", {})
                 .with({})) {}

Watcher::Watcher(Parts parts)
    : parts_(parts),
      figures_(parts_.metrics),
      delivery_(parts_.store, parts_.enclave, parts_.clock) {
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
  // TRUST: without its own state the watcher could read another chain from a wrong block, so it
  // does nothing at all until it has it.
  for (Result<void> loaded = load_state(); !loaded.has_value(); loaded = load_state()) {
    log_failure("watcher", "The stored state could not be read", loaded.error());
    if (!wait(limits::kWatcherPollMs)) return;
  }
  nodes::ChainIdentity known = state_.chain();
  if (parts_.network.has_value()) known.network = parts_.network;
  parts_.nodes.start(known, [this] { wake(); });
  bool goes_on = true;
  while (goes_on) {
    const Result<void> learned = learn_subscriptions();
    Result<void> read = learned.has_value() ? accept_chain() : learned;
    if (read.has_value()) read = read_blocks();
    figures_.is_refused.set(parts_.nodes.refusal().has_value() ? 1 : 0);
    if (!read.has_value()) log_failure("watcher", "Blocks could not be read", read.error());
    goes_on = wait(read.has_value() ? limits::kWatcherPollMs : limits::kWatcherRetryMs);
  }
  parts_.nodes.stop();
}

Result<void> Watcher::load_state() {
  NSL_TRY(const std::optional<std::string> stored, parts_.store.find_meta(kStateName));
  if (!stored.has_value()) return {};
  NSL_TRY(state_, WatchState::parse(*stored));
  return {};
}

Result<void> Watcher::keep(WatchState state, const std::vector<store::Event>& events) {
  // The state is also the cursor: events and cursor are stored together or not at all.
  NSL_TRY_VOID(parts_.store.record_events(events, kStateName, state.to_text()));
  state_ = std::move(state);
  return {};
}

Result<void> Watcher::learn_subscriptions() {
  {
    MutexLock lock(mutex_);
    if (!must_learn_) return {};
    must_learn_ = false;
  }
  const internal::v1::WorkServiceStub enclave(parts_.enclave);
  const auto reply = enclave.list_subscriptions(
      {}, Deadline::after_ms(parts_.clock, limits::kWatcherEnclaveMsMax));
  if (!reply.has_value()) {
    MutexLock lock(mutex_);
    must_learn_ = true;
    return fail(reply.error());
  }
  std::map<Wanted, WantedBlocks> wanted;
  for (const auto& subscription : reply->subscriptions()) {
    WantedBlocks& blocks = wanted[{subscription.contract(), subscription.event()}];
    blocks.from = subscription.from_block();
    if (subscription.to_block() != 0) blocks.to = subscription.to_block();
  }
  WatchState changed = state_;
  changed.set_wanted(wanted);
  if (changed == state_) return {};
  return keep(std::move(changed), {});
}

Result<void> Watcher::accept_chain() {
  const std::optional<nodes::ChainRefusal> refusal = parts_.nodes.refusal();
  const bool is_accepted = refusal.has_value() && refusal->offered.has_value() &&
                           parts_.accepted.has_value() &&
                           refusal->offered->hash == *parts_.accepted;
  if (!is_accepted) return {};
  log_warning("watcher", "Another chain is accepted and read from the first block wanted",
              {{"block", refusal->offered->index.value()}, {"hash", parts_.accepted->to_text()}});
  WatchState anew = state_;
  anew.forget_chain();
  NSL_TRY_VOID(keep(std::move(anew), {}));
  parts_.nodes.forget_chain();
  return {};
}

Result<void> Watcher::read_blocks() {
  const std::optional<neo::BlockIndex> height = parts_.nodes.height();
  if (!height.has_value()) {
    const std::optional<nodes::ChainRefusal> refusal = parts_.nodes.refusal();
    return refusal.has_value() ? fail(refusal->code, refusal->text) : Result<void>();
  }
  if (state_.wants_nothing() || !state_.next_block().has_value()) return {};
  show(*height);
  const std::uint32_t next = *state_.next_block();
  if (next > height->value()) return {};
  const auto round = static_cast<std::uint32_t>(limits::kWatcherBlocksPerRoundMax);
  const BlockRange all = {.first = next, .count = std::min(height->value() - next + 1, round)};
  const WatchState wanted = state_;
  NSL_TRY_VOID(
      fetch_ranges(parts_.nodes, all, wanted,
                   [this](const std::vector<ReadRange>& ranges) { return take_ranges(ranges); }));
  wake();
  return {};
}

Result<bool> Watcher::take_ranges(const std::vector<ReadRange>& ranges) {
  WatchState advanced = state_;
  advanced.set_origin(parts_.nodes.identity());
  const WallTime now = parts_.clock.wall_time();
  std::vector<store::Event> events;
  std::size_t blocks = 0;
  for (const ReadRange& range : ranges) {
    NSL_TRY_VOID(check_chain(advanced, range));
    blocks += range.blocks.size();
    for (const SeenBlock& block : range.blocks) {
      for (const SeenEvent& event : block.events) {
        events.push_back({.id = event.id(), .payload = to_report(event, now)});
      }
      advanced.advance_past(block.block);
    }
  }
  const std::optional<nodes::KnownBlock>& top = state_.chain().top;
  // Blocks read a second time hold events that may have been reported.
  const bool is_new = !top.has_value() || ranges.front().blocks.front().block.index > top->index;
  if (is_new && !events.empty()) delivery_.announce(events);
  NSL_TRY_VOID(keep(std::move(advanced), events));
  parts_.nodes.set_top(*state_.chain().top);
  if (!events.empty()) delivery_.wake();
  figures_.blocks.add(blocks);
  figures_.events.add(events.size());
  show(parts_.nodes.height().value_or(state_.last_block()->index));
  MutexLock lock(mutex_);
  return !is_stopping_ && !must_learn_;
}

Result<void> Watcher::check_chain(const WatchState& state, const ReadRange& range) {
  const auto refuse = [this, &range](const neo::UInt256& known, const nodes::KnownBlock& offered) {
    const nodes::ChainRefusal refusal = nodes::replaced_block(known, offered);
    parts_.nodes.refuse(range.node, refusal);
    return fail(refusal.code, refusal.text);
  };
  const SeenBlock& first = range.blocks.front();
  const std::optional<nodes::KnownBlock>& last = state.last_block();
  if (last.has_value() && first.previous_hash != last->hash) {
    return refuse(last->hash, {.index = last->index, .hash = first.previous_hash});
  }
  const std::optional<nodes::KnownBlock>& top = state.chain().top;
  for (const SeenBlock& block : range.blocks) {
    const bool is_replaced =
        top.has_value() && block.block.index == top->index && block.block.hash != top->hash;
    if (is_replaced) return refuse(top->hash, block.block);
  }
  return {};
}

void Watcher::show(neo::BlockIndex height) {
  const std::uint32_t next = state_.next_block().value_or(0);
  figures_.next_block.set(next);
  figures_.blocks_behind.set(std::max<std::int64_t>(std::int64_t{height.value()} + 1 - next, 0));
}

bool Watcher::wait(std::int64_t ms) {
  const Deadline deadline = Deadline::after_ms(parts_.clock, ms);
  MutexLock lock(mutex_);
  while (!is_stopping_ && !is_woken_) {
    if (woken_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
  }
  is_woken_ = false;
  return !is_stopping_;
}

}  // namespace nsl::host::watcher
