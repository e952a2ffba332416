// What the suites of Python functions share.
#pragma once

#include <string>

#include "runner/testing/run_suite.h"

namespace nsl::runner {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

class PythonRun : public testing::RunSuite {
 protected:
  static void SetUpTestSuite() { start("nsl-runner-python"); }

  // A request for `def main():` with this body, indented by two.
  static v1::StartRun request_of(const std::string& body) {
    v1::StartRun request;
    request.set_source("def main():\n" + body + "\n");
    return request;
  }
};

}  // namespace nsl::runner
