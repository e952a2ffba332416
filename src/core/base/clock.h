// Time is a constructor argument. SystemClock reads the machine; ManualClock is moved by tests.
//
// Two clocks, as two types: wall time (milliseconds since 1970, may jump) for what others read, and
// monotonic time for deadlines.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/base/strong.h"

namespace nsl {

// Milliseconds since 1970-01-01T00:00:00Z.
using WallTime = Strong<struct WallTimeTag, std::int64_t>;
// Milliseconds on the monotonic clock of this process.
using MonotonicTime = Strong<struct MonotonicTimeTag, std::int64_t>;

// "2026-11-21T11:35:19.123Z" (RFC 3339, UTC, milliseconds).
std::string to_rfc3339(WallTime time);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall_time() const = 0;
  virtual MonotonicTime monotonic_time() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime wall_time() const override;
  MonotonicTime monotonic_time() const override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start) : wall_ms_(start.value()) {}
  WallTime wall_time() const override { return WallTime(wall_ms_.load()); }
  MonotonicTime monotonic_time() const override { return MonotonicTime(monotonic_ms_.load()); }
  void advance_ms(std::int64_t ms) {
    wall_ms_ += ms;
    monotonic_ms_ += ms;
  }

 private:
  std::atomic<std::int64_t> wall_ms_;
  std::atomic<std::int64_t> monotonic_ms_{0};
};

// One deadline per request, handed down the call stack and checked at each outcall.
class Deadline {
 public:
  static Deadline after_ms(const Clock& clock, std::int64_t ms);
  static Deadline at(MonotonicTime time) { return Deadline(time); }

  MonotonicTime time() const { return time_; }
  // 0 when it has passed.
  std::int64_t ms_left(const Clock& clock) const;
  bool has_passed(const Clock& clock) const { return ms_left(clock) == 0; }
  Deadline earlier_of(Deadline other) const { return time_ <= other.time_ ? *this : other; }
  // The same instant for a condition variable (SystemClock's monotonic clock is steady_clock).
  std::chrono::steady_clock::time_point steady_time() const;

 private:
  explicit Deadline(MonotonicTime time) : time_(time) {}
  MonotonicTime time_;
};

}  // namespace nsl
