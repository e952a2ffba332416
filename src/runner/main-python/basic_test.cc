// What a Python function can do, against the real program.
#include <set>

#include "runner/main-python/fixture.h"

namespace nsl::runner {
namespace {

class Python : public PythonRun {
 protected:
  static RunRecord run_kind(const std::string& source, v1::RunKind kind) {
    v1::StartRun request;
    request.set_source(source);
    request.set_kind(kind);
    return driver_->run(std::move(request));
  }
  static std::string message_of(const std::string& source) { return error_of(source).message(); }
};

TEST_F(Python, ReturnsWhatMainReturns) {
  EXPECT_EQ(output_of("async def main(params, context):\n  return {'got': params['a'] + 1}",
                      "{\"a\":41}"),
            "{\"got\":42}");
  EXPECT_EQ(output_of("main = lambda params: params", "\"\xc3\xa4\""), "\"\xc3\xa4\"");
  EXPECT_EQ(output_of("def main(): pass"), "null");
  EXPECT_EQ(output_of("def main(*all): return len(all)"), "2");
}

TEST_F(Python, KeepsEveryJsonValue) {
  const std::string value =
      R"([null,true,false,0,-1,123456789012345678901234567890,1.5,-2e+300,"",)"
      R"("\"\\\n\u0001\ud800",{"b":{},"a":[]}])";
  EXPECT_EQ(output_of("def main(p): return p", value), value);
}

TEST_F(Python, InputThatIsNotJsonIsRefused) {
  for (const std::string input : {"[1,]", "{\"a\":1,}", "01", "1.", "'a'", "\"\\x\"", "NaN", "[",
                                  "\"\n\"", "1 2", "\"\\ud8\"", "+1", "tru"}) {
    EXPECT_EQ(run("def main(p): return p", input).finished.status(), Finished::FAILED) << input;
  }
}

TEST_F(Python, ReadsJsonAsTheLibraryDoes) {
  EXPECT_EQ(output_of("import json\nfrom decimal import Decimal\ndef main():\n"
                      "  deep = json.loads('[' * 400 + ']' * 400)\n"
                      "  try: json.loads('[1,]')\n"
                      "  except json.JSONDecodeError as e: place = [e.lineno, e.colno]\n"
                      "  return [str(json.loads('NaN')), json.loads(b'[1]'), "
                      "json.loads('\"\\\\ud800\"') == chr(0xd800),\n"
                      "          str(json.loads('1.10', parse_float=Decimal)), place, len(deep)]"),
            R"(["nan",[1],true,"1.10",[1,4],1])");
}

TEST_F(Python, ChoosesTheHandlerByKind) {
  const std::string all =
      "def main(): return 'm'\ndef event(): return 'e'\ndef scheduled(): return 's'\n"
      "async def fetch(): return 'f'\n";
  EXPECT_EQ(run_kind(all, v1::INVOKE).finished.output(), "\"m\"");
  EXPECT_EQ(run_kind(all, v1::EVENT).finished.output(), "\"e\"");
  EXPECT_EQ(run_kind(all, v1::SCHEDULED).finished.output(), "\"s\"");
  EXPECT_EQ(run_kind(all, v1::FETCH).finished.output(), "\"f\"");
  const std::string event = "async def handle_event(event): return event";
  EXPECT_EQ(run_kind(event, v1::EVENT).finished.output(), "null");
  EXPECT_EQ(run_kind("def main(): return 1", v1::EVENT).finished.output(), "1");
}

TEST_F(Python, AFetchHandlerMayAnswerAResponse) {
  const RunRecord record =
      run_kind("def fetch(): return Response('hi', status=201, headers={'A': 'b'})", v1::FETCH);
  EXPECT_EQ(record.finished.output(), R"({"status":201,"headers":[["a","b"]],"body":"hi"})");
}

TEST_F(Python, CallsTheEntryPointThatIsNamed) {
  v1::StartRun request;
  request.set_source("def other(): return 'o'\ndef main(): return 'm'");
  request.set_entry_point("other");
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), "\"o\"");
}

TEST_F(Python, PassesAContextThatCannotBeChanged) {
  v1::StartRun request;
  request.set_source(
      "def main(p, context):\n"
      "  try: context['run_id'] = 1\n"
      "  except TypeError: return [context['run_id'], context.run_id]");
  request.set_context(R"({"run_id":"run_1"})");
  EXPECT_EQ(driver_->run(std::move(request)).finished.output(), R"(["run_1","run_1"])");
}

TEST_F(Python, AnUncaughtErrorKeepsItsPlace) {
  const v1::RunError error = error_of("def help():\n  raise TypeError('boom')\ndef main(): help()");
  EXPECT_EQ(error.code(), code_text(Code::run_failed));
  EXPECT_EQ(error.message(), "TypeError: boom");
  EXPECT_EQ(error.line(), 2U);
  EXPECT_EQ(error.column(), 3U);
  EXPECT_EQ(error.stack(),
            "  File \"function.py\", line 3, column 13, in main\n    def main(): help()\n"
            "  File \"function.py\", line 2, column 3, in help\n    raise TypeError('boom')\n");
}

TEST_F(Python, AnErrorAfterAnAwaitKeepsItsPlace) {
  const v1::RunError error = error_of(
      "import asyncio\nasync def main():\n  await asyncio.sleep(0)\n\n  x = '\xc3\xa4'; None.x");
  EXPECT_EQ(error.line(), 5U);
  EXPECT_EQ(error.column(), 12U);
  EXPECT_TRUE(error.message().starts_with("AttributeError: "));
  EXPECT_EQ(error.stack().find("asyncio"), std::string::npos) << error.stack();
}

TEST_F(Python, ASyntaxErrorNamesItsPlace) {
  const v1::RunError error = error_of("def main():\n  return ]\n");
  EXPECT_EQ(error.line(), 2U);
  EXPECT_EQ(error.column(), 10U);
  EXPECT_TRUE(error.message().starts_with("SyntaxError: ")) << error.message();
  EXPECT_EQ(error_of("def main():\nreturn 1").line(), 2U);
}

TEST_F(Python, AnErrorNeedNotBeAnOrderlyOne) {
  EXPECT_EQ(message_of("def main(): raise SystemExit(3)"), "SystemExit: 3");
  EXPECT_EQ(message_of("def main(): raise KeyboardInterrupt"), "KeyboardInterrupt");
  EXPECT_EQ(message_of("class E(Exception):\n  def __str__(self): raise self\n"
                       "def main(): raise E()"),
            "E");
  EXPECT_EQ(message_of("def main(): raise ValueError('\\ud800')"), "ValueError: ?");
}

TEST_F(Python, AMissingHandlerIsNamed) {
  EXPECT_NE(message_of("x = 1").find("'main'"), std::string::npos);
}

TEST_F(Python, ImportsOfTheListWork) {
  EXPECT_EQ(
      output_of(
          "import base64, bisect, collections.abc, copy, csv, dataclasses, datetime, enum\n"
          "import functools, hashlib, heapq, hmac, html, io, itertools, json, math, operator\n"
          "import random, re, secrets, statistics, string, struct, textwrap, typing, uuid\n"
          "from urllib.parse import quote, urlencode\nfrom decimal import Decimal\n"
          "def main():\n"
          "  when = datetime.datetime.strptime('2026-01-02', '%Y-%m-%d')\n"
          "  return [json.loads('{\"a\": 1.5}'), json.dumps({'b': [None]}), quote('a b'),\n"
          "          hashlib.sha256(b'abc').hexdigest()[:8], str(Decimal('0.1') * 3),\n"
          "          hmac.new(b'k', b'm', 'sha256').hexdigest()[:8], when.isoformat(),\n"
          "          re.sub('[0-9]+', '#', 'a12b'), statistics.median([3, 1, 2]),\n"
          "          struct.unpack('>H', b'\\x01\\x02')[0], 'straße'.encode('latin-1').hex()]"),
      R"([{"a":1.5},"{\"b\": [null]}","a%20b","ba7816bf","0.3","b60090e3",)"
      R"("2026-01-02T00:00:00","a#b",2,258,"73747261df65"])");
}

TEST_F(Python, OtherImportsAreRefusedWithTheList) {
  for (const std::string name : {"os", "socket", "subprocess", "threading", "ctypes", "sqlite3",
                                 "requests", "_thread", "importlib", "os.path", "posix"}) {
    const std::string message = message_of("import " + name + "\ndef main(): pass");
    EXPECT_TRUE(message.starts_with("ImportError: A function cannot import '" + name + "'"))
        << message;
    EXPECT_NE(message.find("decimal, "), std::string::npos);
  }
  EXPECT_NE(message_of("from . import a").find("one file"), std::string::npos);
}

TEST_F(Python, WhatAFunctionCannotHaveSaysWhy) {
  EXPECT_EQ(message_of("def main(): open('x')"),
            "OSError: A function has no files: use neo_service.storage");
  EXPECT_NE(message_of("import random\ndef main(): random._os.fork()").find("one process"),
            std::string::npos);
  EXPECT_NE(message_of("import logging\n"
                       "def main(): logging.threading.Thread(target=print).start()")
                .find("one thread"),
            std::string::npos);
  for (const std::string call : {"eval('1')", "exec('1')", "compile('1', 'x', 'eval')"}) {
    EXPECT_NE(message_of("def main(): " + call).find("Code from strings"), std::string::npos);
  }
  EXPECT_NE(
      message_of("import random\ndef main(): random._os.listdir('/')").find("PermissionError"),
      std::string::npos);
}

TEST_F(Python, ACoroutineThatNeverEndsFails) {
  EXPECT_NE(
      message_of("import asyncio\nasync def main(): await asyncio.Future()").find("never finished"),
      std::string::npos);
}

TEST_F(Python, TasksRunSideBySide) {
  EXPECT_EQ(
      output_of("import asyncio\nseen = []\n"
                "async def step(name):\n"
                "  for i in range(2):\n    seen.append(name + str(i))\n    await asyncio.sleep(0)\n"
                "  return name\n"
                "async def main():\n"
                "  task = asyncio.create_task(step('c'))\n"
                "  names = await asyncio.gather(step('a'), step('b'))\n"
                "  return [names, await task, seen]"),
      R"([["a","b"],"c",["c0","a0","b0","c1","a1","b1"]])");
  EXPECT_EQ(
      output_of("import asyncio\nasync def one(): return 1\ndef main(): return asyncio.run(one())"),
      "1");
  EXPECT_EQ(
      output_of(
          "import asyncio\nasync def bad(): raise ValueError('x')\n"
          "async def main():\n"
          "  both = await asyncio.gather(bad(), asyncio.sleep(0, 5), return_exceptions=True)\n"
          "  task = asyncio.create_task(asyncio.sleep(0))\n  task.cancel()\n"
          "  try: await task\n"
          "  except asyncio.CancelledError: return [repr(both[0]), both[1], task.cancelled()]"),
      R"x(["ValueError('x')",5,true])x");
}

TEST_F(Python, ATaskThatFailedUnseenIsLogged) {
  const RunRecord record =
      run("import asyncio\nasync def lost(): raise ValueError('gone')\n"
          "async def main():\n  asyncio.create_task(lost())\n  await asyncio.sleep(0)\n  return 1");
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED);
  ASSERT_EQ(record.logs.size(), 1U);
  EXPECT_NE(record.logs[0].text().find("gone"), std::string::npos);
}

TEST_F(Python, OutputThatJsonCannotSayIsRefused) {
  for (const std::string& value : std::vector<std::string>{
           "float('nan')", "[float('inf')]", "{'a': -float('inf')}", "{1: 2}", "{None: 1}", "{1}",
           "b'x'", "object()", "main", "1j", "(c := [], c.append(c), c)[2]", "Decimal('1.5')",
           "(lambda a: (a.update(a=a), a)[1])({})"}) {
    const RunRecord record =
        run("from decimal import Decimal\nasync def main():\n  return " + value);
    EXPECT_EQ(record.finished.status(), Finished::OUTPUT_INVALID) << value;
    EXPECT_EQ(record.finished.error().code(), code_text(Code::run_output_invalid)) << value;
    EXPECT_FALSE(record.finished.error().message().empty()) << value;
  }
}

TEST_F(Python, OutputNestedTooDeeplyIsRefused) {
  const RunRecord record = run("def main():\n  v = []\n  for i in range(300): v = [v]\n  return v");
  EXPECT_EQ(record.finished.status(), Finished::OUTPUT_INVALID);
}

TEST_F(Python, RunsShareNoState) {
  const std::string source =
      "import json\njson.count = getattr(json, 'count', 0) + 1\ndef main(): return json.count";
  EXPECT_EQ(output_of(source), "1");
  EXPECT_EQ(output_of(source), "1");
}

TEST_F(Python, RandomNumbersDifferBetweenRuns) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    seen.insert(output_of("import random\ndef main(): return random.random()"));
    seen.insert(output_of("import uuid\ndef main(): return str(uuid.uuid4())"));
    seen.insert(output_of("import secrets\ndef main(): return secrets.token_hex(8)"));
  }
  EXPECT_EQ(seen.size(), 60U);
}

TEST_F(Python, HashesAreTheSameInEveryRunAndZygote) {
  const std::string source = "def main(): return [hash('neo'), list({'a', 'b', 'c', 'd'})]";
  Driver other("nsl-runner-python");
  EXPECT_EQ(output_of(source), other.run(source).finished.output());
}

TEST_F(Python, PrintingGoesToTheLog) {
  const RunRecord record =
      run("import sys, logging\ndef main():\n  print('a', 1, [None])\n  print('b', end='')\n"
          "  print('c\\nd', file=sys.stderr)\n  neo_service.log('error', 'e', 2)\n"
          "  logging.getLogger().error('f')\n");
  ASSERT_EQ(record.logs.size(), 6U);
  EXPECT_EQ(record.logs[0].text(), "a 1 [None]");
  EXPECT_EQ(record.logs[0].level(), v1::LogLine::INFO);
  EXPECT_EQ(record.logs[1].text(), "c");
  EXPECT_EQ(record.logs[1].level(), v1::LogLine::WARNING);
  EXPECT_EQ(record.logs[2].text(), "d");
  EXPECT_EQ(record.logs[3].text(), "e 2");
  EXPECT_EQ(record.logs[3].level(), v1::LogLine::ERROR);
  EXPECT_EQ(record.logs[4].text(), "f");
  EXPECT_EQ(record.logs[5].text(), "b");
}

TEST_F(Python, ReportsWhatTheRunUsed) {
  const RunRecord record = run("def main():\n  return sum(range(300000))");
  const v1::RunStats& stats = record.finished.stats();
  EXPECT_GT(stats.cpu_us(), 0U);
  EXPECT_GE(stats.wall_us(), stats.cpu_us() / 2);
  EXPECT_GT(stats.memory_peak_bytes(), 1U << 20);
  const auto& layers = record.finished.layers();
  for (const std::string name : {"process", "descriptors", "rlimits", "seccomp", "no_new_privs",
                                 "not_dumpable", "no_executable_memory"}) {
    EXPECT_NE(std::find(layers.begin(), layers.end(), name), layers.end()) << name;
  }
}

}  // namespace
}  // namespace nsl::runner
