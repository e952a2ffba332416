// Random for ids at the rate of requests: takes from the injected source in larger pieces, so that
// an id does not cost a system call. Thread-safe even over a source that is not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/mutex.h"
#include "core/base/random.h"

namespace nsl::host::gateway {

class RandomPool final : public Random {
 public:
  explicit RandomPool(Random& source) : source_(source) {}
  void fill(std::span<std::uint8_t> bytes) override NSL_EXCLUDES(mutex_);

 private:
  Random& source_;
  Mutex mutex_;
  std::array<std::uint8_t, 1024> pool_ NSL_GUARDED_BY(mutex_) = {};
  std::size_t used_ NSL_GUARDED_BY(mutex_) = sizeof(pool_);
};

}  // namespace nsl::host::gateway
