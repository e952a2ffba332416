// Python in runs that begin in a template: they are as any other.
#include <set>

#include "runner/testing/files.h"
#include "runner/testing/template_run.h"

namespace nsl::runner {
namespace {

using testing::Driver;

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
    testing::expect_same_in_template("nsl-runner-python",
                                     testing::repeatable(testing::with_input(source)));
  }
}

TEST(PythonTemplate, ItsRunsOfSeveralFilesAreAsAnyOther) {
  for (const testing::Files& files : {
           testing::Files{{"main.py",
                           "import random, time\nfrom lib import price, NAME\nimport lib.late\n"
                           "async def main(params):\n"
                           "  return [price.half(9), NAME, random.random(), time.time(), __name__,"
                           " lib.late.chance, __loader__.get_data('data.txt').decode(),"
                           " await neo_service.storage.get('k')]"},
                          {"lib/__init__.py", "NAME = __name__"},
                          {"lib/price.py", "def half(n): return n / 2"},
                          {"lib/late.py", "import random\nprint('late')\nchance = random.random()"},
                          {"data.txt", "text"}},
           testing::Files{{"main.py",
                           "import traceback\nfrom a import b\ndef main():\n  try:\n"
                           "    b.fail(1)\n  except ValueError:\n"
                           "    return traceback.format_exc()"},
                          {"a/b.py", "def fail(n):\n  raise ValueError(f'at {n}')"}},
           testing::Files{{"main.py", "from a import b\ndef main():\n  return b.fail(1)"},
                          {"a/b.py", "\ndef fail(n):\n  return None.x"}},
           testing::Files{{"main.py", "import boom\ndef main(): pass"}, {"boom.py", "1 / 0"}},
           testing::Files{{"main.py", "def main():\n  import none"}},
       }) {
    SCOPED_TRACE(files.front().second);
    testing::expect_same_in_template("nsl-runner-python",
                                     testing::repeatable(testing::to_request(files)));
  }
}

TEST(PythonTemplate, NothingOfARunOfSeveralFilesIsLeftForTheNext) {
  Driver driver("nsl-runner-python");
  const auto outputs = testing::outputs_in_template(
      driver,
      testing::to_request({{"main.py", "import a\ndef main(): return a.next()"},
                           {"a.py", "n = 0\ndef next():\n  global n\n  n += 1\n  return n"}}),
      30);
  for (const std::string& output : outputs) EXPECT_EQ(output, "1");
}

TEST(PythonTemplate, NothingOfARunIsLeftForTheNext) {
  Driver driver("nsl-runner-python");
  const auto outputs = testing::outputs_in_template(
      driver,
      testing::with_input("import json, sys\ncount = 0\njson.kept = getattr(json, 'kept', 0) + 1\n"
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
        testing::with_input(
            "import random, secrets, uuid\nchance = random.random()\ndef main(): return " +
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
    v1::StartRun request = testing::with_input(
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
