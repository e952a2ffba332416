// WorkerPool runs plain blocking functions on a fixed number of threads behind a bounded queue. The
// destructor closes the queue, lets running and queued tasks finish, and joins the threads.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/bounded_queue.h"

namespace nsl {

class WorkerPool {
 public:
  WorkerPool(std::size_t thread_count, std::size_t queue_capacity);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full: the caller refuses the work.
  [[nodiscard]] bool try_submit(std::function<void()> task);
  std::size_t queued() const { return queue_.size(); }

 private:
  BoundedQueue<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace nsl
