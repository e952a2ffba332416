#include "host/gateway/random_pool.h"

#include <algorithm>

namespace nsl::host::gateway {

void RandomPool::fill(std::span<std::uint8_t> bytes) {
  MutexLock lock(mutex_);
  for (std::uint8_t& byte : bytes) {
    if (used_ == pool_.size()) {
      source_.fill(pool_);
      used_ = 0;
    }
    byte = pool_[used_++];
  }
}

}  // namespace nsl::host::gateway
