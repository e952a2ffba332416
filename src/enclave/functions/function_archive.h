// What a function is deployed as: one source, or the files of an archive. A stored version has the
// files themselves, sorted by path, so that the same files are the same version whatever archive
// they came in.
#pragma once

#include <string>

#include "core/base/result.h"
#include "enclave/records/records.h"

namespace nsl::enclave::functions {

// Takes the files out of the archive of `version.content()`, and fills in its entry file. Does
// nothing for a function of one source.
Result<void> unpack_archive(stored::FunctionVersionRecord& version);

// "0x" and the SHA-256, with the size: what the API says of a file beside its path.
void describe_file(nsl::v1::FunctionFile& file);

}  // namespace nsl::enclave::functions
