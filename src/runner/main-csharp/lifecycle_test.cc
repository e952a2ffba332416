// Many C# runs at a time, and what is left of them.
#include "runner/main-csharp/fixture.h"

namespace nsl::runner {
namespace {

class CSharpLifecycle : public CSharpRun {};

TEST_F(CSharpLifecycle, SaysWhichEngineAndLayersServe) {
  EXPECT_TRUE(driver_->wait_ready().engine().starts_with("mono 6.8"));
  EXPECT_GE(driver_->wait_ready().layers_size(), 8);
}

TEST_F(CSharpLifecycle, EveryProcessHasOneThread) {
  ASSERT_EQ(compile(main_of("    return 1;")).status(), Finished::SUCCEEDED);
  driver_->wait_ready();
  for (const pid_t pid : driver_->descendants()) EXPECT_EQ(testing::thread_count(pid), 1U) << pid;
}

TEST_F(CSharpLifecycle, TwentyRunsAtATimeStayApart) {
  driver_->on("storage.get", [](const v1::HostCall& call) { return call.arguments(); });
  const v1::StartRun request = request_of(
      "public class Function { public object Main(int n) => Enumerable.Range(0, 10).All(i =>\n"
      "  NeoService.Storage.Get($\"k{n}\")[\"key\"].AsString() == $\"k{n}\"); }");
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 20; ++i) {
    v1::StartRun one = request;
    one.set_input(std::to_string(i));
    keys.push_back(driver_->start(std::move(one)));
  }
  for (const std::uint64_t key : keys) {
    const RunRecord record = driver_->finish(key);
    EXPECT_EQ(record.finished.output(), "true") << record.finished.ShortDebugString();
    EXPECT_EQ(record.calls.size(), 10U);
  }
}

TEST_F(CSharpLifecycle, TheSameSeedAndTimeGiveTheSameResult) {
  v1::StartRun request = request_of(
      main_of("    var begin = DateTime.UtcNow;\n"
              "    var watch = System.Diagnostics.Stopwatch.StartNew();\n"
              "    long sum = 0; for (int i = 0; i < 100000; i++) sum += i;\n"
              "    return new object[] { begin, DateTime.UtcNow - begin == TimeSpan.Zero,\n"
              "                          watch.ElapsedTicks, new Random().Next(), Guid.NewGuid(),\n"
              "                          (1, \"x\").GetHashCode(), HashCode.Combine(1, 2) };"));
  request.set_time_ms(1'700'000'000'125);
  request.set_seed(std::string(32, 'a'));
  const RunRecord record = driver_->run(request);
  const std::string first = record.finished.output();
  EXPECT_TRUE(first.starts_with("[\"2023-11-14T22:13:20.1250000Z\",true,0,"))
      << record.finished.ShortDebugString();
  EXPECT_EQ(driver_->run(request).finished.output(), first);
  Driver other("nsl-runner-csharp");
  EXPECT_EQ(other.run(request).finished.output(), first);
  request.set_seed(std::string(32, 'b'));
  EXPECT_NE(driver_->run(request).finished.output(), first);
}

TEST_F(CSharpLifecycle, NothingPilesUpOverManyRuns) {
  const v1::StartRun request = request_of(main_of("    return 1;"));
  ASSERT_EQ(driver_->run(request).finished.output(), "1");
  const std::size_t before = driver_->descendants().size();
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(driver_->run(request).finished.output(), "1");
  }
  // The template and the process that waits for its next run.
  EXPECT_LE(driver_->descendants().size(), before + 3);
}

}  // namespace
}  // namespace nsl::runner
