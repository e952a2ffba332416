// One thread's loop over its sockets: edge-triggered epoll, tasks posted by other threads, and one
// coarse tick. Everything runs on the thread that is in run(), but post() and stop().
//
// Why not Asio: its reactor and queues cost as much per request as the kernel's own work
// (docs/decisions/022-gateway-event-loop.md); what a server of one request at a time per connection
// needs is this.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/result.h"

namespace nsl::host::gateway {

struct Readiness {
  // There is something to read, or the peer has ended.
  bool can_read = false;
  bool can_write = false;
  // The peer has ended its direction or the connection is broken: read until the end.
  bool has_ended = false;
};

class EventLoop final {
 public:
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void on_ready(Readiness readiness) = 0;
  };
  // Called on the loop's thread.
  struct Hooks {
    // After a wait, before the first event.
    std::function<void()> on_wake;
    std::function<void()> on_tick;
    std::int64_t tick_ms;
  };

  static Result<std::unique_ptr<EventLoop>> make();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The watcher hears of each change from not ready to ready until forget(). `descriptor` stays
  // open until then.
  Result<void> watch(int descriptor, Watcher& watcher);
  void forget(int descriptor, const Watcher& watcher);

  // From any thread: after the events of the present turn. Dropped after close().
  void post(std::function<void()> task) NSL_EXCLUDES(mutex_);
  // Whether the caller is on the loop's thread.
  bool is_current() const {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  // Returns after stop().
  void run(const Hooks& hooks);
  void stop() NSL_EXCLUDES(mutex_);
  // After run() has returned: drops what was posted, now and later.
  void close() NSL_EXCLUDES(mutex_);

 private:
  EventLoop(int epoll, int waker) : epoll_(epoll), waker_(waker) {}

  void wake();
  void run_tasks() NSL_EXCLUDES(mutex_);
  void handle_events(int count);

  struct Event {
    Watcher* watcher;
    std::uint32_t flags;
  };

  const int epoll_;
  // An eventfd; readable while tasks wait.
  const int waker_;
  std::atomic<std::thread::id> thread_;
  std::atomic<bool> is_stopping_ = false;
  // The batch being handled; forget() strikes a watcher out of it.
  std::array<Event, 128> batch_ = {};
  std::size_t batch_size_ = 0;
  Mutex mutex_;
  std::vector<std::function<void()>> tasks_ NSL_GUARDED_BY(mutex_);
  bool is_closed_ NSL_GUARDED_BY(mutex_) = false;
};

}  // namespace nsl::host::gateway
