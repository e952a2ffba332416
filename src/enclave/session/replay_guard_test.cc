#include "enclave/session/replay_guard.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::session {
namespace {

class ReplayGuardTest : public ::testing::Test {
 protected:
  WallTime now() const { return clock_.wall_time(); }
  ManualClock clock_{WallTime(1'700'000'000'000)};
  ReplayGuard guard_{clock_};
};

TEST_F(ReplayGuardTest, AdmitsARequestOnce) {
  EXPECT_TRUE(guard_.admit("a", now()).has_value());
  EXPECT_EQ(guard_.admit("a", now()).error().code(), Code::seal_replayed);
  EXPECT_TRUE(guard_.admit("b", now()).has_value());
}

TEST_F(ReplayGuardTest, NeverAdmitsAReplayHoweverLateItComes) {
  // The latest acceptable issue time: the sender's clock runs ahead by the whole allowed skew.
  const WallTime issued_at(now().value() + limits::kClockSkewMsMax);
  ASSERT_TRUE(guard_.admit("a", issued_at).has_value());
  for (int step = 0; step < 1000; ++step) {
    clock_.advance_ms(1000);
    EXPECT_FALSE(guard_.admit("a", issued_at).has_value()) << step;
  }
}

TEST_F(ReplayGuardTest, RefusesRequestsOutsideTheWindow) {
  EXPECT_EQ(guard_.admit("a", WallTime(now().value() - limits::kSealWindowMs - 1)).error().code(),
            Code::seal_stale);
  EXPECT_EQ(guard_.admit("a", WallTime(now().value() + limits::kClockSkewMsMax + 1)).error().code(),
            Code::seal_stale);
}

TEST_F(ReplayGuardTest, IsBounded) {
  for (std::int64_t i = 0; i < limits::kSealSeenMax; ++i) {
    ASSERT_TRUE(guard_.admit(std::to_string(i), now()).has_value());
  }
  EXPECT_EQ(guard_.admit("one more", now()).error().code(), Code::overloaded);
  clock_.advance_ms(limits::kSealWindowMs + limits::kClockSkewMsMax + 1);
  EXPECT_TRUE(guard_.admit("one more", now()).has_value());
}

}  // namespace
}  // namespace nsl::enclave::session
