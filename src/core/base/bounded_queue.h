// BoundedQueue is the only queue between threads. Full means refuse; closed means drain and stop.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "core/base/mutex.h"

namespace nsl {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // False when the queue is full or closed; the item is then untouched.
  [[nodiscard]] bool try_push(T&& item) NSL_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      if (is_closed_ || items_.size() >= capacity_) return false;
      items_.push_back(std::move(item));
    }
    changed_.notify_one();
    return true;
  }

  // Blocks until there is an item; empty once the queue is closed and drained.
  std::optional<T> pop() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (items_.empty() && !is_closed_) changed_.wait(lock);
    if (items_.empty()) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

  // Everything that waits now, at most `count`; blocks until there is at least one, empty once
  // closed and drained.
  std::deque<T> pop_batch(std::size_t count) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (items_.empty() && !is_closed_) changed_.wait(lock);
    std::deque<T> batch;
    while (!items_.empty() && batch.size() < count) {
      batch.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    return batch;
  }

  void close() NSL_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      is_closed_ = true;
    }
    changed_.notify_all();
  }

  std::size_t size() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t capacity_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<T> items_ NSL_GUARDED_BY(mutex_);
  bool is_closed_ NSL_GUARDED_BY(mutex_) = false;
};

}  // namespace nsl
