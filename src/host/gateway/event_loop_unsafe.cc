#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "core/base/assert.h"
#include "host/gateway/event_loop.h"

namespace nsl::host::gateway {

using SteadyClock = std::chrono::steady_clock;

Result<std::unique_ptr<EventLoop>> EventLoop::make() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  const int waker = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  std::unique_ptr<EventLoop> loop(new EventLoop(epoll, waker));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // Null is the waker.
  if (epoll < 0 || waker < 0 || ::epoll_ctl(epoll, EPOLL_CTL_ADD, waker, &event) != 0) {
    return fail(Code::io_failed, "No event loop can be made", std::strerror(errno));
  }
  return loop;
}

EventLoop::~EventLoop() {
  ::close(epoll_);
  ::close(waker_);
}

Result<void> EventLoop::watch(int descriptor, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    return fail(Code::io_failed, "A socket cannot be watched", std::strerror(errno));
  }
  return {};
}

void EventLoop::forget(int descriptor, const Watcher& watcher) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  for (std::size_t i = 0; i < batch_size_; ++i) {
    if (batch_[i].watcher == &watcher) batch_[i] = {};
  }
}

void EventLoop::post(std::function<void()> task) {
  bool is_first = false;
  {
    MutexLock lock(mutex_);
    if (is_closed_) return;
    is_first = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  // The loop empties the queue as a whole: one signal is enough.
  if (is_first) wake();
}

void EventLoop::wake() {
  // Fails only when the counter is full, and then it is readable already.
  ::eventfd_write(waker_, 1);
}

void EventLoop::run_tasks() {
  eventfd_t count = 0;
  ::eventfd_read(waker_, &count);
  std::vector<std::function<void()>> tasks;
  {
    MutexLock lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

void EventLoop::handle_events(int count) {
  NSL_ASSERT(count >= 0 && static_cast<std::size_t>(count) <= batch_.size());
  batch_size_ = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < batch_size_; ++i) {
    const Event event = batch_[i];
    if (event.watcher == nullptr) continue;
    constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    event.watcher->on_ready({.can_read = (event.flags & (EPOLLIN | kEnd)) != 0,
                             .can_write = (event.flags & (EPOLLOUT | kEnd)) != 0,
                             .has_ended = (event.flags & kEnd) != 0});
  }
  batch_size_ = 0;
}

void EventLoop::run(const Hooks& hooks) {
  thread_ = std::this_thread::get_id();
  const auto tick = std::chrono::milliseconds(hooks.tick_ms);
  auto next_tick = SteadyClock::now() + tick;
  std::array<epoll_event, std::tuple_size_v<decltype(batch_)>> events{};
  while (!is_stopping_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - SteadyClock::now());
    const int wait_ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms);
    hooks.on_wake();
    bool has_tasks = false;
    for (int i = 0; i < count; ++i) {
      const auto index = static_cast<std::size_t>(i);
      batch_[index] = {.watcher = static_cast<Watcher*>(events[index].data.ptr),
                       .flags = events[index].events};
      has_tasks = has_tasks || batch_[index].watcher == nullptr;
    }
    handle_events(std::max(count, 0));
    if (has_tasks) run_tasks();
    if (SteadyClock::now() >= next_tick) {
      hooks.on_tick();
      next_tick = SteadyClock::now() + tick;
    }
  }
  thread_ = std::thread::id();
}

void EventLoop::stop() {
  is_stopping_ = true;
  wake();
}

void EventLoop::close() {
  std::vector<std::function<void()>> dropped;
  MutexLock lock(mutex_);
  is_closed_ = true;
  dropped.swap(tasks_);
}

}  // namespace nsl::host::gateway
