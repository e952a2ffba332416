// A Python function that takes more than it may: each limit ends it, and only it.
#include "core/base/limits.h"
#include "runner/main-python/fixture.h"
#include "runner/testing/answers.h"

namespace nsl::runner {
namespace {

class PythonLimits : public PythonRun {};

TEST_F(PythonLimits, WallTimeEndsEveryKindOfLoop) {
  for (const char* body : {"  while True: pass", "  import re; re.match('(a+)+$', 'a' * 40 + 'b')",
                           "  return 7 ** (7 ** 12)",
                           "  while True:\n    try:\n      while True: pass\n    except: pass"}) {
    v1::StartRun request = request_of(body);
    request.mutable_limits()->set_wall_ms(100);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::TIMED_OUT) << body;
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_timed_out));
  }
}

TEST_F(PythonLimits, WallTimeEndsAWait) {
  Driver driver("nsl-runner-python");
  driver.on("time.now", [](const v1::HostCall&) { return ""; });
  v1::StartRun request = request_of("  neo_service.time.now()");
  request.mutable_limits()->set_wall_ms(50);
  EXPECT_EQ(driver.run(std::move(request)).finished.status(), Finished::TIMED_OUT);
}

TEST_F(PythonLimits, CpuTimeEndsALoop) {
  v1::StartRun request = request_of("  while True: pass");
  request.mutable_limits()->set_cpu_ms(60);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::TIMED_OUT);
  EXPECT_NE(record.finished.error().message().find("CPU"), std::string::npos);
  EXPECT_LT(record.finished.stats().cpu_us(), 500'000U);
}

TEST_F(PythonLimits, MemoryEndsTheRun) {
  for (const char* body :
       {"  a = []\n  while True: a.append({'x': len(a)})", "  s = 'x'\n  while True: s = s + s",
        "  return len(bytearray(10**9))", "  m = {}\n  while True: m[len(m)] = str(len(m))",
        "  return [0] * 10**9", "  return ' ' * 10**12"}) {
    v1::StartRun request = request_of(body);
    request.mutable_limits()->set_memory_bytes(48 << 20);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::MEMORY)
        << body << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_memory_exceeded));
    EXPECT_LT(record.finished.stats().memory_peak_bytes(), 160U << 20);
  }
}

// Every int the interpreter itself needs to leave the block is refused too.
TEST_F(PythonLimits, MemoryEndsTheRunInABlockWithAHandler) {
  std::string body = "  a = []\n  try:\n";
  for (int i = 0; i < 200; ++i) body += "    n = 1000\n";
  body += "    while True:\n      n += 1\n      a.append(n)\n  finally: pass";
  v1::StartRun request = request_of(body);
  request.mutable_limits()->set_memory_bytes(48 << 20);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::MEMORY) << record.finished.ShortDebugString();
}

TEST_F(PythonLimits, AFunctionMaySurviveThatNothingIsLeft) {
  v1::StartRun request = request_of(
      "  a = []\n  try:\n    while True: a.append(len(a))\n"
      "  except MemoryError:\n    a = None\n    return 'survived'");
  request.mutable_limits()->set_memory_bytes(48 << 20);
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "\"survived\"");
}

TEST_F(PythonLimits, AFunctionMaySurviveALackOfMemory) {
  v1::StartRun request = request_of(
      "  try: bytearray(10**9)\n  except MemoryError: return len(bytearray(20 * 2**20))");
  request.mutable_limits()->set_memory_bytes(48 << 20);
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "20971520");
}

TEST_F(PythonLimits, DeepRecursionIsARecursionError) {
  for (const char* body :
       {"  f = lambda: f() + 1\n  return f()",
        "  import sys; sys.setrecursionlimit(3000)\n"
        "  class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\n"
        "  return A().x",
        "  import sys; sys.setrecursionlimit(3000)\n"
        "  class A:\n    def __repr__(self): return repr([self])\n  return repr(A())",
        "  import sys; sys.setrecursionlimit(3000)\n"
        "  f = lambda x: sorted([1, 2], key=f)\n  return f(1)"}) {
    const RunRecord record = driver_->run(request_of(body));
    EXPECT_EQ(record.finished.status(), Finished::FAILED) << record.finished.ShortDebugString();
    EXPECT_TRUE(record.finished.error().message().starts_with("RecursionError")) << body;
  }
  EXPECT_NE(error_of("import sys\ndef main(): sys.setrecursionlimit(10**9)").message().find("3000"),
            std::string::npos);
}

TEST_F(PythonLimits, SourceNestedTooDeeplyIsAnError) {
  for (const std::string& source :
       {"x = " + std::string(100'000, '(') + std::string(100'000, ')'),
        "x = " + std::string(100'000, '-') + "1", "x = 1" + std::string(50'000, '\0')}) {
    const v1::RunFinished finished = run(source).finished;
    EXPECT_TRUE(finished.status() == Finished::FAILED || finished.status() == Finished::MEMORY)
        << finished.ShortDebugString();
  }
  EXPECT_EQ(output_of("def main(): return 1"), "1");
}

TEST_F(PythonLimits, PrintingAHundredMegabytesIsCut) {
  v1::StartRun request =
      request_of("  line = 'x' * 1000\n  for i in range(100000): print(line)\n  return 1");
  request.mutable_limits()->set_log_bytes(10'000);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
  EXPECT_LE(testing::log_bytes(record), 10'200U);
  ASSERT_FALSE(record.logs.empty());
  EXPECT_NE(record.logs.back().text().find("log limit"), std::string::npos);
}

TEST_F(PythonLimits, OutputAboveTheLimitIsRefused) {
  for (const char* body : {"  return 'x' * 200", "  return 'x' * 20000000"}) {
    v1::StartRun request = request_of(body);
    request.mutable_limits()->set_output_bytes(100);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::OUTPUT_TOO_LARGE);
    EXPECT_TRUE(record.finished.output().empty());
  }
}

TEST_F(PythonLimits, AnErrorMessageIsCut) {
  const RunRecord record = driver_->run(request_of("  raise ValueError('m' * 2**20)"));
  EXPECT_EQ(record.finished.status(), Finished::FAILED);
  EXPECT_LE(record.finished.error().message().size(), 4096U);
  EXPECT_LE(record.finished.error().stack().size(), 8192U);
}

}  // namespace
}  // namespace nsl::runner
