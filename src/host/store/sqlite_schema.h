// The tables of the embedded engine and their version.
#pragma once

#include "core/base/result.h"
#include "host/store/sqlite.h"

namespace nsl::host::store {

// Makes the tables of an empty file, accepts the present version, refuses a newer one
// (Code::store_schema_newer) and a file that is not ours (Code::store_failed).
Result<void> prepare_schema(Database& database);

}  // namespace nsl::host::store
