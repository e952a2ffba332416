// How a run ended, in the words of the API; the same for a run and for its replay.
#pragma once

#include "nsl/runner/v1/runner.pb.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::execution {

// Status, output and error.
void describe_end(const runner::v1::RunFinished& finished, nsl::v1::Run& run);

}  // namespace nsl::enclave::execution
