// The base of test suites that run functions: one runner for all tests of a suite, because a fresh
// process per run is the product's own promise.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/base/result.h"
#include "runner/testing/driver.h"

namespace nsl::runner::testing {

class RunSuite : public ::testing::Test {
 protected:
  // For a suite's SetUpTestSuite().
  static void start(const char* program) { driver_ = std::make_unique<Driver>(program); }
  static void TearDownTestSuite() { driver_.reset(); }

  static RunRecord run(const std::string& source, const std::string& input = "null") {
    return driver_->run(source, input);
  }
  static std::string output_of(const std::string& source, const std::string& input = "null") {
    const RunRecord record = run(source, input);
    EXPECT_EQ(record.finished.status(), v1::RunFinished::SUCCEEDED)
        << record.finished.ShortDebugString();
    return record.finished.output();
  }
  static v1::RunError error_of(const std::string& source) {
    const RunRecord record = run(source);
    EXPECT_EQ(record.finished.status(), v1::RunFinished::FAILED)
        << record.finished.ShortDebugString();
    return record.finished.error();
  }

  static inline std::unique_ptr<Driver> driver_;
};

}  // namespace nsl::runner::testing
