// The watcher's loop. Three steps, each of which may fail and is then tried again: learn what the
// enclave wants, read blocks and store their events together with the cursor, report stored events
// until the enclave has taken them.
#pragma once

#include <memory>
#include <thread>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/wire/service.h"
#include "host/store/store.h"
#include "host/watcher/block_reader.h"
#include "host/watcher/watch_state.h"

namespace nsl::host::watcher {

class Watcher {
 public:
  struct Parts {
    store::Store& store;
    // Reaches the enclave's services.
    wire::Transport& enclave;
    Node& node;
    const Clock& clock;
  };
  explicit Watcher(Parts parts);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // A block came: look now. May be called from any thread.
  void wake() NSL_EXCLUDES(mutex_);
  // The enclave's subscriptions changed, or it came back: ask for them again.
  void refresh() NSL_EXCLUDES(mutex_);

 private:
  void work() NSL_EXCLUDES(mutex_);
  Result<void> learn_subscriptions() NSL_EXCLUDES(mutex_);
  Result<void> read_blocks();
  Result<bool> read_next_block(std::uint32_t height);
  void deliver();
  bool wait() NSL_EXCLUDES(mutex_);

  const Parts parts_;
  WatchState state_;
  Mutex mutex_;
  CondVar woken_;
  bool is_woken_ NSL_GUARDED_BY(mutex_) = false;
  bool must_learn_ NSL_GUARDED_BY(mutex_) = true;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace nsl::host::watcher
