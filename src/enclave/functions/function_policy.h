// What a function's owner says about all its runs, whatever the version: whether a run that ended
// badly is tried again, and how many run at once.
#pragma once

#include "core/base/result.h"
#include "nsl/v1/function.pb.h"

namespace nsl::enclave::functions {

// Code::invalid_argument with the pointer of the field that is out of bounds.
Result<nsl::v1::FunctionPolicy> parse_policy(const nsl::v1::PutFunctionPolicyRequest& request);

}  // namespace nsl::enclave::functions
