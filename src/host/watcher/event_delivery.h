// EventDelivery reports stored events to the enclave, in chain order, until it has taken them. On a
// thread of its own, so that reading the chain never waits for the enclave.
//
// An event is marked after the enclave took it, so a crash between the two reports it again; the
// enclave takes an event once. One that the enclave cannot take yet holds back those behind it for
// limits::kNodeRestMs, as long as a node may lag; after that it stands in nobody's way.
#pragma once

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/wire/service.h"
#include "host/store/store.h"

namespace nsl::host::watcher {

class EventDelivery {
 public:
  EventDelivery(store::Store& store, wire::Transport& enclave, const Clock& clock);
  ~EventDelivery();
  EventDelivery(const EventDelivery&) = delete;
  EventDelivery& operator=(const EventDelivery&) = delete;

  // There may be events to report.
  void wake() NSL_EXCLUDES(mutex_);

 private:
  enum class Outcome : std::uint8_t {
    taken,
    // Not yet: the chain does not confirm it, or one account has trouble with it.
    not_yet,
    // The enclave or its nodes are away, which is not the event's fault.
    away,
  };
  struct Trouble {
    MonotonicTime since;
    // Not before; while the event holds back others this is the past.
    MonotonicTime next_try;
  };

  void work() NSL_EXCLUDES(mutex_);
  // Milliseconds until there is more to do.
  std::int64_t deliver_some() NSL_EXCLUDES(mutex_);
  Outcome report(const store::Event& event);
  // Whether the event, not taken once more, still holds back those behind it.
  bool holds_back(const std::string& id);
  bool is_put_off(const std::string& id) const;
  bool is_stopping() NSL_EXCLUDES(mutex_);
  bool wait(std::int64_t ms) NSL_EXCLUDES(mutex_);

  store::Store& store_;
  wire::Transport& enclave_;
  const Clock& clock_;
  std::map<std::string, Trouble> troubles_;
  Mutex mutex_;
  CondVar woken_;
  bool is_woken_ NSL_GUARDED_BY(mutex_) = true;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace nsl::host::watcher
