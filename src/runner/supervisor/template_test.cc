// Templates with real processes around an engine without a language: when they are made, that a run
// begins in that of its own code or in none, and what ends them.
#include <gtest/gtest.h>

#include <algorithm>

#include "runner/supervisor/supervisor.h"
#include "runner/testing/driver.h"

namespace nsl::runner::supervisor {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;

bool is_from_template(Driver& driver, const std::string& version = "") {
  const auto finished = driver.run("is from template" + version).finished;
  EXPECT_EQ(finished.status(), Finished::SUCCEEDED);
  return finished.output() == "true";
}

// Runs until one begins in a template, which is made beside them.
void make_template(Driver& driver, const std::string& version = "") {
  for (int i = 0; i < 1000; ++i) {
    if (is_from_template(driver, version)) return;
  }
  FAIL() << "no template was made";
}

// Every run for a while is made without one.
bool stays_without(Driver& driver, const std::string& source) {
  for (int i = 0; i < 50; ++i) {
    if (driver.run(source).finished.status() != Finished::SUCCEEDED) return false;
  }
  return true;
}

std::vector<pid_t> sorted_descendants(const Driver& driver) {
  std::vector<pid_t> all = driver.descendants();
  std::ranges::sort(all);
  return all;
}

TEST(Template, IsMadeForTheSecondRunOfACode) {
  Driver driver("nsl-runner-fake");
  driver.wait_ready();
  EXPECT_FALSE(is_from_template(driver, "first"));
  EXPECT_FALSE(is_from_template(driver, "second"));
  make_template(driver, "first");
  EXPECT_TRUE(is_from_template(driver, "first"));
}

TEST(Template, ServesItsOwnCodeOnly) {
  Driver driver("nsl-runner-fake");
  make_template(driver);
  for (int i = 0; i < 20; ++i) {
    // What a run begins with is what it was asked for, whoever has a template.
    const std::string input = std::to_string(i);
    EXPECT_EQ(driver.run("echo", input).finished.output(), input);
    EXPECT_TRUE(is_from_template(driver));
    EXPECT_FALSE(is_from_template(driver, std::to_string(i)));
  }
}

TEST(Template, TheSameSourceInAnotherFileIsAnotherCode) {
  Driver driver("nsl-runner-fake");
  make_template(driver);
  v1::StartRun request;
  request.set_source("is from template");
  request.set_entry_file("main.js");
  EXPECT_EQ(driver.run(request).finished.output(), "false");
  request.clear_entry_file();
  request.set_artifact("x");
  EXPECT_EQ(driver.run(request).finished.output(), "false");
}

TEST(Template, EachRunHasAProcessOfItsOwnWithItsOwnLimits) {
  Driver driver("nsl-runner-fake");
  make_template(driver);
  v1::StartRun request;
  request.set_source("is from template");
  request.mutable_limits()->set_memory_bytes(std::uint64_t{48} << 20);
  const auto finished = driver.run(request).finished;
  EXPECT_EQ(finished.output(), "true");
  EXPECT_EQ(finished.layers_size(), driver.wait_ready().layers_size());
  EXPECT_GT(finished.stats().cpu_us(), 0U);
  EXPECT_GT(finished.stats().memory_peak_bytes(), 0U);
}

TEST(Template, WallAndCpuTimeHoldForItsRuns) {
  Driver driver("nsl-runner-fake");
  for (const bool spins : {false, true}) {
    v1::StartRun request;
    request.set_source(spins ? "spin" : "wait");
    request.mutable_limits()->set_wall_ms(spins ? 20'000 : 20);
    request.mutable_limits()->set_cpu_ms(20);
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(driver.run(request).finished.status(), Finished::TIMED_OUT) << spins << i;
    }
  }
}

TEST(Template, TheOneNotUsedForLongestMakesRoom) {
  Driver driver("nsl-runner-fake", {"templates=2"});
  make_template(driver, "a");
  make_template(driver, "b");
  EXPECT_TRUE(is_from_template(driver, "a"));
  make_template(driver, "c");
  EXPECT_TRUE(is_from_template(driver, "a"));
  EXPECT_FALSE(is_from_template(driver, "b"));
}

TEST(Template, TheirMemoryIsBounded) {
  Driver driver("nsl-runner-fake", {"template-bytes=16000000"});
  // Its 24 MB are too many, and are not tried again at once.
  EXPECT_TRUE(stays_without(driver, "large code"));
  make_template(driver);
  EXPECT_TRUE(is_from_template(driver));
}

TEST(Template, OneThatNobodyUsesEnds) {
  Driver driver("nsl-runner-fake", {"template-again=300"});
  driver.wait_ready();
  make_template(driver);
  const std::vector<pid_t> with = sorted_descendants(driver);
  // Nothing is asked of it: the end of the template and of its waiting process is what there is to
  // wait for.
  std::vector<pid_t> ended;
  for (const pid_t pid : with) {
    const auto children = testing::children_of(pid);
    if (!children.empty() && testing::children_of(pid) != with) ended.push_back(pid);
  }
  // The deepest with children is the template.
  ASSERT_FALSE(ended.empty());
  EXPECT_TRUE(testing::wait_until_gone({ended.back()}));
  EXPECT_FALSE(is_from_template(driver));
}

TEST(Template, OneThatDoesNotLoadInTimeIsGivenUp) {
  Driver driver("nsl-runner-fake", {"template-load=30"});
  EXPECT_TRUE(stays_without(driver, "never loads"));
  EXPECT_EQ(driver.run("echo", "1").finished.output(), "1");
}

TEST(Template, WhatDoesNotLoadRunsWithout) {
  Driver driver("nsl-runner-fake");
  EXPECT_TRUE(stays_without(driver, "does not load"));
}

TEST(Template, OneThatCrashesLoadingRetiresItsZygote) {
  Driver driver("nsl-runner-fake");
  driver.wait_ready();
  const std::vector<pid_t> first = testing::children_of(driver.pid());
  ASSERT_EQ(first.size(), 1U);
  for (int i = 0; i < 1000 && testing::is_alive(first.front()); ++i) {
    EXPECT_EQ(driver.run("traps loading").finished.status(), Finished::SUCCEEDED);
  }
  EXPECT_TRUE(testing::wait_until_gone(first));
  EXPECT_EQ(driver.run("echo", "1").finished.output(), "1");
}

TEST(Template, IsReplacedAfterManyRuns) {
  Driver driver("nsl-runner-fake", {"template-runs=5"});
  int without = 0;
  for (int i = 0; i < 200; ++i) without += is_from_template(driver) ? 0 : 1;
  // At least two runs between one and the next are made without.
  EXPECT_GT(without, 20);
  EXPECT_LT(without, 200);
}

TEST(Template, ACapturedOneSpeaksOfItsOwnProcessesOnly) {
  for (const char* source : {"forges ends", "forges starts", "forges readiness"}) {
    Driver driver("nsl-runner-fake");
    driver.on("any", [](const v1::HostCall&) { return ""; });
    // A neighbour whose slot is among those that are forged.
    v1::StartRun request;
    request.set_source("call");
    const std::uint64_t neighbour = driver.start(request);
    ASSERT_TRUE(driver.receive().has_value());
    // Its own runs may be lost with it.
    for (int i = 0; i < 50; ++i) driver.run(source);
    v1::ToRunner reply;
    reply.mutable_host_reply()->set_run_key(neighbour);
    reply.mutable_host_reply()->set_ok("7");
    driver.send(reply);
    EXPECT_EQ(driver.finish(neighbour).finished.output(), "7") << source;
    EXPECT_TRUE(stays_without(driver, source)) << source;
  }
}

TEST(Template, WhatACapturedOneForkedEndsWithIt) {
  Driver driver("nsl-runner-fake");
  constexpr std::size_t kForked = 20;
  pid_t captured = 0;
  for (int i = 0; i < 2000 && captured == 0; ++i) {
    EXPECT_EQ(driver.run("forks beside", "1").finished.output(), "1");
    for (const pid_t pid : driver.descendants()) {
      if (testing::children_of(pid).size() >= kForked) captured = pid;
    }
  }
  ASSERT_NE(captured, 0);
  const std::vector<pid_t> forked = testing::children_of(captured);
  testing::kill_hard(captured);
  EXPECT_TRUE(testing::wait_until_gone(forked));
  EXPECT_EQ(driver.run("echo", "2").finished.output(), "2");
}

TEST(Template, WhenItIsKilledItsRunsAreLostAndTheNextOnesAreMade) {
  Driver driver("nsl-runner-fake");
  driver.on("any", [](const v1::HostCall&) { return ""; });
  v1::StartRun request;
  request.set_source("call");
  request.set_input("1");
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 20; ++i) keys.push_back(driver.start(request));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(driver.receive().has_value());
  // One by one, so that templates are met in every state.
  std::vector<pid_t> all = driver.descendants();
  for (std::size_t i = 1; i < all.size(); ++i) testing::kill_hard(all[i]);
  for (const std::uint64_t key : keys) {
    EXPECT_EQ(driver.finish(key).finished.status(), Finished::LOST);
  }
  EXPECT_EQ(driver.run("echo", "2").finished.output(), "2");
}

TEST(Template, EndsWithTheSupervisorAndLeavesNothing) {
  Driver driver("nsl-runner-fake");
  make_template(driver);
  v1::StartRun request;
  request.set_source("is from template");
  driver.start(request);
  const std::vector<pid_t> all = driver.descendants();
  EXPECT_EQ(driver.close_and_wait(), 0);
  EXPECT_TRUE(testing::wait_until_gone(all));
}

}  // namespace
}  // namespace nsl::runner::supervisor
