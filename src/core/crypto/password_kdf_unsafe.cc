#include "core/crypto/password_kdf.h"

#include <climits>

#include <openssl/evp.h>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::crypto {
namespace {

constexpr std::uint64_t kMemoryMax = limits::kScryptMemoryBytesMax;
// RFC 7914 section 2: 128 * r * n bytes for V, 128 * r * p for B; the rest is small.
constexpr std::uint64_t kBlockBytes = 128;

bool is_affordable(ScryptCost cost) {
  const bool is_power_of_two = cost.n > 1 && (cost.n & (cost.n - 1)) == 0;
  if (!is_power_of_two || cost.r == 0 || cost.p == 0) return false;
  const std::uint64_t blocks_max = kMemoryMax / kBlockBytes;
  return cost.n <= blocks_max && cost.r <= blocks_max / cost.n && cost.p <= blocks_max / cost.r;
}

// OpenSSL takes passwords as char; null with length 0 would mean "no password given".
const char* chars_of(ByteView bytes) {
  // SAFETY: char may alias std::uint8_t; the literal has static storage.
  return bytes.empty() ? "" : reinterpret_cast<const char*>(bytes.data());
}

}  // namespace

Result<void> scrypt(ByteView password, ByteView salt, ScryptCost cost,
                    std::span<std::uint8_t> target) {
  if (!is_affordable(cost)) return fail(Code::limit_exceeded, "Scrypt cost is not accepted");
  // SAFETY: every buffer has the length beside it. The limit given to OpenSSL leaves room for the
  // blocks it counts beside the ones checked above.
  const int status =
      EVP_PBE_scrypt(chars_of(password), password.size(), salt.data(), salt.size(), cost.n, cost.r,
                     cost.p, 4 * kMemoryMax, target.data(), target.size());
  if (status != 1) return fail(Code::limit_exceeded, "Scrypt cost is not accepted");
  return {};
}

void pbkdf2_hmac_sha256(ByteView password, ByteView salt, std::uint32_t iterations,
                        std::span<std::uint8_t> target) {
  NSL_ASSERT(iterations >= 1 && iterations <= INT_MAX);
  NSL_ASSERT(password.size() <= INT_MAX && salt.size() <= INT_MAX && target.size() <= INT_MAX);
  // SAFETY: every buffer has the length beside it.
  const int status =
      PKCS5_PBKDF2_HMAC(chars_of(password), static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                        static_cast<int>(target.size()), target.data());
  NSL_ASSERT(status == 1);
}

}  // namespace nsl::crypto
