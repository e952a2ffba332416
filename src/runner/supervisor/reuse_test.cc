// Processes that serve many runs, around an engine without a language.
#include <gtest/gtest.h>

#include <algorithm>

#include "runner/supervisor/supervisor.h"
#include "runner/testing/driver.h"

namespace nsl::runner::supervisor {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;

v1::StartRun request_of(const std::string& key, const std::string& source = "counts runs") {
  v1::StartRun request;
  request.set_source(source);
  request.set_reuse_key(key);
  return request;
}

// How many runs the process has served that served this one.
std::string count_of(Driver& driver, const v1::StartRun& request) {
  const auto finished = driver.run(request).finished;
  EXPECT_EQ(finished.status(), Finished::SUCCEEDED) << finished.ShortDebugString();
  return finished.output();
}

bool has_layer(const Finished& finished, const std::string& layer) {
  return std::ranges::find(finished.layers(), layer) != finished.layers().end();
}

TEST(Reuse, OneProcessServesTheRunsOfAKey) {
  Driver driver("nsl-runner-fake");
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(count_of(driver, request_of("a")), std::to_string(i));
}

TEST(Reuse, WhoDoesNotAskForItHasAFreshProcess) {
  Driver driver("nsl-runner-fake");
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(count_of(driver, request_of("")), "1");
  EXPECT_EQ(count_of(driver, request_of("a")), "2");
}

TEST(Reuse, NothingIsSharedBetweenKeysCodesEntryPointsKindsOrLimits) {
  Driver driver("nsl-runner-fake");
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
  EXPECT_EQ(count_of(driver, request_of("b")), "1");
  EXPECT_EQ(count_of(driver, request_of("a", "counts runs of another")), "1");
  v1::StartRun request = request_of("a");
  request.set_entry_point("other");
  EXPECT_EQ(count_of(driver, request), "1");
  request = request_of("a");
  request.set_kind(v1::EVENT);
  EXPECT_EQ(count_of(driver, request), "1");
  request = request_of("a");
  request.mutable_limits()->set_memory_bytes(std::uint64_t{48} << 20);
  EXPECT_EQ(count_of(driver, request), "1");
  EXPECT_EQ(count_of(driver, request_of("a")), "2");
}

TEST(Reuse, ItsEndSaysThatTheProcessIsNoFreshOne) {
  Driver driver("nsl-runner-fake");
  for (int i = 0; i < 2; ++i) {
    const auto finished = driver.run(request_of("a")).finished;
    EXPECT_TRUE(has_layer(finished, "reused_process"));
    EXPECT_FALSE(has_layer(finished, "process"));
  }
  const auto fresh = driver.run(request_of("")).finished;
  EXPECT_FALSE(has_layer(fresh, "reused_process"));
  EXPECT_TRUE(has_layer(fresh, "process"));
}

TEST(Reuse, ARunThatFailsIsTheLastOfItsProcess) {
  Driver driver("nsl-runner-fake");
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
  v1::StartRun failing = request_of("a");
  failing.set_input("\"fail\"");
  EXPECT_EQ(driver.run(failing).finished.status(), Finished::FAILED);
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
}

TEST(Reuse, TwoRunsAtATimeHaveTwoProcesses) {
  Driver driver("nsl-runner-fake");
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 8; ++i) keys.push_back(driver.start(request_of("a")));
  for (const std::uint64_t key : keys) {
    EXPECT_EQ(driver.finish(key).finished.status(), Finished::SUCCEEDED);
  }
}

TEST(Reuse, EndsAfterManyRuns) {
  Driver driver("nsl-runner-fake", {"reuse-runs=3"});
  for (const char* count : {"1", "2", "3", "1", "2", "3", "1"}) {
    EXPECT_EQ(count_of(driver, request_of("a")), count);
  }
}

TEST(Reuse, EndsWithAge) {
  Driver driver("nsl-runner-fake", {"reuse-age=0"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(count_of(driver, request_of("a")), "1");
}

TEST(Reuse, EndsWhenItHasGrown) {
  Driver driver("nsl-runner-fake", {"reuse-bytes=20000000"});
  std::vector<std::string> counts;
  for (int i = 0; i < 8; ++i) {
    counts.push_back(count_of(driver, request_of("a", "counts runs and grows")));
  }
  EXPECT_EQ(counts.front(), "1");
  EXPECT_GT(std::ranges::count(counts, "1"), 1);
  EXPECT_GT(std::ranges::count(counts, "2"), 0);
}

TEST(Reuse, EndsWhenNobodyAsks) {
  Driver driver("nsl-runner-fake", {"reuse-idle=50"});
  driver.wait_ready();
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
  // The oldest process below the zygote but the one that waits for a run.
  const std::vector<pid_t> all = driver.descendants();
  bool has_ended = false;
  for (const pid_t pid : all) {
    if (!testing::children_of(pid).empty()) continue;
    has_ended = has_ended || testing::wait_until_gone({pid});
    if (has_ended) break;
  }
  EXPECT_TRUE(has_ended);
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
}

TEST(Reuse, TheOneNotUsedForLongestMakesRoom) {
  Driver driver("nsl-runner-fake", {"reuse=2"});
  EXPECT_EQ(count_of(driver, request_of("a")), "1");
  EXPECT_EQ(count_of(driver, request_of("b")), "1");
  EXPECT_EQ(count_of(driver, request_of("a")), "2");
  EXPECT_EQ(count_of(driver, request_of("c")), "1");
  EXPECT_EQ(count_of(driver, request_of("a")), "3");
  EXPECT_EQ(count_of(driver, request_of("b")), "1");
}

TEST(Reuse, NoRunIsLostToAProcessThatWasKilledResting) {
  Driver driver("nsl-runner-fake");
  for (int i = 0; i < 20; ++i) {
    count_of(driver, request_of("a"));
    std::vector<pid_t> leaves;
    for (const pid_t pid : driver.descendants()) {
      if (testing::children_of(pid).empty()) leaves.push_back(pid);
    }
    for (const pid_t pid : leaves) testing::kill_hard(pid);
    ASSERT_TRUE(testing::wait_until_gone(leaves));
  }
}

}  // namespace
}  // namespace nsl::runner::supervisor
