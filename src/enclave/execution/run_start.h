// What the runner is told to run, the same for a run and for its replay.
#pragma once

#include "core/base/clock.h"
#include "enclave/runs/run_book.h"
#include "nsl/runner/v1/runner.pb.h"

namespace nsl::enclave::execution {

// `time`: what the run takes for the time when it begins.
runner::v1::StartRun to_start(const runs::RunRecord& record,
                              const stored::FunctionVersionRecord& version, WallTime time);

// The source of a version, or its files.
void set_sources(const stored::FunctionVersionRecord& version, runner::v1::StartRun& start);

}  // namespace nsl::enclave::execution
