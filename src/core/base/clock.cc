#include "core/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace nsl {

std::string to_rfc3339(WallTime time) {
  std::int64_t seconds = time.value() / 1000;
  std::int64_t ms = time.value() % 1000;
  if (ms < 0) {
    ms += 1000;
    seconds -= 1;
  }
  const std::time_t when = seconds;
  std::tm parts{};
  gmtime_r(&when, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     ms);
}

WallTime SystemClock::wall_time() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

MonotonicTime SystemClock::monotonic_time() const {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return MonotonicTime(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

Deadline Deadline::after_ms(const Clock& clock, std::int64_t ms) {
  return Deadline(MonotonicTime(clock.monotonic_time().value() + std::max<std::int64_t>(ms, 0)));
}

std::int64_t Deadline::ms_left(const Clock& clock) const {
  return std::max<std::int64_t>(time_.value() - clock.monotonic_time().value(), 0);
}

std::chrono::steady_clock::time_point Deadline::steady_time() const {
  return std::chrono::steady_clock::time_point(std::chrono::milliseconds(time_.value()));
}

}  // namespace nsl
