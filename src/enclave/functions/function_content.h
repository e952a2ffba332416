// The content of a function version: everything that decides what a run does. Its digest is the
// SHA-256 of a deterministic CBOR array of these fields, in this order, so that anyone can compute
// it from what was deployed:
//   ["nsl-function-v1", runtime name, source, entry point, wall_ms, cpu_ms, memory_bytes,
//    [secret names...], ["host:port"...], {environment}]
// with "reuse" at the end where processes are reused.
// The lists keep the order of the deployment; limits are those in force (defaults filled in).
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "nsl/v1/function.pb.h"

namespace nsl::enclave::functions {

// Checked and in canonical form: defaults filled in, egress entries as "host:port".
Result<nsl::v1::PutFunctionRequest> parse_content(const nsl::v1::PutFunctionRequest& request);

// `content` came from parse_content().
crypto::Digest32 content_digest(const nsl::v1::PutFunctionRequest& content);

}  // namespace nsl::enclave::functions
