#include "core/base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

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

TEST(WorkerPool, BeginsNoMoreTasksThanThereArePlaces) {
  std::atomic<int> working = 0;
  std::atomic<int> most = 0;
  {
    WorkerPool pool(8, 1000, 2);
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(pool.try_submit([&] {
        const int now = ++working;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::yield();
        --working;
      }));
    }
  }
  EXPECT_LE(most, 2);
}

TEST(WorkerPool, ATaskThatWaitsLeavesItsPlaceToTheNext) {
  Mutex mutex;
  CondVar changed;
  int arrived = 0;
  {
    WorkerPool pool(16, 16, 1);
    for (int i = 0; i < 16; ++i) {
      ASSERT_TRUE(pool.try_submit([&] {
        MutexLock lock(mutex);
        ++arrived;
        changed.notify_all();
        while (arrived < 16) changed.wait(lock);
      }));
    }
  }
  EXPECT_EQ(arrived, 16);
}

TEST(WorkerPool, FinishesQueuedTasksThatWaitForEachOther) {
  std::atomic<int> done = 0;
  {
    Mutex mutex;
    CondVar changed;
    bool is_open = false;
    WorkerPool pool(2, 100, 1);
    ASSERT_TRUE(pool.try_submit([&] {
      MutexLock lock(mutex);
      while (!is_open) changed.wait(lock);
      ++done;
    }));
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.try_submit([&] { ++done; }));
    ASSERT_TRUE(pool.try_submit([&] {
      MutexLock lock(mutex);
      is_open = true;
      changed.notify_all();
    }));
  }
  EXPECT_EQ(done, 51);
}

}  // namespace
}  // namespace nsl
