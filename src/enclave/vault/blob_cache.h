// Sealed blobs of records used lately, so that a read needs no question to the host. It holds only
// what the host holds too, no plaintext. Least recently used goes first.
//
// Not thread-safe: the vault guards it.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <utility>

#include "core/base/bytes.h"
#include "enclave/vault/record_seal.h"

namespace nsl::enclave::vault {

// Shared by the cache and by readers that still open the blob when it leaves the cache.
using Blob = std::shared_ptr<const Bytes>;

class BlobCache {
 public:
  explicit BlobCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Null when it is not here.
  Blob find(const HiddenName& name);
  void put(const HiddenName& name, Blob blob);
  void erase(const HiddenName& name);

 private:
  using Items = std::list<std::pair<HiddenName, Blob>>;

  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  Items items_;  // most recently used first
  std::map<HiddenName, Items::iterator> by_name_;
};

}  // namespace nsl::enclave::vault
