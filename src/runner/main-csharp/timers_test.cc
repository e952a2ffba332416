// Task.Delay, CancelAfter, Timer and Thread.Sleep, on a clock that is the host's.
#include "core/base/limits.h"
#include "runner/main-csharp/fixture.h"
#include "runner/testing/slow_host.h"

namespace nsl::runner {
namespace {

using Sleeps = std::vector<std::uint64_t>;

class CSharpTimersTest : public CSharpRun {
 protected:
  RunRecord run(const std::string& source) { return host_.run(request_of(source)); }
  // Of the body of an async Main, which may note what it sees.
  std::string output_of(const std::string& body) {
    const RunRecord record = run(async_of(body));
    EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
    return record.finished.output();
  }
  static std::string async_of(const std::string& body) {
    return "using System.Threading;\npublic class Function {\n  List<string> seen = new();\n"
           "  async Task Note(string name, int ms) { await Task.Delay(ms); seen.Add(name); }\n"
           "  public async Task<object> Main() {\n" +
           body + "\n  }\n}\n";
  }

  testing::SlowHost host_{*driver_};
};

TEST_F(CSharpTimersTest, FireInTheOrderOfTheirTimesThenOfTheirCreation) {
  EXPECT_EQ(output_of("await Task.WhenAll(Note(\"c\", 20), Note(\"a\", 10), Note(\"b\", 10));\n"
                      "await Task.Delay(TimeSpan.FromMilliseconds(11)); return seen;"),
            R"(["a","b","c"])");
  EXPECT_EQ(host_.sleeps(), (Sleeps{10, 10, 11}));
}

TEST_F(CSharpTimersTest, TheClockIsThereWhenTheyFire) {
  EXPECT_EQ(output_of("var began = DateTime.UtcNow; var watch = "
                      "System.Diagnostics.Stopwatch.StartNew();\n"
                      "await Task.Delay(1500); Thread.Sleep(250); await Task.Delay(0);\n"
                      "return new[] { (DateTime.UtcNow - began).TotalMilliseconds, "
                      "watch.Elapsed.TotalMilliseconds };"),
            "[1750,1750]");
  EXPECT_EQ(host_.sleeps(), (Sleeps{1500, 250}));
}

TEST_F(CSharpTimersTest, SleepingLetsTheRestGoOn) {
  EXPECT_EQ(output_of("var other = Task.Run(() => { System.Threading.Thread.Sleep(30);"
                      " seen.Add(\"other\"); });\n"
                      "Thread.Sleep(50); seen.Add(\"main\"); Thread.Sleep(0);"
                      " await other; return seen;"),
            R"(["other","main"])");
  EXPECT_EQ(host_.sleeps(), (Sleeps{30, 20}));
}

TEST_F(CSharpTimersTest, ACallThatIsUnderWayIsWaitedForBeforeSleeping) {
  // The reply brings the clock past the first timer, which comes before what the call gives.
  EXPECT_EQ(output_of("async Task Call() { await NeoService.Storage.GetAsync(\"50\");"
                      " seen.Add(\"call\"); }\n"
                      "await Task.WhenAll(Call(), Note(\"before\", 40), Note(\"after\", 60));\n"
                      "return seen;"),
            R"(["before","call","after"])");
  EXPECT_EQ(host_.sleeps(), Sleeps{10});
}

TEST_F(CSharpTimersTest, WaitingForATaskEndsInTime) {
  EXPECT_EQ(output_of("var slow = Task.Delay(900);\n"
                      "var first = await Task.WhenAny(slow, Task.Delay(100));\n"
                      "return new object[] { first == slow, slow.Wait(200), slow.Wait(2000) };"),
            "[false,false,true]");
  EXPECT_EQ(host_.sleeps(), (Sleeps{100, 200, 600}));
}

TEST_F(CSharpTimersTest, CancelAfterCancels) {
  EXPECT_EQ(
      output_of("using var source = new CancellationTokenSource();\n"
                "source.CancelAfter(100);\n"
                "try { await Task.Delay(900, source.Token); return 1; }\n"
                "catch (OperationCanceledException) { return source.IsCancellationRequested; }"),
      "true");
  EXPECT_EQ(host_.sleeps(), Sleeps{100});
  // One that is done in time; nothing of it is left to sleep for.
  EXPECT_EQ(output_of("using (var source = new CancellationTokenSource(100)) await Task.Delay(10, "
                      "source.Token);\nawait Task.Delay(500); return 1;"),
            "1");
  EXPECT_EQ(host_.sleeps(), (Sleeps{10, 500}));
  EXPECT_EQ(output_of("var gate = new SemaphoreSlim(0);\nreturn await gate.WaitAsync(300);"),
            "false");
  EXPECT_EQ(host_.sleeps(), Sleeps{300});
}

TEST_F(CSharpTimersTest, ATimerFiresAgainUntilItIsStopped) {
  EXPECT_EQ(
      output_of("var done = new TaskCompletionSource<int>(); Timer timer = null; int n = 0;\n"
                "timer = new Timer(state => { seen.Add((string)state);"
                " if (++n == 3) { timer.Dispose(); done.SetResult(n); } }, \"tick\", 20, 10);\n"
                "await done.Task; return seen;"),
      R"(["tick","tick","tick"])");
  EXPECT_EQ(host_.sleeps(), (Sleeps{20, 10, 10}));
}

TEST_F(CSharpTimersTest, OneThatThrowsIsLoggedAndTheOthersGoOn) {
  const RunRecord record =
      run(async_of("using var timer = new Timer(_ => throw new Exception(\"no\"), null, 5, "
                   "Timeout.Infinite);\nawait Task.Delay(10); return 1;"));
  EXPECT_EQ(record.finished.output(), "1");
  ASSERT_EQ(record.logs.size(), 1U);
  EXPECT_EQ(record.logs[0].text(), "A timer threw: Exception: no");
}

TEST_F(CSharpTimersTest, OnesThatWaitDoNotKeepARunAlive) {
  EXPECT_EQ(output_of("_ = Note(\"never\", 1000); await Task.Yield(); return seen;"), "[]");
  EXPECT_TRUE(host_.sleeps().empty());
}

TEST_F(CSharpTimersTest, BoundsTheTimersOfARun) {
  const RunRecord record = run(async_of(
      "await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Delay(i + 1))); return 1;"));
  EXPECT_NE(record.finished.error().message().find(
                "At most " + std::to_string(limits::kRunTimersMax) + " timers"),
            std::string::npos)
      << record.finished.ShortDebugString();
}

TEST_F(CSharpTimersTest, ARefusalToSleepIsAnErrorWithItsCode) {
  host_.refuse_to_sleep("not so long");
  for (const char* sleep : {"await Task.Delay(70000);", "Thread.Sleep(70000);"}) {
    const RunRecord record = run(async_of(std::string(sleep) + " return 1;"));
    EXPECT_EQ(record.finished.error().message(), "NeoServiceException: not so long (NSL-RUN-0010)");
  }
}

TEST_F(CSharpTimersTest, WhatNeverWakesFails) {
  const RunRecord record = run(async_of("Thread.Sleep(-1); await Task.Yield(); return 1;"));
  EXPECT_NE(record.finished.error().message().find("never finished"), std::string::npos);
}

TEST_F(CSharpTimersTest, AReusedProcessBeginsWithoutTimers) {
  v1::StartRun request = request_of(
      "public class Function {\n  static int runs;\n"
      "  public async Task<object> Main() {\n"
      "    if (++runs == 1) _ = Late();\n"
      "    await Task.Delay(runs * 500); return runs;\n  }\n"
      "  static async Task Late() { await Task.Delay(1000); Console.WriteLine(1); }\n}");
  request.set_reuse_key("fn_1 1");
  for (std::uint64_t i = 1; i <= 4; ++i) {
    const RunRecord record = host_.run(request);
    EXPECT_EQ(record.finished.output(), std::to_string(i));
    EXPECT_TRUE(record.logs.empty());
    EXPECT_EQ(host_.sleeps(), Sleeps{i * 500});
  }
}

}  // namespace
}  // namespace nsl::runner
