// A function that takes more than it may: each limit ends it, and only it.
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "runner/testing/answers.h"

namespace nsl::runner {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

class Limits : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { driver_ = std::make_unique<Driver>("nsl-runner-js"); }
  static void TearDownTestSuite() { driver_.reset(); }

  static v1::StartRun request_of(const std::string& body) {
    v1::StartRun request;
    request.set_source("async function main() {\n" + body + "\n}");
    return request;
  }

  static std::unique_ptr<Driver> driver_;
};

std::unique_ptr<Driver> Limits::driver_;

TEST_F(Limits, WallTimeEndsALoop) {
  v1::StartRun request = request_of("for (;;);");
  request.mutable_limits()->set_wall_ms(100);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::TIMED_OUT);
  EXPECT_EQ(record.finished.error().code(), code_text(Code::run_timed_out));
  EXPECT_NE(record.finished.error().message().find("wall"), std::string::npos);
  EXPECT_GE(record.finished.stats().wall_us(), 100'000U);
}

TEST_F(Limits, WallTimeEndsAWait) {
  Driver driver("nsl-runner-js");
  driver.on("time.now", [](const v1::HostCall&) { return ""; });
  v1::StartRun request = request_of("await neoService.time.now();");
  request.mutable_limits()->set_wall_ms(50);
  EXPECT_EQ(driver.run(std::move(request)).finished.status(), Finished::TIMED_OUT);
}

TEST_F(Limits, WallTimeEndsMicrotasksThatBreedAndRegularExpressionsThatExplode) {
  for (const char* body :
       {"const f = () => Promise.resolve().then(f); await f();",
        "return /^(a+)+$/.test('a'.repeat(40) + 'b');",
        "try { for (;;) try { for (;;); } finally { continue; } } finally { for (;;); }"}) {
    v1::StartRun request = request_of(body);
    request.mutable_limits()->set_wall_ms(100);
    EXPECT_EQ(driver_->run(std::move(request)).finished.status(), Finished::TIMED_OUT) << body;
  }
}

TEST_F(Limits, CpuTimeEndsALoop) {
  v1::StartRun request = request_of("for (;;);");
  request.mutable_limits()->set_cpu_ms(60);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::TIMED_OUT);
  EXPECT_NE(record.finished.error().message().find("CPU"), std::string::npos);
  EXPECT_GE(record.finished.stats().cpu_us(), 55'000U);
  EXPECT_LT(record.finished.stats().cpu_us(), 500'000U);
}

TEST_F(Limits, AFullHeapEndsTheRun) {
  for (const char* body : {"const a = []; for (;;) a.push({x: a.length});",
                           "let s = 'x'; for (;;) s = s + s + Math.random();",
                           "const a = []; for (;;) a.push(new Array(100000).fill(a.length));",
                           "const m = new Map(); for (let i = 0;; ++i) m.set(i, 'v' + i);"}) {
    v1::StartRun request = request_of(body);
    request.mutable_limits()->set_memory_bytes(48 << 20);
    const RunRecord record = driver_->run(std::move(request));
    // A text that cannot grow is an error of the language before memory is gone.
    if (record.finished.status() == Finished::FAILED) {
      EXPECT_NE(record.finished.error().message().find("RangeError"), std::string::npos);
      continue;
    }
    EXPECT_EQ(record.finished.status(), Finished::MEMORY)
        << body << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_memory_exceeded));
    EXPECT_LT(record.finished.stats().memory_peak_bytes(), 160U << 20);
  }
}

TEST_F(Limits, AHeapBelowTheLimitIsFine) {
  v1::StartRun request = request_of(
      "const a = []; for (let i = 0; i < 40; ++i) a.push(new Array(100000).fill(i)); return "
      "a.length;");
  request.mutable_limits()->set_memory_bytes(64 << 20);
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "40");
}

TEST_F(Limits, ArrayBuffersCount) {
  const RunRecord record = driver_->run(
      request_of("const a = []; try { for (;;) a.push(new Uint8Array(1 << 20).fill(1)); }"
                 " catch (e) { return [e.name, a.length]; }"));
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
  EXPECT_TRUE(record.finished.output().starts_with("[\"RangeError\",")) << record.finished.output();
  EXPECT_LT(record.finished.stats().memory_peak_bytes(), 200U << 20);
}

TEST_F(Limits, DeepRecursionIsARangeError) {
  const RunRecord record = driver_->run(request_of("const f = () => f() + 1; return f();"));
  EXPECT_EQ(record.finished.status(), Finished::FAILED);
  EXPECT_NE(record.finished.error().message().find("RangeError"), std::string::npos);
}

TEST_F(Limits, PrintingAHundredMegabytesIsCut) {
  v1::StartRun request = request_of(
      "const line = 'x'.repeat(1000); for (let i = 0; i < 100000; ++i) console.log(line); return "
      "1;");
  request.mutable_limits()->set_log_bytes(10'000);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
  EXPECT_LE(testing::log_bytes(record), 10'200U);
  ASSERT_FALSE(record.logs.empty());
  EXPECT_NE(record.logs.back().text().find("log limit"), std::string::npos);
}

TEST_F(Limits, ManyShortLinesAreCutToo) {
  const RunRecord record =
      driver_->run(request_of("for (let i = 0; i < 1e5; ++i) console.log(''); return 1;"));
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED);
  EXPECT_EQ(record.logs.size(), static_cast<std::size_t>(limits::kFunctionLogLinesMax) + 1);
}

TEST_F(Limits, OutputAboveTheLimitIsRefused) {
  for (const char* body : {"return 'x'.repeat(200);", "return 'x'.repeat(20000000);"}) {
    v1::StartRun request = request_of(body);
    request.mutable_limits()->set_output_bytes(100);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::OUTPUT_TOO_LARGE);
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_output_too_large));
    EXPECT_TRUE(record.finished.output().empty());
  }
}

TEST_F(Limits, AnErrorMessageIsCut) {
  const RunRecord record = driver_->run(request_of("throw new Error('m'.repeat(1 << 20));"));
  EXPECT_EQ(record.finished.status(), Finished::FAILED);
  EXPECT_LE(record.finished.error().message().size(), 4096U);
  EXPECT_LE(record.finished.error().stack().size(), 8192U);
}

TEST_F(Limits, ARunCanBeCancelledWhileItRunsAndWhileItWaits) {
  const std::uint64_t running = driver_->start(request_of("for (;;);"));
  v1::ToRunner cancel;
  cancel.mutable_cancel_run()->set_run_key(running);
  driver_->send(cancel);
  EXPECT_EQ(driver_->finish(running).finished.status(), Finished::CANCELLED);

  std::vector<std::uint64_t> keys;
  for (int i = 0; i < limits::kRunsInFlightMax + 4; ++i) {
    keys.push_back(driver_->start(request_of("for (;;);")));
  }
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    cancel.mutable_cancel_run()->set_run_key(*key);
    driver_->send(cancel);
  }
  for (const std::uint64_t key : keys) {
    EXPECT_EQ(driver_->finish(key).finished.status(), Finished::CANCELLED);
  }
}

TEST_F(Limits, RunsAboveTheQueueAreRefusedAtOnce) {
  Driver driver("nsl-runner-js");
  const std::int64_t most = limits::kRunsInFlightMax + limits::kRunsQueuedMax;
  std::vector<std::uint64_t> keys;
  for (std::int64_t i = 0; i < most + 8; ++i) {
    v1::StartRun request;
    request.set_source("function main() { for (;;); }");
    keys.push_back(driver.start(std::move(request)));
  }
  const RunRecord refused = driver.finish(keys.back());
  EXPECT_EQ(refused.finished.status(), Finished::NOT_STARTED);
  EXPECT_EQ(refused.finished.error().code(), code_text(Code::overloaded));
}

}  // namespace
}  // namespace nsl::runner
