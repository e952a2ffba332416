#include "core/base/worker_pool.h"

#include <utility>

#include "core/base/assert.h"

namespace nsl {

WorkerPool::WorkerPool(std::size_t thread_count, std::size_t queue_capacity, std::size_t places)
    : capacity_(queue_capacity), places_(places) {
  NSL_ASSERT(thread_count > 0 && places > 0);
  threads_.reserve(thread_count);
  for (std::size_t i = 0; i < thread_count; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

WorkerPool::~WorkerPool() { drain(); }

void WorkerPool::drain() {
  {
    MutexLock lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool WorkerPool::try_submit(std::function<void()> task) {
  MutexLock lock(mutex_);
  if (is_closed_ || tasks_.size() >= capacity_) return false;
  tasks_.push_back(std::move(task));
  wake_one_for_work();
  return true;
}

std::size_t WorkerPool::queued() const {
  MutexLock lock(mutex_);
  return tasks_.size();
}

void WorkerPool::wake_one_for_work() {
  const bool is_enough = woken_ >= tasks_.size() || working_ + woken_ >= places_;
  if (is_enough || woken_ >= idle_) return;
  ++woken_;
  changed_.notify_one();
}

void WorkerPool::work() {
  for (;;) {
    std::function<void()> task;
    {
      MutexLock lock(mutex_);
      while (!has_work()) {
        // What is queued is finished; nothing new comes.
        if (is_closed_ && tasks_.empty()) return;
        ++idle_;
        changed_.wait(lock);
        --idle_;
        if (woken_ > 0) --woken_;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
      ++working_;
      wake_one_for_work();
    }
    wait_observer_of_thread = this;
    task();
    // What it holds is let go of while it still counts as working.
    task = nullptr;
    wait_observer_of_thread = nullptr;
    MutexLock lock(mutex_);
    --working_;
    // Those that wait for a place to finish what is queued.
    if (is_closed_) changed_.notify_all();
  }
}

void WorkerPool::begin_wait() {
  MutexLock lock(mutex_);
  --working_;
  wake_one_for_work();
}

void WorkerPool::end_wait() {
  MutexLock lock(mutex_);
  ++working_;
}

}  // namespace nsl
