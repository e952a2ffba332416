// Keys from passwords: slow on purpose (a NEP-2 scrypt takes 0.3 s and 16 MiB). Callers run these
// on a bounded pool of their own and limit how often anyone may ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::crypto {

// RFC 7914: cost n (a power of two above 1), block size r, parallelism p.
struct ScryptCost {
  std::uint64_t n;
  std::uint64_t r;
  std::uint64_t p;
};

// Code::limit_exceeded when the cost is not valid or needs more than limits::kScryptMemoryBytesMax.
Result<void> scrypt(ByteView password, ByteView salt, ScryptCost cost,
                    std::span<std::uint8_t> target);

// RFC 8018 with HMAC-SHA256. `iterations` is at least 1.
void pbkdf2_hmac_sha256(ByteView password, ByteView salt, std::uint32_t iterations,
                        std::span<std::uint8_t> target);

}  // namespace nsl::crypto
