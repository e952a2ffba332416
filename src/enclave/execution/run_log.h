// What a run logs, as far as it is kept.
#pragma once

#include <string>
#include <utility>

#include "nsl/runner/v1/runner.pb.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::execution {

class RunLog {
 public:
  // Whether the line is kept: once limits::kFunctionLogLinesMax or kFunctionLogBytesMax is reached
  // lines are only counted.
  bool add(runner::v1::LogLine::Level level, const std::string& text);
  const nsl::v1::RunLogs& lines() const { return lines_; }
  nsl::v1::RunLogs take() { return std::exchange(lines_, {}); }

 private:
  nsl::v1::RunLogs lines_;
  std::size_t bytes_ = 0;
};

}  // namespace nsl::enclave::execution
