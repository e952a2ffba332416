#include "core/base/worker_pool.h"

#include "core/base/assert.h"

namespace nsl {

WorkerPool::WorkerPool(std::size_t thread_count, std::size_t queue_capacity)
    : queue_(queue_capacity) {
  NSL_ASSERT(thread_count > 0);
  threads_.reserve(thread_count);
  for (std::size_t i = 0; i < thread_count; ++i) {
    threads_.emplace_back([this] {
      while (auto task = queue_.pop()) (*task)();
    });
  }
}

WorkerPool::~WorkerPool() {
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::try_submit(std::function<void()> task) { return queue_.try_push(std::move(task)); }

}  // namespace nsl
