// The watcher's loop: learn what the enclave wants, read the blocks that came, store their events
// together with the cursor. Each step may fail and is then tried again. Another chain than the one
// read before is refused until its nodes are mended or the operator accepts it.
#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/wire/service.h"
#include "host/nodes/node_pool.h"
#include "host/store/store.h"
#include "host/telemetry/metrics.h"
#include "host/watcher/event_delivery.h"
#include "host/watcher/range_fetch.h"
#include "host/watcher/watch_state.h"

namespace nsl::host::watcher {

class Watcher {
 public:
  struct Parts {
    store::Store& store;
    // Reaches the enclave's services.
    wire::Transport& enclave;
    // Started and stopped by the watcher.
    nodes::NodePool& nodes;
    const Clock& clock;
    telemetry::Metrics& metrics;
    // Magic of the network every node must serve; nothing: the first node's.
    std::optional<neo::NetworkMagic> network = std::nullopt;
    // The block in whose place another one was read before, which the operator accepts.
    std::optional<neo::UInt256> accepted = std::nullopt;
  };
  explicit Watcher(Parts parts);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // There may be new blocks: look now. May be called from any thread.
  void wake() NSL_EXCLUDES(mutex_);
  // The enclave's subscriptions changed, or it came back: ask for them again.
  void refresh() NSL_EXCLUDES(mutex_);

 private:
  struct Figures {
    explicit Figures(telemetry::Metrics& metrics);
    telemetry::Gauge& next_block;
    telemetry::Gauge& blocks_behind;
    telemetry::Gauge& is_refused;
    telemetry::Counter& blocks;
    telemetry::Counter& events;
  };

  void work() NSL_EXCLUDES(mutex_);
  Result<void> load_state();
  Result<void> learn_subscriptions() NSL_EXCLUDES(mutex_);
  Result<void> accept_chain();
  Result<void> read_blocks() NSL_EXCLUDES(mutex_);
  Result<bool> take_ranges(const std::vector<ReadRange>& ranges) NSL_EXCLUDES(mutex_);
  // The range follows what `state` has seen.
  Result<void> check_chain(const WatchState& state, const ReadRange& range);
  Result<void> keep(WatchState state, const std::vector<store::Event>& events);
  void show(neo::BlockIndex height);
  bool wait(std::int64_t ms) NSL_EXCLUDES(mutex_);

  const Parts parts_;
  Figures figures_;
  EventDelivery delivery_;
  WatchState state_;
  Mutex mutex_;
  CondVar woken_;
  bool is_woken_ NSL_GUARDED_BY(mutex_) = false;
  bool must_learn_ NSL_GUARDED_BY(mutex_) = true;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace nsl::host::watcher
