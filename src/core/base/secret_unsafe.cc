#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "core/base/limits.h"
#include "core/base/mutex.h"
#include "core/base/secret.h"

namespace nsl {
namespace {

constexpr std::size_t kGrain = 32;

std::size_t rounded(std::size_t size) { return (size + kGrain - 1) / kGrain * kGrain; }

[[noreturn]] void die(const char* why) {
  std::fprintf(stderr, "secret arena: %s\n", why);
  std::abort();
}

// First-fit over one locked mapping. Free ranges are kept by address and merged with neighbours.
class Arena {
 public:
  Arena() {
    const auto size = static_cast<std::size_t>(limits::kSecretArenaBytes);
    // SAFETY: an anonymous private mapping of our own; it lives as long as the process.
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) die("cannot map memory");
    base_ = static_cast<std::uint8_t*>(memory);
    if (madvise(base_, size, MADV_DONTDUMP) != 0) die("cannot exclude memory from core dumps");
    if (mlock(base_, size) != 0) die("cannot lock memory; raise RLIMIT_MEMLOCK to 8 MiB");
    free_[0] = size;
  }

  std::uint8_t* allocate(std::size_t size) NSL_EXCLUDES(mutex_) {
    const std::size_t wanted = rounded(size);
    MutexLock lock(mutex_);
    for (auto range = free_.begin(); range != free_.end(); ++range) {
      if (range->second < wanted) continue;
      const std::size_t offset = range->first;
      const std::size_t rest = range->second - wanted;
      free_.erase(range);
      if (rest > 0) free_[offset + wanted] = rest;
      used_ += wanted;
      return base_ + offset;
    }
    die("full");
  }

  void release(std::uint8_t* memory, std::size_t size) NSL_EXCLUDES(mutex_) {
    std::size_t length = rounded(size);
    wipe({memory, length});
    MutexLock lock(mutex_);
    used_ -= length;
    auto offset = static_cast<std::size_t>(memory - base_);
    auto next = free_.lower_bound(offset);
    if (next != free_.begin()) {
      auto previous = std::prev(next);
      if (previous->first + previous->second == offset) {
        offset = previous->first;
        length += previous->second;
        free_.erase(previous);
      }
    }
    if (next != free_.end() && offset + length == next->first) {
      length += next->second;
      free_.erase(next);
    }
    free_[offset] = length;
  }

  std::size_t used() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return used_;
  }

 private:
  std::uint8_t* base_ = nullptr;
  Mutex mutex_;
  std::map<std::size_t, std::size_t> free_ NSL_GUARDED_BY(mutex_);
  std::size_t used_ NSL_GUARDED_BY(mutex_) = 0;
};

// Locked memory is a property of the process, as the heap is; the arena outlives every object.
Arena& arena() {
  static auto* const instance = new Arena();
  return *instance;
}

}  // namespace

namespace internal {

std::uint8_t* allocate_secret(std::size_t size) { return arena().allocate(size); }
void free_secret(std::uint8_t* memory, std::size_t size) noexcept { arena().release(memory, size); }

}  // namespace internal

void wipe(std::span<std::uint8_t> memory) noexcept {
  // SAFETY: explicit_bzero is specified not to be optimised away.
  if (!memory.empty()) explicit_bzero(memory.data(), memory.size());
}

bool equal_in_constant_time(ByteView left, ByteView right) {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned>(left[i] ^ right[i]);
  }
  // SAFETY: the volatile read keeps the compiler from leaving the loop early.
  const volatile unsigned result = difference;
  return result == 0;
}

std::size_t secret_arena_bytes_used() { return arena().used(); }

}  // namespace nsl
