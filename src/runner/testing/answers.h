// A host for tests of the host API, and what a run's log adds up to.
#pragma once

#include <string>

#include "runner/testing/driver.h"

namespace nsl::runner::testing {

// Most calls are answered with their own arguments, so that a test sees both ways at once; what
// http.fetch asked for goes to `fetched`, which must outlive the driver.
void answer_calls(Driver& driver, std::string& fetched);

std::size_t log_bytes(const RunRecord& record);

}  // namespace nsl::runner::testing
