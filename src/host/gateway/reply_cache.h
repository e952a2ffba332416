// Replies that are the same for everybody, kept for as long as their operation's public_cache_ms
// says. One entry per operation, form and request message; bounded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/rest/route_table.h"
#include "host/gateway/request_reader.h"

namespace nsl::host::gateway {

class ReplyCache final {
 public:
  struct Key {
    const rest::Route* route;
    Form form;
    // The binary request message.
    std::string request;

    friend bool operator<(const Key& left, const Key& right) {
      return std::tie(left.route, left.form, left.request) <
             std::tie(right.route, right.form, right.request);
    }
  };
  struct Entry {
    std::shared_ptr<const std::string> body;
    // As in the ETag header; empty: none.
    std::string etag;
    std::int64_t expires_at_ms;
  };

  std::optional<Entry> find(const Key& key, MonotonicTime now) const NSL_EXCLUDES(mutex_);
  // Does nothing while the cache is full of live entries.
  void put(Key key, Entry entry, MonotonicTime now) NSL_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::map<Key, Entry> entries_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::host::gateway
