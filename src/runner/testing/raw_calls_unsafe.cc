#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <random>

#include "runner/testing/raw_calls.h"

namespace nsl::runner::testing {

long make_syscall(const std::array<long, 7>& words) {
  // SAFETY: none; a test asks for exactly this call, in a process that is its own victim.
  const long result =
      ::syscall(words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
  return result == -1 ? -errno : result;
}

std::uint32_t fuzz_syscalls(std::uint32_t count, std::uint32_t seed,
                            std::span<const std::uint32_t> left_out) {
  std::array<bool, 512> is_left_out{};
  for (const std::uint32_t number : left_out) is_left_out[number % is_left_out.size()] = true;
  std::mt19937_64 random(seed);
  const auto argument = [&random] {
    // Small numbers, descriptors, flags, addresses and noise alike.
    const std::uint64_t value = random();
    return static_cast<long>(value >> (random() % 64));
  };
  std::uint32_t carried_out = 0;
  for (std::uint32_t i = 0; i < count;) {
    const long number = static_cast<long>(random() % is_left_out.size());
    if (is_left_out[static_cast<std::size_t>(number)]) continue;
    ++i;
    const long result = make_syscall(
        {number, argument(), argument(), argument(), argument(), argument(), argument()});
    if (result >= 0 || (result != -EPERM && result != -ENOSYS)) ++carried_out;
  }
  return carried_out;
}

void send_on_run_socket(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(3, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace nsl::runner::testing
