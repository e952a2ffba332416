// WorkerPool runs plain blocking functions on a fixed number of threads behind a bounded queue.
//
// With fewer places than threads, only so many tasks are begun as there are places; a task that
// waits at a CondVar leaves its place to the next. Short tasks then follow each other on a few
// threads, with warm caches and no switch between them, and long waits still hold nothing up. A
// task whose wait ends goes on at once: for that moment more may work than there are places.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/mutex.h"

namespace nsl {

class WorkerPool final : private WaitObserver {
 public:
  WorkerPool(std::size_t thread_count, std::size_t queue_capacity)
      : WorkerPool(thread_count, queue_capacity, thread_count) {}
  WorkerPool(std::size_t thread_count, std::size_t queue_capacity, std::size_t places);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full: the caller refuses the work.
  [[nodiscard]] bool try_submit(std::function<void()> task) NSL_EXCLUDES(mutex_);
  std::size_t queued() const NSL_EXCLUDES(mutex_);
  // Takes nothing more, lets running and queued tasks finish, and joins the threads; for good. The
  // destructor does the same.
  void drain() NSL_EXCLUDES(mutex_);

 private:
  void work() NSL_EXCLUDES(mutex_);
  void begin_wait() override NSL_EXCLUDES(mutex_);
  void end_wait() override NSL_EXCLUDES(mutex_);
  bool has_work() const NSL_REQUIRES(mutex_) { return !tasks_.empty() && working_ < places_; }
  // Wakes a thread when there is work for one more than are awake.
  void wake_one_for_work() NSL_REQUIRES(mutex_);

  const std::size_t capacity_;
  const std::size_t places_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> tasks_ NSL_GUARDED_BY(mutex_);
  bool is_closed_ NSL_GUARDED_BY(mutex_) = false;
  // Threads with a task that does not wait.
  std::size_t working_ NSL_GUARDED_BY(mutex_) = 0;
  // Threads without a task that sleep, and those of them that were woken and are not there yet.
  std::size_t idle_ NSL_GUARDED_BY(mutex_) = 0;
  std::size_t woken_ NSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;
};

}  // namespace nsl
