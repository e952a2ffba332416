// Python in runs that begin in a template: they are as any other.
#include "runner/testing/template_run.h"

#include <set>

namespace nsl::runner {
namespace {

using testing::Driver;

v1::StartRun request_of(const std::string& source) {
  v1::StartRun request;
  request.set_source(source);
  request.set_input(R"({"a":1})");
  return request;
}

TEST(PythonTemplate, ItsRunsAreAsAnyOther) {
  for (const char* source : {
           "import random, time, uuid, secrets, datetime\nbegun = time.time()\n"
           "async def main(params, context):\n  print('line')\n"
           "  return [params, begun, random.random(), secrets.token_hex(4), str(uuid.uuid4()),\n"
           "          str(datetime.datetime.now()), await neo_service.storage.get('k')]\n",
           "def main(): return [list({'a', 'b', 'c', 'd'}), hash('x'), __name__]",
           "def main():\n  return deep(1)\n\ndef deep(n):\n  raise ValueError(f'at {n}')\n",
           "raise RuntimeError('at once')",
           "def other(): pass",
           "import traceback\ndef main():\n  try:\n    None.x\n  except AttributeError:\n"
           "    return traceback.format_exc()\n",
           "import inspect\ndef main():\n  try:\n    return inspect.getsource(main)\n"
           "  except Exception as error:\n    return repr(error)\n",
           "def main(): import os",
           "def main():\n  kept = []\n  while True: kept.append([1] * 100000)\n",
       }) {
    SCOPED_TRACE(source);
    v1::StartRun request = request_of(source);
    request.set_time_ms(1'700'000'000'125);
    request.set_seed(std::string(32, 'a'));
    testing::expect_same_in_template("nsl-runner-python", request);
  }
}

TEST(PythonTemplate, NothingOfARunIsLeftForTheNext) {
  Driver driver("nsl-runner-python");
  const auto outputs = testing::outputs_in_template(
      driver,
      request_of("import json, sys\ncount = 0\njson.kept = getattr(json, 'kept', 0) + 1\n"
                 "held = []\n"
                 "def main():\n  global count\n  count += 1\n  held.append(1)\n"
                 "  main.kept = getattr(main, 'kept', 0) + 1\n"
                 "  return [count, json.kept, len(held), main.kept]\n"),
      30);
  for (const std::string& output : outputs) EXPECT_EQ(output, "[1,1,1,1]");
}

TEST(PythonTemplate, RandomNumbersDifferBetweenItsRuns) {
  for (const char* expression :
       {"chance", "random.random()", "secrets.token_hex(8)", "str(uuid.uuid4())"}) {
    Driver driver("nsl-runner-python");
    const auto outputs = testing::outputs_in_template(
        driver,
        request_of("import random, secrets, uuid\nchance = random.random()\ndef main(): return " +
                   std::string(expression)),
        30);
    EXPECT_EQ(std::set<std::string>(outputs.begin(), outputs.end()).size(), outputs.size())
        << expression;
  }
}

TEST(PythonReuse, TheSourceIsLoadedOnceAndKeepsItsState) {
  Driver driver("nsl-runner-python");
  driver.on("storage.get", [](const v1::HostCall& call) { return call.arguments(); });
  for (int i = 1; i <= 5; ++i) {
    v1::StartRun request = request_of(
        "count = 0\nasync def main(n):\n  global count\n  count += 1\n"
        "  return [count, n, await neo_service.storage.get(f'k{n}')]\n");
    const std::string number = std::to_string(i);
    request.set_reuse_key("fn_1 1");
    request.set_input(number);
    const auto finished = driver.run(request).finished;
    EXPECT_EQ(finished.output(), "[" + number + "," + number + ",{\"key\":\"k" + number + "\"}]")
        << finished.ShortDebugString();
  }
}

}  // namespace
}  // namespace nsl::runner
