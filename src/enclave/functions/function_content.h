// The content of a function version: everything that decides what a run does. Its digest is the
// SHA-256 of a deterministic CBOR array of these fields, in this order, so that anyone can compute
// it from what was deployed:
//   ["nsl-function-v1", runtime name, source, entry point, wall_ms, cpu_ms, memory_bytes,
//    [secret names...], ["host:port"...], {environment}]
// with "reuse" at the end where processes are reused.
// The lists keep the order of the deployment; limits are those in force (defaults filled in). Of a
// function of several files it is
//   ["nsl-function-v2", runtime name, entry file, [[path, SHA-256 of the file]...] sorted by path,
//    entry point, and so on as above]
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "enclave/records/records.h"

namespace nsl::enclave::functions {

// Checked and in canonical form: defaults filled in, egress entries as "host:port", files instead
// of their archive. Content and files of the record are set, nothing else.
Result<stored::FunctionVersionRecord> parse_content(const nsl::v1::PutFunctionRequest& request);

// `version` came from parse_content().
crypto::Digest32 content_digest(const stored::FunctionVersionRecord& version);

}  // namespace nsl::enclave::functions
