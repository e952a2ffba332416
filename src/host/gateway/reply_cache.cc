#include "host/gateway/reply_cache.h"

#include <utility>

#include "core/base/limits.h"

namespace nsl::host::gateway {

std::optional<ReplyCache::Entry> ReplyCache::find(const Key& key, MonotonicTime now) const {
  MutexLock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.expires_at_ms <= now.value()) return std::nullopt;
  return found->second;
}

void ReplyCache::put(Key key, Entry entry, MonotonicTime now) {
  MutexLock lock(mutex_);
  if (entries_.size() >= static_cast<std::size_t>(limits::kReplyCacheEntriesMax)) {
    std::erase_if(entries_,
                  [now](const auto& item) { return item.second.expires_at_ms <= now.value(); });
  }
  const bool is_full = entries_.size() >= static_cast<std::size_t>(limits::kReplyCacheEntriesMax);
  if (is_full && !entries_.contains(key)) return;
  entries_.insert_or_assign(std::move(key), std::move(entry));
}

}  // namespace nsl::host::gateway
