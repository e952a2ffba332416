// JavaScript in a process that serves one run after the other.
#include <gtest/gtest.h>

#include <set>

#include "runner/testing/driver.h"
#include "runner/testing/files.h"

namespace nsl::runner {
namespace {

using testing::Driver;
using Finished = v1::RunFinished;

v1::StartRun request_of(const std::string& source) {
  v1::StartRun request;
  request.set_source(source);
  request.set_reuse_key("fn_1 1");
  return request;
}

TEST(JsReuse, TheSourceIsLoadedOnceAndKeepsItsState) {
  Driver driver("nsl-runner-js");
  driver.on("storage.get", [](const v1::HostCall& call) { return call.arguments(); });
  for (const char* source :
       {"let count = 0; async function main(n) { const got = await neoService.storage.get('k' + n);"
        " console.log('run ' + n); return [++count, n, got]; }",
        "let count = 0; export default { main: async (n) => ["
        "++count, n, await neoService.storage.get('k' + n)] };"}) {
    for (int i = 1; i <= 5; ++i) {
      v1::StartRun request = request_of(source);
      const std::string number = std::to_string(i);
      request.set_input(number);
      const auto record = driver.run(request);
      EXPECT_EQ(record.finished.output(),
                "[" + number + "," + number + ",{\"key\":\"k" + number + "\"}]")
          << record.finished.ShortDebugString();
      EXPECT_EQ(record.calls.size(), 1U);
    }
  }
}

TEST(JsReuse, TheFilesOfAFunctionAreThereInEveryRun) {
  Driver driver("nsl-runner-js");
  v1::StartRun request =
      testing::to_request({{"main.js",
                            "let count = 0;\nexport const main = async () => {\n"
                            "  if (count > 2) return (await import('./b.js')).fail();\n"
                            "  return [++count, (await import('./a.js')).a];\n};"},
                           {"a.js", "export const a = 'a';"},
                           {"b.js", "export const fail = () => {\n  throw new Error('no');\n};"}});
  request.set_reuse_key("fn_1 1");
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(driver.run(request).finished.output(), "[" + std::to_string(i) + ",\"a\"]");
  }
  EXPECT_EQ(driver.run(request).finished.error().file(), "b.js");
}

TEST(JsReuse, EveryRunHasItsOwnTimeAndRandomness) {
  Driver driver("nsl-runner-js");
  std::set<std::string> different;
  for (std::uint64_t i = 0; i < 10; ++i) {
    v1::StartRun request =
        request_of("function main() { return [Date.now(), Math.random(), crypto.randomUUID()]; }");
    request.set_time_ms(1'700'000'000'000 + i);
    const std::string output = driver.run(request).finished.output();
    EXPECT_TRUE(output.starts_with("[" + std::to_string(1'700'000'000'000 + i))) << output;
    different.insert(output.substr(output.find(',')));
  }
  EXPECT_EQ(different.size(), 10U);
}

TEST(JsReuse, ARunThatLeavesACallOpenIsTheLastOfItsProcess) {
  Driver driver("nsl-runner-js");
  driver.on("storage.get", [](const v1::HostCall&) { return ""; });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(driver
                  .run(request_of("let n = 0; function main() { neoService.storage.get('k');"
                                  " return ++n; }"))
                  .finished.output(),
              "1");
  }
}

TEST(JsReuse, MemoryAndTimeHoldForEachRun) {
  Driver driver("nsl-runner-js");
  v1::StartRun request = request_of("function main(loops) { while (loops); return 1; }");
  request.mutable_limits()->set_wall_ms(100);
  request.set_input("false");
  EXPECT_EQ(driver.run(request).finished.output(), "1");
  request.set_input("true");
  EXPECT_EQ(driver.run(request).finished.status(), Finished::TIMED_OUT);
  request.set_input("false");
  EXPECT_EQ(driver.run(request).finished.output(), "1");
}

}  // namespace
}  // namespace nsl::runner
