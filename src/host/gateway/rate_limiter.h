// How much unauthenticated work one client address may ask for: the generic cell rate algorithm
// (ITU-T I.371), one number per address. The table is bounded; the address idle longest leaves
// first, which is the one with the most credit, so forgetting it gives nothing away.
//
// IPv6 clients count by their /64 network.
#pragma once

#include <cstdint>
#include <list>
#include <map>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "host/gateway/http_message.h"

namespace nsl::host::gateway {

class RateLimiter final {
 public:
  struct Verdict {
    bool is_allowed = true;
    // Requests the address may still make at once.
    std::int64_t remaining = 0;
    // Until the full quota is back; until one request is allowed again.
    std::int64_t reset_seconds = 0;
    std::int64_t retry_after_seconds = 0;
  };

  RateLimiter(std::int64_t per_minute, std::int64_t clients_max);

  Verdict take(const ClientAddress& client, MonotonicTime now) NSL_EXCLUDES(mutex_);
  std::int64_t per_minute() const { return per_minute_; }

 private:
  struct Entry {
    ClientAddress client;
    // When all credit is back, in microseconds.
    std::int64_t full_at_us;
  };

  const std::int64_t per_minute_;
  const std::size_t clients_max_;
  Mutex mutex_;
  // Most recently seen first.
  std::list<Entry> entries_ NSL_GUARDED_BY(mutex_);
  std::map<ClientAddress, std::list<Entry>::iterator> by_client_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::host::gateway
