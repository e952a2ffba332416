// ReplayGuard remembers the sealed requests of the last limits::kSealWindowMs, so that each is
// accepted once. Older ones are refused by their age; requests of an earlier boot do not open at
// all, because the sealing key is new at every start. So no replay is ever accepted.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"

namespace nsl::enclave::session {

class ReplayGuard {
 public:
  explicit ReplayGuard(const Clock& clock) : clock_(clock) {}

  // `request` names the sealed request for good (its encapsulated key). Fails with seal_replayed
  // when it was admitted before, seal_stale when `issued_at` is outside the window on either side,
  // overloaded when limits::kSealSeenMax are remembered.
  Result<void> admit(std::string_view request, WallTime issued_at) NSL_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::string request;
    // When its own age will refuse it.
    WallTime forget_at;
  };

  const Clock& clock_;
  Mutex mutex_;
  std::unordered_set<std::string> seen_ NSL_GUARDED_BY(mutex_);
  // In order of admission.
  std::deque<Entry> order_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::session
