#include "enclave/runs/retry.h"

#include <gtest/gtest.h>

namespace nsl::enclave::runs {
namespace {

using nsl::v1::Run;

nsl::v1::RetryPolicy policy(std::uint32_t attempts) {
  nsl::v1::RetryPolicy result;
  result.set_attempts(attempts);
  return result;
}

TEST(RunRetry, ThereIsNoneUnlessThePolicyAsksForIt) {
  EXPECT_FALSE(is_tried_again({}, Run::FAILED, 1));
  EXPECT_FALSE(is_tried_again(policy(1), Run::FAILED, 1));
  EXPECT_TRUE(is_tried_again(policy(2), Run::FAILED, 1));
}

TEST(RunRetry, EndsWithTheLastTry) {
  EXPECT_TRUE(is_tried_again(policy(3), Run::FAILED, 2));
  EXPECT_FALSE(is_tried_again(policy(3), Run::FAILED, 3));
}

TEST(RunRetry, FollowsOnlyTheEndsThePolicyNames) {
  nsl::v1::RetryPolicy named = policy(3);
  named.add_statuses(Run::TIMED_OUT);
  EXPECT_TRUE(is_tried_again(named, Run::TIMED_OUT, 1));
  EXPECT_FALSE(is_tried_again(named, Run::FAILED, 1));
  EXPECT_TRUE(is_tried_again(policy(3), Run::TIMED_OUT, 1));
  EXPECT_FALSE(is_tried_again(policy(3), Run::SUCCEEDED, 1));
  EXPECT_FALSE(is_tried_again(policy(3), Run::CANCELLED, 1));
}

TEST(RunRetry, ThePauseDoublesUpToTheLongest) {
  nsl::v1::RetryPolicy asked = policy(10);
  EXPECT_EQ(retry_pause_ms(asked, 1), 1000);
  EXPECT_EQ(retry_pause_ms(asked, 2), 2000);
  EXPECT_EQ(retry_pause_ms(asked, 9), 60000);
  asked.set_backoff_ms(300);
  asked.set_backoff_ms_max(1000);
  EXPECT_EQ(retry_pause_ms(asked, 1), 300);
  EXPECT_EQ(retry_pause_ms(asked, 2), 600);
  EXPECT_EQ(retry_pause_ms(asked, 3), 1000);
  EXPECT_EQ(retry_pause_ms(asked, 4000000000), 1000);
}

}  // namespace
}  // namespace nsl::enclave::runs
