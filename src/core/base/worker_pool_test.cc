#include "core/base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

namespace nsl {
namespace {

TEST(WorkerPool, FinishesQueuedTasksBeforeItDies) {
  std::atomic<int> done = 0;
  {
    WorkerPool pool(2, 100);
    for (int i = 0; i < 100; ++i) {
      while (!pool.try_submit([&] { ++done; })) {
      }
    }
  }
  EXPECT_EQ(done, 100);
}

TEST(WorkerPool, RefusesWorkOverItsQueue) {
  std::binary_semaphore started(0);
  std::binary_semaphore gate(0);
  WorkerPool pool(1, 1);
  ASSERT_TRUE(pool.try_submit([&] {
    started.release();
    gate.acquire();
  }));
  started.acquire();
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_FALSE(pool.try_submit([] {}));
  gate.release();
}

}  // namespace
}  // namespace nsl
