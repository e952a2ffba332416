#include "enclave/jobs/job.h"

#include <gtest/gtest.h>

#include "enclave/jobs/under_way.h"

namespace nsl::enclave::jobs {
namespace {

class Handler final : public JobHandler {
 public:
  Result<JobOutcome> carry_out(const std::string& job, const Deadline& /*deadline*/) override {
    seen.push_back(job);
    return JobOutcome{.is_done = false, .retry_after_ms = 7};
  }
  std::vector<std::string> seen;
};

class JobTest : public testing::Test {
 protected:
  ManualClock clock_{WallTime(0)};
  Deadline deadline_ = Deadline::after_ms(clock_, 1000);
  Handler runs_;
  Handler webhooks_;
  std::vector<JobRoute> routes_ = {{"execute", runs_}, {"webhook", webhooks_}};
};

TEST_F(JobTest, GoesToWhomItsFirstWordNames) {
  const auto outcome = carry_out(routes_, "webhook/acc_a/whk_b", deadline_);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->retry_after_ms, 7);
  EXPECT_EQ(webhooks_.seen, std::vector<std::string>{"webhook/acc_a/whk_b"});
  EXPECT_TRUE(runs_.seen.empty());
}

TEST_F(JobTest, OfNobodyIsRefused) {
  for (const char* job : {"", "/", "exec", "executed/a/b", "webhooks", "Execute/a/b"}) {
    EXPECT_EQ(carry_out(routes_, job, deadline_).error().code(), Code::invalid_argument) << job;
  }
  EXPECT_TRUE(runs_.seen.empty() && webhooks_.seen.empty());
}

TEST(KeepInQueue, NeverLetsTheHostBuryAJob) {
  EXPECT_TRUE(keep_in_queue(JobOutcome{})->is_done);
  EXPECT_EQ(keep_in_queue(fail(Code::unavailable)).error().code(), Code::unavailable);
  EXPECT_EQ(keep_in_queue(fail(Code::invalid_argument)).error().code(), Code::invalid_argument);
  const auto refused = keep_in_queue(fail(Code::record_corrupt));
  ASSERT_TRUE(refused.has_value());
  EXPECT_FALSE(refused->is_done);
  EXPECT_GT(refused->retry_after_ms, 0);
}

TEST(UnderWay, TakesAJobOnceAtATimeAndNoMoreThanItsBounds) {
  UnderWay under_way({.all = 3, .of_one_account = 2});
  {
    const UnderWay::Turn first(under_way, "acc_a", "1");
    EXPECT_TRUE(first);
    EXPECT_FALSE(UnderWay::Turn(under_way, "acc_a", "1"));
    const UnderWay::Turn second(under_way, "acc_a", "2");
    EXPECT_TRUE(second);
    EXPECT_FALSE(UnderWay::Turn(under_way, "acc_a", "3"));
    const UnderWay::Turn other(under_way, "acc_b", "1");
    EXPECT_TRUE(other);
    EXPECT_FALSE(UnderWay::Turn(under_way, "acc_c", "1"));
  }
  EXPECT_TRUE(UnderWay::Turn(under_way, "acc_a", "1"));
}

}  // namespace
}  // namespace nsl::enclave::jobs
