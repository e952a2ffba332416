// What an engine that has been taken over can do behind its own back: any system call, any bytes on
// the run's socket. For the natives of the runners' test programs, inside a run.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"

namespace nsl::runner::testing {

// A number and six arguments; the kernel's result, negative as -errno.
long make_syscall(const std::array<long, 7>& words);

// Random system calls with random arguments, none of a number that is left out. How many the kernel
// carried out, or refused for another reason than not being allowed.
std::uint32_t fuzz_syscalls(std::uint32_t count, std::uint32_t seed,
                            std::span<const std::uint32_t> left_out);

void send_on_run_socket(ByteView bytes);

}  // namespace nsl::runner::testing
