// EventDelivery reports stored events to the enclave, in chain order, until it has taken them. On a
// thread of its own, so that reading the chain never waits for the enclave.
//
// An event is marked after the enclave took it, so a crash between the two reports it again; the
// enclave takes an event once. One that the enclave cannot take yet holds back those behind it for
// limits::kNodeRestMs, as long as a node may lag; after that it stands in nobody's way.
#pragma once

#include <map>
#include <set>
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

  // These events are about to be stored: they are reported meanwhile, unless older ones wait. At
  // most limits::kWatcherDeliveryEventsMax are; the store gives the rest. Should they never be
  // stored, their blocks are read again, and the enclave knows them.
  //
  // The caller stores what it announced, and calls wake(), before it announces more: that keeps the
  // order.
  void announce(const std::vector<store::Event>& events) NSL_EXCLUDES(mutex_);
  // There may be stored events to report.
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
  void report_announced(const std::vector<store::Event>& announced);
  // Milliseconds until there is more to do.
  std::int64_t deliver_some() NSL_EXCLUDES(mutex_);
  Outcome report(const store::Event& event);
  // Whether the event, not taken once more, still holds back those behind it.
  bool holds_back(const std::string& id);
  bool is_put_off(const std::string& id) const;
  bool is_stopping() NSL_EXCLUDES(mutex_);
  // Whether to go on.
  bool wait(std::int64_t ms) NSL_EXCLUDES(mutex_);
  std::vector<store::Event> take_announced() NSL_EXCLUDES(mutex_);
  bool take_list_due() NSL_EXCLUDES(mutex_);

  store::Store& store_;
  wire::Transport& enclave_;
  const Clock& clock_;
  std::map<std::string, Trouble> troubles_;
  // Whether the last list left something to report.
  bool has_backlog_ = true;
  // What the last list brought to its end.
  std::set<std::string> taken_by_list_;
  // Announced and taken, but not marked yet.
  std::set<std::string> taken_early_;
  Mutex mutex_;
  CondVar woken_;
  std::vector<store::Event> announced_ NSL_GUARDED_BY(mutex_);
  // Something may have been stored since the last list.
  bool is_list_due_ NSL_GUARDED_BY(mutex_) = true;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace nsl::host::watcher
