#include "core/base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "core/base/assert.h"

namespace nsl {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = getrandom(bytes.data() + done, bytes.size() - done, 0);
    if (count < 0 && errno == EINTR) continue;
    NSL_ASSERT(count > 0);
    done += static_cast<std::size_t>(count);
  }
}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    for (std::size_t j = i; j < std::min(i + 8, bytes.size()); ++j) {
      bytes[j] = static_cast<std::uint8_t>(mixed >> (8 * (j - i)));
    }
  }
}

}  // namespace nsl
