#include "core/base/clock.h"

#include <gtest/gtest.h>

namespace nsl {
namespace {

TEST(Clock, FormatsRfc3339InUtc) {
  EXPECT_EQ(to_rfc3339(WallTime(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(WallTime(1763725444005)), "2025-11-21T11:44:04.005Z");
  EXPECT_EQ(to_rfc3339(WallTime(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Deadline, CountsDownToZeroAndNoFurther) {
  ManualClock clock{WallTime(0)};
  const Deadline deadline = Deadline::after_ms(clock, 100);
  EXPECT_EQ(deadline.ms_left(clock), 100);
  clock.advance_ms(99);
  EXPECT_FALSE(deadline.has_passed(clock));
  clock.advance_ms(2);
  EXPECT_EQ(deadline.ms_left(clock), 0);
  EXPECT_TRUE(deadline.has_passed(clock));
}

TEST(Deadline, TakesTheEarlierOfTwo) {
  ManualClock clock{WallTime(0)};
  const Deadline near = Deadline::after_ms(clock, 10);
  const Deadline far = Deadline::after_ms(clock, 20);
  EXPECT_EQ(far.earlier_of(near).time(), near.time());
}

}  // namespace
}  // namespace nsl
