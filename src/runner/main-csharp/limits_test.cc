// A C# function that takes more than it may: each limit ends it, and only it.
#include "core/base/limits.h"
#include "runner/main-csharp/fixture.h"
#include "runner/testing/answers.h"

namespace nsl::runner {
namespace {

class CSharpLimits : public CSharpRun {
 protected:
  static v1::StartRun body(const std::string& text) { return request_of(main_of("    " + text)); }
};

TEST_F(CSharpLimits, WallTimeEndsEveryKindOfLoop) {
  for (const char* text :
       {"for (;;) {}",
        "return System.Text.RegularExpressions.Regex.IsMatch(new string('a', 40) + \"b\", "
        "\"^(a+)+$\");",
        "for (;;) { try { for (;;) {} } catch { } }"}) {
    v1::StartRun request = body(text);
    request.mutable_limits()->set_wall_ms(150);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::TIMED_OUT) << text;
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_timed_out));
  }
}

TEST_F(CSharpLimits, CpuTimeEndsALoop) {
  v1::StartRun request = body("for (;;) {}");
  request.mutable_limits()->set_cpu_ms(60);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::TIMED_OUT);
  EXPECT_NE(record.finished.error().message().find("CPU"), std::string::npos);
}

TEST_F(CSharpLimits, MemoryEndsTheRun) {
  for (const char* text :
       {"var a = new List<object>(); for (;;) a.Add(new { x = a.Count });",
        "var s = \"x\"; for (;;) s += s;", "return new byte[1000000000].Length;",
        "var m = new Dictionary<int, string>(); for (;;) m[m.Count] = m.Count.ToString();",
        "var a = new List<byte[]>(); for (;;) a.Add(new byte[100000]);"}) {
    v1::StartRun request = body(text);
    request.mutable_limits()->set_memory_bytes(48 << 20);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::MEMORY)
        << text << record.finished.ShortDebugString();
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_memory_exceeded));
    EXPECT_LT(record.finished.stats().memory_peak_bytes(), 160U << 20);
  }
}

TEST_F(CSharpLimits, GarbageIsCollected) {
  v1::StartRun request =
      body("long n = 0; for (int i = 0; i < 20000; i++) n += new byte[20000].Length; return n;");
  request.mutable_limits()->set_memory_bytes(48 << 20);
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "400000000");
}

TEST_F(CSharpLimits, DeepRecursionIsAStackOverflowException) {
  const RunRecord record =
      run("public class Function { public object Main() => Deep(0); static int Deep(int n) => "
          "Deep(n + 1) + 1; }");
  EXPECT_EQ(record.finished.status(), Finished::FAILED) << record.finished.ShortDebugString();
  EXPECT_TRUE(record.finished.error().message().starts_with("StackOverflowException"));
  EXPECT_EQ(value_of("1"), "1");
}

TEST_F(CSharpLimits, PrintingAHundredMegabytesIsCut) {
  v1::StartRun request = body(
      "var line = new string('x', 1000); for (int i = 0; i < 100000; i++) "
      "Console.WriteLine(line); return 1;");
  request.mutable_limits()->set_log_bytes(10'000);
  const RunRecord record = driver_->run(std::move(request));
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
  EXPECT_LE(testing::log_bytes(record), 10'200U);
}

TEST_F(CSharpLimits, OutputAboveTheLimitIsRefused) {
  for (const char* text : {"return new string('x', 200);", "return new string('x', 5000000);"}) {
    v1::StartRun request = body(text);
    request.mutable_limits()->set_output_bytes(100);
    const RunRecord record = driver_->run(std::move(request));
    EXPECT_EQ(record.finished.status(), Finished::OUTPUT_TOO_LARGE);
    EXPECT_TRUE(record.finished.output().empty());
  }
}

TEST_F(CSharpLimits, AnErrorMessageIsCut) {
  const RunRecord record = driver_->run(body("throw new Exception(new string('m', 1 << 20));"));
  EXPECT_EQ(record.finished.status(), Finished::FAILED);
  EXPECT_LE(record.finished.error().message().size(), 4096U);
}

}  // namespace
}  // namespace nsl::runner
