#include "host/nodes/node_health.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::host::nodes {
namespace {

constexpr MonotonicTime kNow{1000};

MonotonicTime later(MonotonicTime time, std::int64_t ms) {
  return MonotonicTime(time.value() + ms);
}

void fail_until_it_rests(NodeHealth& health, MonotonicTime now) {
  for (std::int64_t i = 0; i < limits::kNodeFailuresMax; ++i) health.note_failure(now);
}

TEST(NodeHealth, ServesOnlyAfterALook) {
  NodeHealth health;
  EXPECT_EQ(health.state(), NodeState::unknown);
  EXPECT_TRUE(health.may_be_looked_at(kNow));
  health.admit();
  EXPECT_EQ(health.state(), NodeState::serving);
  health.note_failure(kNow);
  EXPECT_EQ(health.state(), NodeState::unknown);
  EXPECT_TRUE(health.may_be_looked_at(kNow));
}

TEST(NodeHealth, RestsLongerEachTimeUpToALimit) {
  NodeHealth health;
  fail_until_it_rests(health, kNow);
  EXPECT_EQ(health.state(), NodeState::resting);
  MonotonicTime now = kNow;
  for (std::int64_t rest = limits::kNodeRestMs; rest < 4 * limits::kNodeRestMsMax; rest *= 2) {
    const std::int64_t expected = std::min(rest, limits::kNodeRestMsMax);
    EXPECT_FALSE(health.may_be_looked_at(later(now, expected - 1)));
    EXPECT_TRUE(health.may_be_looked_at(later(now, expected)));
    now = later(now, expected);
    // The one look after the rest fails.
    health.note_failure(now);
  }
}

TEST(NodeHealth, OneGoodLookEndsTheRests) {
  NodeHealth health;
  fail_until_it_rests(health, kNow);
  health.note_failure(later(kNow, limits::kNodeRestMs));
  health.admit();
  EXPECT_EQ(health.state(), NodeState::serving);
  health.note_failure(kNow);
  EXPECT_EQ(health.state(), NodeState::unknown);
}

TEST(NodeHealth, RestsWhenItsErrorBudgetIsSpent) {
  NodeHealth health;
  // Never two failures in a row.
  for (std::int64_t i = 1; i < limits::kNodeErrorBudget; ++i) {
    health.note_failure(kNow);
    health.note_answer(100);
    EXPECT_NE(health.state(), NodeState::resting) << i;
  }
  health.note_failure(kNow);
  EXPECT_EQ(health.state(), NodeState::resting);
  EXPECT_EQ(health.failures(), 0);
}

TEST(NodeHealth, ForgivesWhatWasLongAgo) {
  NodeHealth health;
  health.note_failure(kNow);
  for (int i = 0; i < 63; ++i) health.note_answer(100);
  EXPECT_EQ(health.failures(), 1);
  health.note_answer(100);
  EXPECT_EQ(health.failures(), 0);
}

TEST(NodeHealth, LooksAtARefusedNodeAgainAfterAWhile) {
  NodeHealth health;
  health.admit();
  health.refuse(Code::chain_replaced, kNow);
  EXPECT_EQ(health.state(), NodeState::refused);
  EXPECT_EQ(health.refusal(), Code::chain_replaced);
  EXPECT_FALSE(health.may_be_looked_at(kNow));
  EXPECT_TRUE(health.may_be_looked_at(later(kNow, limits::kNodeRestMs)));
  health.end_rest();
  EXPECT_TRUE(health.may_be_looked_at(kNow));
  health.admit();
  EXPECT_EQ(health.refusal(), std::nullopt);
}

TEST(NodeHealth, CostsMoreTheSlowerTheBusierAndTheWorseItIs) {
  NodeHealth fast;
  NodeHealth slow;
  fast.note_answer(100);
  slow.note_answer(900);
  EXPECT_LT(fast.cost(0), slow.cost(0));
  EXPECT_GT(fast.cost(9), slow.cost(0));
  NodeHealth failing = fast;
  failing.note_failure(kNow);
  EXPECT_GT(failing.cost(0), fast.cost(0));
  slow.note_answer(100);
  EXPECT_EQ(slow.latency_us(), 800);
}

}  // namespace
}  // namespace nsl::host::nodes
