// The other way: files as a zip, for clients. The same files are the same bytes, on every machine
// and at every time.
#pragma once

#include <vector>

#include "core/archive/archive.h"

namespace nsl::archive {

// In the order they are given; what is in them is not checked.
Bytes pack_zip(const std::vector<File>& files);

}  // namespace nsl::archive
