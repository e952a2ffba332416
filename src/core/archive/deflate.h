// Not for other folders.
#pragma once

#include <string>

#include "core/base/bytes.h"

namespace nsl::archive {

// As deflate (RFC 1951) without wrapping.
std::string deflate(ByteView bytes);

}  // namespace nsl::archive
