// When a run that ended badly is tried again: what a function's retry policy means.
#pragma once

#include <cstdint>

#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::runs {

// Whether another try follows one that ended so; `tries` have ended, this one included.
bool is_tried_again(const nsl::v1::RetryPolicy& policy, nsl::v1::Run::Status status,
                    std::uint32_t tries);

// The pause after that many tries: the policy's first one, doubled for each further try, up to the
// policy's longest.
std::int64_t retry_pause_ms(const nsl::v1::RetryPolicy& policy, std::uint32_t tries);

}  // namespace nsl::enclave::runs
