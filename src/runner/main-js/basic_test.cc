// What a function can do, against the real program.
#include <gtest/gtest.h>

#include <set>

#include "core/base/result.h"
#include "runner/testing/driver.h"

namespace nsl::runner {
namespace {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

// One runner for all tests of this file: a fresh process per run is the product's own promise.
Driver& driver() {
  static Driver shared("nsl-runner-js");
  return shared;
}

RunRecord run(const std::string& source, const std::string& input = "null") {
  return driver().run(source, input);
}

std::string output_of(const std::string& source, const std::string& input = "null") {
  const RunRecord record = run(source, input);
  EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
  return record.finished.output();
}

TEST(Js, ReturnsWhatMainReturns) {
  EXPECT_EQ(output_of("async function main(params) { return {got: params.a + 1}; }", "{\"a\":41}"),
            "{\"got\":42}");
}

}  // namespace
}  // namespace nsl::runner
