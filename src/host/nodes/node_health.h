// NodeHealth: whether one Neo node may be asked, and how gladly. A circuit breaker: a node that
// fails is looked at again before it is trusted; one that keeps failing rests, longer each time,
// and then gets one look, which decides whether it serves or rests on.
//
// A value; the pool guards it.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace nsl::host::nodes {

enum class NodeState : std::uint8_t {
  // Not looked at since it was last away.
  unknown,
  serving,
  // Failed too often: left alone for a while.
  resting,
  // Serves another network or chain.
  refused,
};

class NodeHealth {
 public:
  NodeState state() const { return state_; }
  // Why it is refused; nothing in any other state.
  std::optional<Code> refusal() const { return refusal_; }

  // A look at the node found it fit to serve.
  void admit();
  // An answer came, `duration_us` after it was asked for.
  void note_answer(std::int64_t duration_us);
  void note_failure(MonotonicTime now);
  // It serves something else. It is looked at again after limits::kNodeRestMs.
  void refuse(Code code, MonotonicTime now);

  // Whether it is time to look at it: at any time unless it rests or is refused.
  bool may_be_looked_at(MonotonicTime now) const { return now >= rests_until_; }
  void end_rest() { rests_until_ = MonotonicTime(); }
  // Failures among the last 64 requests.
  int failures() const;
  std::int64_t latency_us() const { return latency_us_; }
  // What a request is likely to cost here when `in_use` others run: the smaller, the sooner the
  // node is chosen.
  std::int64_t cost(std::int64_t in_use) const;

 private:
  NodeState state_ = NodeState::unknown;
  std::optional<Code> refusal_;
  std::int64_t failures_in_a_row_ = 0;
  // The last 64 requests, the newest in the lowest bit; 1 is a failure.
  std::uint64_t window_ = 0;
  std::int64_t rest_ms_ = 0;
  MonotonicTime rests_until_;
  // Moving average; 0 before the first answer.
  std::int64_t latency_us_ = 0;
};

}  // namespace nsl::host::nodes
