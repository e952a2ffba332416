#include "enclave/session/replay_guard.h"

#include "core/base/limits.h"

namespace nsl::enclave::session {

Result<void> ReplayGuard::admit(std::string_view request, WallTime issued_at) {
  const std::int64_t now_ms = clock_.wall_time().value();
  const std::int64_t age_ms = now_ms - issued_at.value();
  if (age_ms > limits::kSealWindowMs || age_ms < -limits::kClockSkewMsMax) {
    return fail(Code::seal_stale, "The sealed request is too old, or a clock is wrong");
  }
  MutexLock lock(mutex_);
  while (!order_.empty() && order_.front().forget_at.value() < now_ms) {
    seen_.erase(order_.front().request);
    order_.pop_front();
  }
  if (seen_.contains(std::string(request))) return fail(Code::seal_replayed);
  if (seen_.size() >= static_cast<std::size_t>(limits::kSealSeenMax)) {
    return fail(Code::overloaded, "Too many sealed requests in the window");
  }
  seen_.emplace(request);
  // Never before its own age refuses it: the skew a future issued_at may have is added for all.
  const std::int64_t forget_at_ms = now_ms + limits::kSealWindowMs + limits::kClockSkewMsMax;
  order_.push_back({std::string(request), WallTime(forget_at_ms)});
  return {};
}

}  // namespace nsl::enclave::session
