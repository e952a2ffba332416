// One runner for all tests of a suite: a fresh process per run is the product's own promise. What
// is compiled is kept, as the enclave keeps it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "runner/testing/driver.h"

namespace nsl::runner {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

// A class Function with this Main.
inline std::string main_of(const std::string& body) {
  return "public class Function {\n  public object Main() {\n" + body + "\n  }\n}\n";
}

class CSharpRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { driver_ = std::make_unique<Driver>("nsl-runner-csharp"); }
  static void TearDownTestSuite() {
    driver_.reset();
    artifacts_.clear();
  }

  static v1::RunFinished compile(const std::string& source) {
    v1::StartRun request;
    request.set_source(source);
    request.set_kind(v1::COMPILE);
    return driver_->run(std::move(request)).finished;
  }
  // With the artifact of the source; EXPECTs that it compiles.
  static v1::StartRun request_of(const std::string& source) {
    const auto known = artifacts_.find(source);
    v1::StartRun request;
    if (known == artifacts_.end()) {
      const v1::RunFinished compiled = compile(source);
      EXPECT_EQ(compiled.status(), Finished::SUCCEEDED) << compiled.error().stack();
      artifacts_[source] = compiled.artifact();
      request.set_artifact(compiled.artifact());
    } else {
      request.set_artifact(known->second);
    }
    return request;
  }
  static RunRecord run_on(Driver& driver, const std::string& source, const std::string& input) {
    v1::StartRun request = request_of(source);
    request.set_input(input);
    return driver.run(std::move(request));
  }
  static RunRecord run(const std::string& source, const std::string& input = "null") {
    return run_on(*driver_, source, input);
  }
  static RunRecord expect(Finished::Status status, RunRecord record) {
    EXPECT_EQ(record.finished.status(), status) << record.finished.ShortDebugString();
    return record;
  }
  static std::string output_of(const std::string& source, const std::string& input = "null") {
    return expect(Finished::SUCCEEDED, run(source, input)).finished.output();
  }
  static v1::RunError error_of(const std::string& source) {
    return expect(Finished::FAILED, run(source)).finished.error();
  }
  // Of an expression.
  static std::string value_of(const std::string& expression) {
    return output_of(main_of("    return " + expression + ";"));
  }

  static inline std::unique_ptr<Driver> driver_;
  static inline std::map<std::string, std::string> artifacts_;
};

}  // namespace nsl::runner
