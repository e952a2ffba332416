// NSL_ASSERT states what must be true if our own code is right. It is compiled into release builds
// and aborts. It never checks input: input fails with a Result.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace nsl::internal {

[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "assertion failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace nsl::internal

#define NSL_ASSERT(expression)         \
  ((expression) ? static_cast<void>(0) \
                : ::nsl::internal::assertion_failed(#expression, __FILE__, __LINE__))
