#include "enclave/hooks/hook_rates.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace nsl::enclave::hooks {
namespace {

constexpr std::int64_t kWindowMs = 60'000;
constexpr std::int64_t kCostMs = kWindowMs / limits::kHookRunsPerMinuteMax;
static_assert(kCostMs > 0);

}  // namespace

bool HookRates::take(const std::string& trigger_id, MonotonicTime now) {
  MutexLock lock(mutex_);
  const auto known = by_trigger_.find(trigger_id);
  if (known != by_trigger_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
  } else {
    if (std::cmp_greater_equal(entries_.size(), limits::kHookRatesMax)) {
      by_trigger_.erase(entries_.back().trigger_id);
      entries_.pop_back();
    }
    entries_.push_front({trigger_id, now.value()});
    by_trigger_.emplace(trigger_id, entries_.begin());
  }
  Entry& entry = entries_.front();
  const std::int64_t owed = std::max<std::int64_t>(entry.full_at_ms - now.value(), 0);
  if (owed + kCostMs > kWindowMs) return false;
  entry.full_at_ms = now.value() + owed + kCostMs;
  return true;
}

std::size_t HookRates::size() const {
  MutexLock lock(mutex_);
  return entries_.size();
}

}  // namespace nsl::enclave::hooks
