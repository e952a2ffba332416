// One runner for all tests of a suite: a fresh process per run is the product's own promise.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/base/result.h"
#include "runner/testing/driver.h"

namespace nsl::runner {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

class PythonRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { driver_ = std::make_unique<Driver>("nsl-runner-python"); }
  static void TearDownTestSuite() { driver_.reset(); }

  static RunRecord run(const std::string& source, const std::string& input = "null") {
    return driver_->run(source, input);
  }
  static std::string output_of(const std::string& source, const std::string& input = "null") {
    const RunRecord record = run(source, input);
    EXPECT_EQ(record.finished.status(), Finished::SUCCEEDED) << record.finished.ShortDebugString();
    return record.finished.output();
  }
  static v1::RunError error_of(const std::string& source) {
    const RunRecord record = run(source);
    EXPECT_EQ(record.finished.status(), Finished::FAILED) << record.finished.ShortDebugString();
    return record.finished.error();
  }
  // A request for `def main():` with this body, indented by two.
  static v1::StartRun request_of(const std::string& body) {
    v1::StartRun request;
    request.set_source("def main():\n" + body + "\n");
    return request;
  }

  static inline std::unique_ptr<Driver> driver_;
};

}  // namespace nsl::runner
