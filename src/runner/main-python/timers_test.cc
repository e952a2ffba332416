// asyncio.sleep, wait_for, timeout and time.sleep, on a clock that is the host's.
#include "core/base/limits.h"
#include "runner/main-python/fixture.h"
#include "runner/testing/slow_host.h"

namespace nsl::runner {
namespace {

using Sleeps = std::vector<std::uint64_t>;

class PythonTimersTest : public PythonRun {
 protected:
  RunRecord run(const std::string& source) {
    v1::StartRun request;
    request.set_source("import asyncio, time\n" + source);
    return host_.run(std::move(request));
  }
  std::string output_of(const std::string& source) {
    const RunRecord record = run(source);
    EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
    return record.finished.output();
  }
  std::string message_of(const std::string& source) {
    return run(source).finished.error().message();
  }

  testing::SlowHost host_{*driver_};
};

TEST_F(PythonTimersTest, FireInTheOrderOfTheirTimesThenOfTheirCreation) {
  EXPECT_EQ(output_of("seen = []\n"
                      "async def note(name, delay):\n"
                      "  await asyncio.sleep(delay)\n  seen.append(name)\n  return name\n"
                      "async def main():\n"
                      "  names = await asyncio.gather(note('c', 0.02), note('a', 0.01),"
                      " note('b', 0.01))\n"
                      "  return [names, seen, await asyncio.sleep(0.0101, 'd')]"),
            R"([["c","a","b"],["a","b","c"],"d"])");
  EXPECT_EQ(host_.sleeps(), (Sleeps{10, 10, 11}));
}

TEST_F(PythonTimersTest, TheClockIsThereWhenTheyFire) {
  EXPECT_EQ(output_of("async def main():\n"
                      "  began, ticks = time.time(), time.monotonic()\n"
                      "  await asyncio.sleep(1.5)\n"
                      "  time.sleep(0.25)\n"
                      "  return [time.time() - began, time.monotonic() - ticks]"),
            "[1.75,1.75]");
  EXPECT_EQ(host_.sleeps(), (Sleeps{1500, 250}));
}

TEST_F(PythonTimersTest, SleepingInPlainCodeWaitsToo) {
  EXPECT_EQ(output_of("def main():\n"
                      "  time.sleep(0)\n  time.sleep(0.2)\n"
                      "  return neo_service.storage.get('1')['key']"),
            "\"1\"");
  EXPECT_EQ(host_.sleeps(), Sleeps{200});
  EXPECT_NE(message_of("def main(): time.sleep(-1)").find("non-negative"), std::string::npos);
}

TEST_F(PythonTimersTest, ACallThatIsUnderWayIsWaitedForBeforeSleeping) {
  // The reply brings the clock past the first timer, which comes before what the call gives.
  EXPECT_EQ(
      output_of("seen = []\n"
                "async def note(awaitable, name):\n"
                "  await awaitable\n  seen.append(name)\n"
                "async def main():\n"
                "  await asyncio.gather(note(neo_service.storage.get('50'), 'call'),\n"
                "    note(asyncio.sleep(0.04), 'before'), note(asyncio.sleep(0.06), 'after'))\n"
                "  return seen"),
      R"(["before","call","after"])");
  EXPECT_EQ(host_.sleeps(), Sleeps{10});
  EXPECT_EQ(output_of("async def main():\n"
                      "  call = neo_service.storage.get('50')\n"
                      "  time.sleep(0.07)\n"
                      "  return (await call)['key']"),
            "\"50\"");
  EXPECT_EQ(host_.sleeps(), Sleeps{20});
}

TEST_F(PythonTimersTest, WaitForEndsWhatTakesTooLong) {
  EXPECT_EQ(output_of("async def slow():\n"
                      "  try: await asyncio.sleep(9)\n"
                      "  except asyncio.CancelledError: print('cancelled'); raise\n"
                      "async def main():\n"
                      "  quick = await asyncio.wait_for(neo_service.storage.get('1'), 0.5)\n"
                      "  try: await asyncio.wait_for(slow(), 0.1)\n"
                      "  except TimeoutError: return quick['key']"),
            "\"1\"");
  EXPECT_EQ(host_.sleeps(), Sleeps{100});
  // A call is not ended early, but its value is not waited for.
  EXPECT_EQ(output_of("async def main():\n"
                      "  try: await asyncio.wait_for(neo_service.storage.get('900'), 0.5)\n"
                      "  except asyncio.TimeoutError: return 'late'"),
            "\"late\"");
  EXPECT_EQ(output_of("async def main():\n"
                      "  try: await asyncio.wait_for(asyncio.sleep(1), 0)\n"
                      "  except TimeoutError: return 'at once'"),
            "\"at once\"");
  EXPECT_TRUE(host_.sleeps().empty());
}

TEST_F(PythonTimersTest, TimeoutEndsTheBlockAndNothingElse) {
  EXPECT_EQ(output_of("async def main():\n"
                      "  seen = []\n"
                      "  async with asyncio.timeout(1) as inside:\n    await asyncio.sleep(0.5)\n"
                      "  seen.append(inside.expired())\n"
                      "  try:\n"
                      "    async with asyncio.timeout(1) as inside:\n"
                      "      await asyncio.gather(asyncio.sleep(3), asyncio.sleep(4))\n"
                      "  except TimeoutError: seen.append(inside.expired())\n"
                      "  await asyncio.sleep(1)\n"
                      "  async with asyncio.timeout(None): await asyncio.sleep(2)\n"
                      "  return seen"),
            "[false,true]");
  EXPECT_EQ(host_.sleeps(), (Sleeps{500, 1000, 1000, 2000}));
  // The inner block's time is not over: the outer one's error passes through it.
  EXPECT_EQ(output_of("async def main():\n"
                      "  try:\n"
                      "    async with asyncio.timeout(1):\n"
                      "      async with asyncio.timeout(2) as inner: await asyncio.sleep(3)\n"
                      "  except TimeoutError: return inner.expired()"),
            "false");
}

TEST_F(PythonTimersTest, ACancelledTaskStopsWaiting) {
  EXPECT_EQ(output_of("async def main():\n"
                      "  lock = asyncio.Lock()\n"
                      "  await lock.acquire()\n"
                      "  waiting = asyncio.create_task(lock.acquire())\n"
                      "  sleeping = asyncio.create_task(asyncio.sleep(5))\n"
                      "  await asyncio.sleep(0.1)\n"
                      "  ended = [waiting.cancel(), sleeping.cancel()]\n"
                      "  for task in (waiting, sleeping):\n"
                      "    try: await task\n"
                      "    except asyncio.CancelledError: ended.append(task.cancelled())\n"
                      "  lock.release()\n"
                      "  return ended + [lock.locked()]"),
            "[true,true,true,true,false]");
  EXPECT_EQ(host_.sleeps(), Sleeps{100});
}

TEST_F(PythonTimersTest, OnesThatWaitDoNotKeepARunAlive) {
  const RunRecord record =
      run("async def late():\n  await asyncio.sleep(1)\n  print('never')\n"
          "async def main():\n  asyncio.create_task(late())\n"
          "  await asyncio.sleep(0)\n  return 1");
  EXPECT_EQ(record.finished.output(), "1");
  EXPECT_TRUE(record.logs.empty());
  EXPECT_TRUE(host_.sleeps().empty());
}

TEST_F(PythonTimersTest, BoundsTheTimersOfARun) {
  EXPECT_NE(message_of("async def main():\n"
                       "  await asyncio.gather(*(asyncio.sleep(1) for _ in range(1000)))")
                .find("At most " + std::to_string(limits::kRunTimersMax) + " timers"),
            std::string::npos);
  EXPECT_NE(message_of("async def main(): await asyncio.sleep(float('inf'))").find("never ends"),
            std::string::npos);
}

TEST_F(PythonTimersTest, ARefusalToSleepIsTheErrorOfWhoSleeps) {
  host_.refuse_to_sleep("not so long");
  for (const char* sleep : {"asyncio.sleep(70)", "asyncio.wait_for(asyncio.sleep(70), 80)",
                            "asyncio.gather(asyncio.sleep(70), asyncio.sleep(71))"}) {
    EXPECT_EQ(output_of("async def main():\n  try: await " + std::string(sleep) +
                        "\n  except NeoServiceError as e: return [e.code, str(e)]"),
              R"(["NSL-RUN-0010","not so long"])");
  }
  EXPECT_EQ(run("def main():\n  time.sleep(70)").finished.error().line(), 3U);
}

TEST_F(PythonTimersTest, AReusedProcessBeginsWithoutTimers) {
  v1::StartRun request;
  request.set_reuse_key("fn_1 1");
  request.set_source(
      "import asyncio\nruns = 0\n"
      "async def late():\n  await asyncio.sleep(1)\n  print('never')\n"
      "async def main():\n  global runs\n  runs += 1\n"
      "  if runs == 1: asyncio.create_task(late())\n"
      "  await asyncio.sleep(runs / 2)\n  return runs");
  for (std::uint64_t i = 1; i <= 4; ++i) {
    const RunRecord record = host_.run(request);
    EXPECT_EQ(record.finished.output(), std::to_string(i));
    EXPECT_TRUE(record.logs.empty());
    EXPECT_EQ(host_.sleeps(), Sleeps{i * 500});
  }
}

}  // namespace
}  // namespace nsl::runner
