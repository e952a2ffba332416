#include "host/nodes/node_health.h"

#include <algorithm>
#include <bit>

#include "core/base/limits.h"

namespace nsl::host::nodes {
namespace {

// A new figure counts for an eighth, so that one slow answer does not move a node down the list.
constexpr std::int64_t kLatencyShare = 8;
// With one request in four failed, a node counts as twice as slow.
constexpr std::int64_t kFailuresThatDouble = 16;

}  // namespace

void NodeHealth::admit() {
  state_ = NodeState::serving;
  refusal_.reset();
  failures_in_a_row_ = 0;
  rest_ms_ = 0;
}

void NodeHealth::note_answer(std::int64_t duration_us) {
  window_ <<= 1U;
  failures_in_a_row_ = 0;
  latency_us_ = latency_us_ == 0 ? std::max<std::int64_t>(duration_us, 1)
                                 : latency_us_ + (duration_us - latency_us_) / kLatencyShare;
}

void NodeHealth::note_failure(MonotonicTime now) {
  window_ = (window_ << 1U) | 1U;
  ++failures_in_a_row_;
  refusal_.reset();
  state_ = NodeState::unknown;
  const bool is_spent = failures() >= limits::kNodeErrorBudget;
  if (failures_in_a_row_ < limits::kNodeFailuresMax && !is_spent) return;
  state_ = NodeState::resting;
  rest_ms_ = rest_ms_ == 0 ? limits::kNodeRestMs : std::min(rest_ms_ * 2, limits::kNodeRestMsMax);
  rests_until_ = MonotonicTime(now.value() + rest_ms_);
  // A rest pays for what was spent; the next budget is a new one.
  if (is_spent) window_ = 0;
}

void NodeHealth::refuse(Code code, MonotonicTime now) {
  state_ = NodeState::refused;
  refusal_ = code;
  rests_until_ = MonotonicTime(now.value() + limits::kNodeRestMs);
}

int NodeHealth::failures() const { return std::popcount(window_); }

std::int64_t NodeHealth::cost(std::int64_t in_use) const {
  const std::int64_t latency_us = std::max<std::int64_t>(latency_us_, 1);
  return latency_us * (1 + in_use) * (kFailuresThatDouble + failures()) / kFailuresThatDouble;
}

}  // namespace nsl::host::nodes
