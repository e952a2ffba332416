// Many Python runs at a time, and what is left of them.
#include "runner/main-python/fixture.h"

namespace nsl::runner {
namespace {

TEST(PythonLifecycle, SaysWhichEngineAndLayersServe) {
  Driver driver("nsl-runner-python");
  EXPECT_TRUE(driver.wait_ready().engine().starts_with("cpython 3.11"));
  EXPECT_GE(driver.wait_ready().layers_size(), 8);
}

TEST(PythonLifecycle, TwentyRunsAtATimeStayApart) {
  Driver driver("nsl-runner-python");
  driver.on("storage.get", [](const v1::HostCall& call) { return call.arguments(); });
  std::vector<std::uint64_t> keys;
  for (int i = 0; i < 20; ++i) {
    v1::StartRun request;
    request.set_source(
        "def main(n):\n"
        "  return all(neo_service.storage.get(f'k{n}')['key'] == f'k{n}' for i in range(10))");
    request.set_input(std::to_string(i));
    keys.push_back(driver.start(std::move(request)));
  }
  for (const std::uint64_t key : keys) {
    const RunRecord record = driver.finish(key);
    EXPECT_EQ(record.finished.output(), "true") << record.finished.ShortDebugString();
    EXPECT_EQ(record.calls.size(), 10U);
  }
}

TEST(PythonLifecycle, TheSameSeedAndTimeGiveTheSameResult) {
  Driver driver("nsl-runner-python");
  v1::StartRun request;
  request.set_source(
      "import datetime, random, secrets, time, uuid\n"
      "def main():\n"
      "  seen = [time.time(), datetime.datetime.now().isoformat(), time.monotonic()]\n"
      "  for i in range(100000): pass\n"
      "  return seen + [time.time() - seen[0], time.perf_counter(), random.random(),\n"
      "                 secrets.token_hex(8), str(uuid.uuid4())]\n");
  request.set_time_ms(1'700'000'000'125);
  request.set_seed(std::string(32, 'a'));
  const std::string first = driver.run(request).finished.output();
  EXPECT_TRUE(first.starts_with("[1700000000.125,\"2023-11-14T22:13:20.125000\",0.0,0.0,0.0,"))
      << first;
  EXPECT_EQ(driver.run(request).finished.output(), first);
  request.set_seed(std::string(32, 'b'));
  EXPECT_NE(driver.run(request).finished.output(), first);
}

TEST(PythonLifecycle, NothingPilesUpOverManyRuns) {
  Driver driver("nsl-runner-python");
  driver.wait_ready();
  const std::size_t before = driver.descendants().size();
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(driver.run("def main(): return 1").finished.output(), "1");
  }
  // Three more: the template, and the processes that wait for the next run of it and of others.
  EXPECT_LE(driver.descendants().size(), before + 3);
}

}  // namespace
}  // namespace nsl::runner
