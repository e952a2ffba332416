// Processes come and go: many at a time, killed from outside, orphaned. Nothing is left behind.
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "runner/testing/driver.h"

namespace nsl::runner {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

// The one that serves, and the one that stays behind outside its process name space.
constexpr std::size_t kZygoteProcesses = 2;
// With the process that waits for the next run, which may just be being made, and a template with
// one.
constexpr std::size_t kIdleProcesses = kZygoteProcesses + 3;

v1::StartRun request_of(const std::string& source) {
  v1::StartRun request;
  request.set_source(source);
  return request;
}

TEST(Lifecycle, SaysWhichEngineAndLayersServe) {
  Driver driver("nsl-runner-js");
  EXPECT_TRUE(driver.wait_ready().engine().starts_with("v8 13.6"));
  EXPECT_GE(driver.wait_ready().layers_size(), 8);
}

TEST(Lifecycle, TwentyRunsAtATimeStayApart) {
  Driver driver("nsl-runner-js");
  driver.on("storage.get", [](const v1::HostCall& call) { return call.arguments(); });
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 20; ++i) {
    v1::StartRun request = request_of(
        "async function main(n) { const seen = []; for (let i = 0; i < 10; ++i) {"
        " seen.push((await neoService.storage.get('k' + n)).key); } return seen.every((k) => k === "
        "'k' + n); }");
    request.set_input(std::to_string(i));
    keys.push_back(driver.start(std::move(request)));
  }
  for (const std::uint64_t key : keys) {
    const RunRecord record = driver.finish(key);
    EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.output(), "true");
    EXPECT_EQ(record.calls.size(), 10U);
  }
}

TEST(Lifecycle, MoreRunsThanPlacesAllEnd) {
  Driver driver("nsl-runner-js");
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 100; ++i)
    keys.push_back(driver.start(request_of("function main() { return 1; }")));
  for (const std::uint64_t key : keys) EXPECT_EQ(driver.finish(key).finished.output(), "1");
}

TEST(Lifecycle, AKilledZygoteIsReplacedAndItsRunsAreLost) {
  Driver driver("nsl-runner-js");
  driver.on("time.now", [](const v1::HostCall&) { return "0"; });
  std::vector<std::uint64_t> running;
  for (int i = 0; i < limits::kRunsInFlightMax; ++i) {
    running.push_back(driver.start(
        request_of("async function main() { await neoService.time.now(); for (;;); }")));
  }
  const std::uint64_t queued = driver.start(request_of("function main() { return 'later'; }"));
  // A host call says that the run is really there.
  std::vector<pid_t> before;
  do {
    const auto message = driver.receive();
    ASSERT_TRUE(message.has_value());
    if (!message->has_host_call()) continue;
    before = driver.descendants();
  } while (before.size() < static_cast<std::size_t>(limits::kRunsInFlightMax) + kZygoteProcesses);
  testing::kill_hard(before.front());
  for (const std::uint64_t key : running) {
    const RunRecord record = driver.finish(key);
    EXPECT_EQ(record.finished.status(), Finished::LOST);
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_lost));
  }
  EXPECT_EQ(driver.finish(queued).finished.output(), "\"later\"");
  EXPECT_TRUE(testing::wait_until_gone(before));
}

TEST(Lifecycle, TheEndOfTheSocketEndsEveryProcess) {
  Driver driver("nsl-runner-js");
  driver.on("time.now", [](const v1::HostCall&) { return "0"; });
  driver.wait_ready();
  driver.start(request_of("async function main() { await neoService.time.now(); for (;;); }"));
  ASSERT_TRUE(driver.receive().has_value());
  const std::vector<pid_t> all = driver.descendants();
  EXPECT_GE(all.size(), kZygoteProcesses + 1);
  EXPECT_EQ(driver.close_and_wait(), 0);
  EXPECT_TRUE(testing::wait_until_gone(all));
}

TEST(Lifecycle, AKilledSupervisorTakesEveryProcessAlong) {
  Driver driver("nsl-runner-js");
  driver.wait_ready();
  driver.start(request_of("async function main() { await neoService.time.now(); }"));
  ASSERT_TRUE(driver.receive().has_value());
  const std::vector<pid_t> all = driver.descendants();
  EXPECT_GE(all.size(), kZygoteProcesses + 1);
  testing::kill_hard(driver.pid());
  EXPECT_TRUE(testing::wait_until_gone(all));
}

TEST(Lifecycle, BrokenControlFramesEndTheRunner) {
  for (const std::string& bytes : {std::string("\xff\xff\xff\xff", 4), std::string("\0\0\0\2zz", 6),
                                   std::string("\0\0\0\0", 4)}) {
    Driver driver("nsl-runner-js");
    driver.wait_ready();
    const std::vector<pid_t> all = driver.descendants();
    driver.send_raw(bytes);
    EXPECT_FALSE(driver.receive().has_value());
    EXPECT_EQ(driver.close_and_wait(), 1);
    EXPECT_TRUE(testing::wait_until_gone(all));
  }
}

TEST(Lifecycle, RepliesToNobodyAreIgnored) {
  Driver driver("nsl-runner-js");
  v1::ToRunner message;
  message.mutable_host_reply()->set_run_key(99);
  message.mutable_host_reply()->set_ok("1");
  driver.send(message);
  message.mutable_cancel_run()->set_run_key(99);
  driver.send(message);
  EXPECT_EQ(driver.run("function main() { return 1; }").finished.output(), "1");
}

TEST(Lifecycle, NothingPilesUpOverManyRuns) {
  Driver driver("nsl-runner-js");
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(driver.run("function main() { return 1; }").finished.output(), "1");
  }
  EXPECT_LE(driver.descendants().size(), kIdleProcesses);
}

TEST(Lifecycle, TheSameSeedAndTimeGiveTheSameResult) {
  Driver driver("nsl-runner-js");
  v1::StartRun request = request_of(
      "async function main() { const seen = [Date.now(), new Date().toISOString()];"
      " for (let i = 0; i < 1e5; ++i); seen.push(Date.now() - seen[0]);"
      " for (let i = 0; i < 4; ++i) seen.push(Math.random()); return seen; }");
  request.set_time_ms(1'700'000'000'123);
  request.set_seed(std::string(32, 'a'));
  const std::string first = driver.run(request).finished.output();
  EXPECT_TRUE(first.starts_with("[1700000000123,\"2023-11-14T22:13:20.123Z\",0,")) << first;
  EXPECT_EQ(driver.run(request).finished.output(), first);
  request.set_seed(std::string(32, 'b'));
  EXPECT_NE(driver.run(request).finished.output(), first);
}

TEST(Lifecycle, TimeMovesOnWithTheHostsRepliesOnly) {
  Driver driver("nsl-runner-js");
  driver.on("time.now", [](const v1::HostCall&) { return "1"; });
  v1::StartRun request = request_of(
      "async function main() { const begin = Date.now(); for (let i = 0; i < 1e6; ++i);"
      " const computed = Date.now() - begin; await neoService.time.now();"
      " return [computed, Date.now() > begin]; }");
  // The driver tells no time, so that the runner's own clock does.
  request.set_time_ms(1'000);
  EXPECT_EQ(driver.run(request).finished.output(), "[0,true]");
}

TEST(Lifecycle, WorksWithMachineCodeToo) {
  Driver driver("nsl-runner-js", {"--jit"});
  const RunRecord record = driver.run(
      "function main() { let s = 0; for (let i = 0; i < 3e6; ++i) s = (s + i) % 1000; return s; }");
  EXPECT_EQ(record.finished.output(), "0") << record.finished.ShortDebugString();
  const auto& layers = record.finished.layers();
  EXPECT_EQ(std::find(layers.begin(), layers.end(), "no_executable_memory"), layers.end());
}

}  // namespace
}  // namespace nsl::runner
