// HookRates: how many runs the messages to one webhook start, by the generic cell rate algorithm
// (ITU-T I.371), one number a trigger. In memory: whoever has a trigger's secret may send that much
// again after a restart. The trigger idle longest leaves first, which is the one with the most
// credit, so forgetting it gives nothing away.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/base/mutex.h"

namespace nsl::enclave::hooks {

class HookRates {
 public:
  // False when limits::kHookRunsPerMinuteMax were started within a minute.
  bool take(const std::string& trigger_id, MonotonicTime now) NSL_EXCLUDES(mutex_);
  std::size_t size() const NSL_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::string trigger_id;
    // When all credit is back.
    std::int64_t full_at_ms;
  };

  mutable Mutex mutex_;
  // Most recently used first.
  std::list<Entry> entries_ NSL_GUARDED_BY(mutex_);
  std::map<std::string, std::list<Entry>::iterator> by_trigger_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::hooks
