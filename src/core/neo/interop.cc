#include "core/neo/interop.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/crypto/hash.h"

namespace nsl::neo {

InteropId interop_id(std::string_view name) {
  const crypto::Digest32 digest = crypto::sha256(as_bytes(name));
  InteropId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

}  // namespace nsl::neo
