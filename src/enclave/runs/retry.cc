#include "enclave/runs/retry.h"

#include <algorithm>

#include "core/base/assert.h"

namespace nsl::enclave::runs {
namespace {

constexpr std::int64_t kPauseMsDefault = 1000;
constexpr std::int64_t kLongestPauseMsDefault = 60000;

}  // namespace

bool is_tried_again(const nsl::v1::RetryPolicy& policy, nsl::v1::Run::Status status,
                    std::uint32_t tries) {
  using nsl::v1::Run;
  if (tries >= policy.attempts()) return false;
  if (status != Run::FAILED && status != Run::TIMED_OUT) return false;
  const auto& named = policy.statuses();
  return named.empty() || std::ranges::find(named, status) != named.end();
}

std::int64_t retry_pause_ms(const nsl::v1::RetryPolicy& policy, std::uint32_t tries) {
  NSL_ASSERT(tries > 0);
  const std::int64_t first = policy.backoff_ms() == 0 ? kPauseMsDefault : policy.backoff_ms();
  const std::int64_t longest = policy.backoff_ms_max() == 0
                                   ? std::max(first, kLongestPauseMsDefault)
                                   : std::int64_t{policy.backoff_ms_max()};
  // limits::kRunTriesMax bounds the doublings of a stored policy; the shift is safe for any other.
  const std::uint32_t doublings = std::min<std::uint32_t>(tries - 1, 20);
  return std::min(first << doublings, longest);
}

}  // namespace nsl::enclave::runs
