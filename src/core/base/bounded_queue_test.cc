#include "core/base/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace nsl {
namespace {

TEST(BoundedQueue, RefusesWhenFull) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.try_push(1));
  EXPECT_TRUE(queue.try_push(2));
  EXPECT_FALSE(queue.try_push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_TRUE(queue.try_push(3));
}

TEST(BoundedQueue, DrainsAfterCloseAndRefusesNewItems) {
  BoundedQueue<int> queue(2);
  ASSERT_TRUE(queue.try_push(1));
  queue.close();
  EXPECT_FALSE(queue.try_push(2));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_TRUE(queue.pop_batch(8).empty());
}

TEST(BoundedQueue, WakesAWaitingReader) {
  BoundedQueue<int> queue(1);
  int got = 0;
  std::thread reader([&] { got = queue.pop().value_or(-1); });
  while (!queue.try_push(7)) {
  }
  reader.join();
  EXPECT_EQ(got, 7);
}

TEST(BoundedQueue, TakesAtMostTheBatchAsked) {
  BoundedQueue<int> queue(4);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(queue.try_push(int{i}));
  EXPECT_EQ(queue.pop_batch(3).size(), 3U);
  EXPECT_EQ(queue.size(), 1U);
}

}  // namespace
}  // namespace nsl
