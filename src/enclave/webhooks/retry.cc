#include "enclave/webhooks/retry.h"

#include <algorithm>
#include <charconv>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::enclave::webhooks {
namespace {

constexpr std::int64_t kGrowth = 3;
constexpr std::int64_t kMsPerSecond = 1000;

}  // namespace

std::int64_t retry_pause_ms(std::uint32_t attempt, Random& random) {
  NSL_ASSERT(attempt > 0);
  std::int64_t whole = limits::kWebhookRetryMsMin;
  for (std::uint32_t i = 1; i < attempt && whole < limits::kWebhookRetryMsMax; ++i) {
    whole *= kGrowth;
  }
  whole = std::min(whole, limits::kWebhookRetryMsMax);
  const auto bytes = random.bytes<4>();
  std::int64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number * 256 + byte;
  return whole / 2 + number % (whole / 2 + 1);
}

std::int64_t parse_retry_after_ms(std::string_view header) {
  std::int64_t seconds = 0;
  const char* const end = header.data() + header.size();
  const auto [read, error] = std::from_chars(header.data(), end, seconds);
  if (error != std::errc() || read != end || seconds < 0) return 0;
  return std::min(seconds, limits::kWebhookRetryMsMax / kMsPerSecond) * kMsPerSecond;
}

}  // namespace nsl::enclave::webhooks
