#include "host/gateway/rate_limiter.h"

#include <algorithm>

#include "core/base/assert.h"

namespace nsl::host::gateway {
namespace {

constexpr std::int64_t kWindowUs = 60'000'000;

std::int64_t seconds_up(std::int64_t us) { return (us + 999'999) / 1'000'000; }

// The address, or its /64 network for IPv6 proper.
ClientAddress network_of(const ClientAddress& client) {
  const bool is_mapped_v4 =
      std::all_of(client.begin(), client.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
  ClientAddress network = client;
  if (!is_mapped_v4) std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
  return network;
}

}  // namespace

RateLimiter::RateLimiter(std::int64_t per_minute, std::int64_t clients_max)
    : per_minute_(per_minute), clients_max_(static_cast<std::size_t>(clients_max)) {
  NSL_ASSERT(per_minute > 0 && per_minute <= kWindowUs && clients_max > 0);
}

RateLimiter::Verdict RateLimiter::take(const ClientAddress& client, MonotonicTime now) {
  const ClientAddress network = network_of(client);
  const std::int64_t now_us = now.value() * 1000;
  const std::int64_t cost_us = kWindowUs / per_minute_;
  MutexLock lock(mutex_);
  const auto known = by_client_.find(network);
  if (known == by_client_.end()) {
    if (entries_.size() == clients_max_) {
      by_client_.erase(entries_.back().client);
      entries_.pop_back();
    }
    entries_.push_front({network, now_us});
    by_client_.emplace(network, entries_.begin());
  } else {
    entries_.splice(entries_.begin(), entries_, known->second);
  }
  Entry& entry = entries_.front();
  const std::int64_t owed_us = std::max<std::int64_t>(entry.full_at_us - now_us, 0);
  if (owed_us + cost_us > kWindowUs) {
    return {.is_allowed = false,
            .remaining = 0,
            .reset_seconds = seconds_up(owed_us),
            .retry_after_seconds = seconds_up(owed_us + cost_us - kWindowUs)};
  }
  entry.full_at_us = now_us + owed_us + cost_us;
  return {.is_allowed = true,
          .remaining = (kWindowUs - owed_us - cost_us) / cost_us,
          .reset_seconds = seconds_up(owed_us + cost_us)};
}

}  // namespace nsl::host::gateway
