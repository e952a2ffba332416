// What the suites of JavaScript functions share.
#pragma once

#include <string>
#include <utility>

#include "runner/testing/run_suite.h"

namespace nsl::runner {

using Finished = v1::RunFinished;
using testing::Driver;
using testing::RunRecord;

class JsRun : public testing::RunSuite {
 protected:
  static void SetUpTestSuite() { start("nsl-runner-js"); }

  static RunRecord run_kind(const std::string& source, v1::RunKind kind) {
    v1::StartRun request;
    request.set_source(source);
    request.set_kind(kind);
    return driver_->run(std::move(request));
  }
};

}  // namespace nsl::runner
