#include "runner/guest/run_clock.h"

#include <sys/time.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <span>

#include "runner/guest/random_stream.h"

// The names are the linker's.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
int __real_gettimeofday(timeval* time, void* zone);
int __real_clock_gettime(clockid_t clock, timespec* time);
time_t __real_time(time_t* time);
ssize_t __real_getrandom(void* buffer, size_t size, unsigned flags);
}
// NOLINTEND(readability-identifier-naming)

namespace nsl::runner::guest {
namespace {

// The C library's functions carry no object of ours: this is the process's, as its clock is. Set
// once a process has become a run.
struct Held {
  bool is_begun = false;
  HeldClocks clocks = HeldClocks::wall;
  std::uint64_t began_ms = 0;
  std::uint64_t now_ms = 0;
  RandomStream random;
};
Held held;

timespec to_timespec(std::uint64_t ms) {
  return {.tv_sec = static_cast<time_t>(ms / 1000),
          .tv_nsec = static_cast<long>(ms % 1000 * 1'000'000)};
}

}  // namespace

void RunClock::begin(HeldClocks clocks, std::uint64_t time_ms, const abi::Seed& seed) {
  held = {.is_begun = true,
          .clocks = clocks,
          .began_ms = time_ms,
          .now_ms = time_ms,
          .random = RandomStream(seed)};
}

void RunClock::move_to(std::uint64_t time_ms) { held.now_ms = std::max(held.now_ms, time_ms); }

}  // namespace nsl::runner::guest

// NOLINTBEGIN(readability-identifier-naming)
// SAFETY: the callers are the C library's, with its own promises about the pointers.
extern "C" {

int __wrap_gettimeofday(timeval* time, void* zone) {
  using nsl::runner::guest::held;
  if (!held.is_begun) return __real_gettimeofday(time, zone);
  time->tv_sec = static_cast<time_t>(held.now_ms / 1000);
  time->tv_usec = static_cast<suseconds_t>(held.now_ms % 1000 * 1000);
  return 0;
}

int __wrap_clock_gettime(clockid_t clock, timespec* time) {
  using nsl::runner::guest::held;
  const bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  const bool is_held = is_wall || held.clocks == nsl::runner::guest::HeldClocks::all;
  if (!held.is_begun || !is_held) return __real_clock_gettime(clock, time);
  *time = nsl::runner::guest::to_timespec(is_wall ? held.now_ms : held.now_ms - held.began_ms);
  return 0;
}

time_t __wrap_time(time_t* time) {
  using nsl::runner::guest::held;
  if (!held.is_begun) return __real_time(time);
  const auto seconds = static_cast<time_t>(held.now_ms / 1000);
  if (time != nullptr) *time = seconds;
  return seconds;
}

ssize_t __wrap_getrandom(void* buffer, size_t size, unsigned flags) {
  using nsl::runner::guest::held;
  if (!held.is_begun) return __real_getrandom(buffer, size, flags);
  held.random.fill(std::span(static_cast<std::uint8_t*>(buffer), size));
  return static_cast<ssize_t>(size);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
