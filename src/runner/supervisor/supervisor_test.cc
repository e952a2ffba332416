// The supervisor with real processes around an engine without a language, so that it also runs
// under the sanitizers. runner/main-js has the tests with V8.
#include "runner/supervisor/supervisor.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "runner/abi/abi.h"
#include "runner/testing/driver.h"

namespace nsl::runner::supervisor {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;

TEST(Supervisor, RelaysAJobAndItsResult) {
  Driver driver("nsl-runner-fake");
  EXPECT_EQ(driver.run("echo", "[1]").finished.output(), "[1]");
  EXPECT_EQ(driver.wait_ready().engine(), "fake");
}

TEST(Supervisor, RelaysAHostCallAndItsReply) {
  Driver driver("nsl-runner-fake");
  driver.on("any", [](const v1::HostCall& call) { return "{\"was\":" + call.arguments() + "}"; });
  EXPECT_EQ(driver.run("call", "7").finished.output(), "{\"was\":7}");
}

TEST(Supervisor, EnforcesWallAndCpuTime) {
  Driver driver("nsl-runner-fake");
  v1::StartRun request;
  request.set_source("wait");
  request.mutable_limits()->set_wall_ms(30);
  EXPECT_EQ(driver.run(request).finished.status(), Finished::TIMED_OUT);
  request.set_source("spin");
  request.mutable_limits()->set_wall_ms(20'000);
  request.mutable_limits()->set_cpu_ms(30);
  EXPECT_NE(driver.run(request).finished.error().message().find("CPU"), std::string::npos);
}

TEST(Supervisor, ReportsEveryWayToDie) {
  Driver driver("nsl-runner-fake");
  EXPECT_EQ(driver.run("exit 0").finished.status(), Finished::CRASHED);
  EXPECT_EQ(driver.run("exit 5").finished.status(), Finished::CRASHED);
  EXPECT_EQ(driver.run("exit " + std::to_string(abi::kExitOutOfMemory)).finished.status(),
            Finished::MEMORY);
  EXPECT_EQ(driver.run("trap").finished.status(), Finished::CRASHED);
  EXPECT_EQ(driver.run("echo", "1").finished.output(), "1");
}

TEST(Supervisor, AnyBytesOfARunAreAResultOrAnEnd) {
  Driver driver("nsl-runner-fake");
  const std::string good = abi::encode(abi::Done{.output = "{}"});
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {0x01, 0x80}) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      const auto record = driver.run("raw", codec::encode_hex(as_bytes(bytes)));
      const auto status = record.finished.status();
      EXPECT_TRUE(status != Finished::UNKNOWN && status != Finished::NOT_STARTED) << i;
    }
  }
}

TEST(Supervisor, TheNextRunFindsAProcessThatWaitsForIt) {
  Driver driver("nsl-runner-fake");
  driver.wait_ready();
  // A process that came too late for one run is there for the one after it.
  for (int i = 0; i < 5; ++i) {
    const std::string first = driver.run("is rehearsed").finished.output();
    const std::string second = driver.run("is rehearsed").finished.output();
    EXPECT_TRUE(first == "true" || second == "true");
  }
}

TEST(Supervisor, ARunWithAMemoryLimitOfItsOwnGetsAProcessOfItsOwn) {
  Driver driver("nsl-runner-fake");
  driver.wait_ready();
  v1::StartRun request;
  request.set_source("is rehearsed");
  request.mutable_limits()->set_memory_bytes(std::uint64_t{48} << 20);
  EXPECT_EQ(driver.run(request).finished.output(), "false");
  EXPECT_EQ(driver.run("is rehearsed").finished.output(), "true");
}

TEST(Supervisor, NoRunIsGivenToAProcessThatWasKilledWaiting) {
  Driver driver("nsl-runner-fake");
  EXPECT_EQ(driver.run("echo", "1").finished.output(), "1");
  for (int i = 0; i < 20; ++i) {
    // The youngest is the one that waits; there is none while it is being made.
    const std::vector<pid_t> all = driver.descendants();
    testing::kill_hard(all.back());
    ASSERT_TRUE(testing::wait_until_gone({all.back()}));
    const auto status = driver.run("echo", "1").finished.status();
    EXPECT_EQ(status, Finished::SUCCEEDED) << i;
  }
}

TEST(Supervisor, ManyRunsAtATimeAndMoreWaiting) {
  Driver driver("nsl-runner-fake");
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 80; ++i) {
    v1::StartRun request;
    request.set_source("echo");
    request.set_input(std::to_string(i));
    keys.push_back(driver.start(std::move(request)));
  }
  for (int i = 0; i < 80; ++i) {
    EXPECT_EQ(driver.finish(keys[static_cast<std::size_t>(i)]).finished.output(),
              std::to_string(i));
  }
}

TEST(Supervisor, AKilledZygoteLosesItsRunsAndIsReplaced) {
  Driver driver("nsl-runner-fake");
  driver.wait_ready();
  v1::StartRun request;
  request.set_source("call");
  driver.on("any", [](const v1::HostCall&) { return ""; });
  const std::uint64_t key = driver.start(request);
  ASSERT_TRUE(driver.receive().has_value());
  testing::kill_hard(driver.descendants().front());
  EXPECT_EQ(driver.finish(key).finished.status(), Finished::LOST);
  EXPECT_EQ(driver.run("echo", "2").finished.output(), "2");
}

TEST(Supervisor, EndsWithItsControlSocketAndLeavesNothing) {
  Driver driver("nsl-runner-fake");
  driver.wait_ready();
  v1::StartRun request;
  request.set_source("call");
  driver.start(request);
  ASSERT_TRUE(driver.receive().has_value());
  const std::vector<pid_t> all = driver.descendants();
  EXPECT_EQ(driver.close_and_wait(), 0);
  EXPECT_TRUE(testing::wait_until_gone(all));
}

TEST(Supervisor, ReplacesAZygoteThatHasForkedEnough) {
  Driver driver("nsl-runner-fake", {"zygote-runs=3"});
  driver.wait_ready();
  const std::vector<pid_t> first = testing::children_of(driver.pid());
  ASSERT_EQ(first.size(), 1U);
  // One run at a time, until the successor serves; none is lost on the way.
  while (testing::is_alive(first.front())) {
    ASSERT_EQ(driver.run("echo", "2").finished.output(), "2");
  }
  EXPECT_EQ(driver.run("echo", "3").finished.output(), "3");
  for (int i = 0; i < 60; ++i) ASSERT_EQ(driver.run("echo", "4").finished.output(), "4");
  // One that ends, one that serves, one that starts, and what the last one left.
  EXPECT_LE(testing::children_of(driver.pid()).size(), 4U);
}

TEST(Supervisor, GivesUpOnZygotesThatNeverServe) {
  Driver driver("nsl-runner-fake", {"hang=10"});
  EXPECT_FALSE(driver.receive().has_value());
  EXPECT_EQ(driver.close_and_wait(), 1);
}

TEST(Supervisor, GivesUpOnCompilersThatNeverServeByABoundOfTheirOwn) {
  Driver driver("nsl-runner-fake", {"compiler-hang=10"});
  driver.wait_ready();
  v1::StartRun request;
  request.set_kind(v1::COMPILE);
  driver.start(std::move(request));
  EXPECT_FALSE(driver.receive().has_value());
  EXPECT_EQ(driver.close_and_wait(), 1);
}

TEST(Supervisor, RefusesRunsWhenTooManyBytesWait) {
  Driver driver("nsl-runner-fake");
  driver.on("any", [](const v1::HostCall&) { return ""; });
  for (std::int64_t i = 0; i < limits::kRunsInFlightMax; ++i) {
    v1::StartRun request;
    request.set_source("call");
    request.set_input("1");
    driver.start(std::move(request));
  }
  // The places are taken once each run has made its call; what comes then waits.
  for (std::int64_t calls = 0; calls < limits::kRunsInFlightMax;) {
    const auto message = driver.receive();
    ASSERT_TRUE(message.has_value());
    if (message->has_host_call()) ++calls;
  }
  constexpr std::int64_t kInputBytes = 1'000'000;
  for (std::int64_t i = 0; i < limits::kRunsQueuedBytesMax / kInputBytes; ++i) {
    v1::StartRun request;
    request.set_input(std::string(kInputBytes, ' '));
    driver.start(std::move(request));
  }
  v1::StartRun last;
  last.set_input(std::string(kInputBytes, ' '));
  const auto refused = driver.run(std::move(last)).finished;
  EXPECT_EQ(refused.status(), Finished::NOT_STARTED);
  EXPECT_EQ(refused.error().code(), code_text(Code::overloaded));
}

}  // namespace
}  // namespace nsl::runner::supervisor
