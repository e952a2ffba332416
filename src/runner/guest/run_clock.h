// The only clock and the only randomness code in a run reaches, whichever function of the C library
// it asks: both come with the job, so that the run can be run again with the same result.
//
// The clock stands still while the run computes and moves on with the host's replies, which also
// keeps a function from timing its neighbours. Until begin() the real ones answer, in the zygote as
// in the supervisor, which are the same program.
//
// How: every reference to gettimeofday, clock_gettime, time and getrandom in the program's archives
// is linked to the functions here (the linker's --wrap, cmake/runner_program.cmake).
#pragma once

#include <cstdint>

#include "runner/abi/abi.h"

namespace nsl::runner::guest {

// The engine's need: V8 measures its own collections with the monotonic clock, which no function
// sees; Python shows every clock to the function.
enum class HeldClocks : std::uint8_t { wall, all };

class RunClock {
 public:
  static void begin(HeldClocks held, std::uint64_t time_ms, const abi::Seed& seed);
  // Never goes back.
  static void move_to(std::uint64_t time_ms);
};

}  // namespace nsl::runner::guest
