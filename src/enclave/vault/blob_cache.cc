#include "enclave/vault/blob_cache.h"

namespace nsl::enclave::vault {

Blob BlobCache::find(const HiddenName& name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  items_.splice(items_.begin(), items_, found->second);
  return found->second->second;
}

void BlobCache::put(const HiddenName& name, Blob blob) {
  erase(name);
  if (blob->size() > bytes_max_) return;
  bytes_ += blob->size();
  items_.emplace_front(name, std::move(blob));
  by_name_[name] = items_.begin();
  while (bytes_ > bytes_max_) {
    const HiddenName oldest = items_.back().first;
    erase(oldest);
  }
}

void BlobCache::erase(const HiddenName& name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  bytes_ -= found->second->second->size();
  items_.erase(found->second);
  by_name_.erase(found);
}

}  // namespace nsl::enclave::vault
