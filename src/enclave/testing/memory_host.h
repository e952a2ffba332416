// A host in memory: it serves nsl.internal.v1.StoreService as a well-behaved store would, and
// counts what it was asked. Other services answer with an empty message.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/wire/service.h"
#include "nsl/internal/v1/store.pb.h"

namespace nsl::enclave::testing {

class MemoryHost final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& deadline) override NSL_EXCLUDES(mutex_);

  // Jobs in the order they were queued.
  std::vector<std::string> jobs() const NSL_EXCLUDES(mutex_);
  // Every stored byte, for tests that look for what must not be there.
  std::string everything() const NSL_EXCLUDES(mutex_);

  using Records = std::map<std::string, std::pair<std::uint64_t, std::string>>;
  // What a host that lies keeps and serves again later.
  Records snapshot() const NSL_EXCLUDES(mutex_);
  void restore(Records records) NSL_EXCLUDES(mutex_);

 private:
  using Stored = std::pair<std::uint64_t, std::string>;
  Result<std::string> commit(const internal::v1::StoreCommitRequest& request) NSL_REQUIRES(mutex_);
  Result<std::string> list(const internal::v1::StoreListRequest& request) NSL_REQUIRES(mutex_);
  Result<std::string> get(const internal::v1::StoreGetRequest& request) NSL_REQUIRES(mutex_);
  Result<std::string> read_log(const internal::v1::StoreReadLogRequest& request)
      NSL_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Stored> records_ NSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> logs_ NSL_GUARDED_BY(mutex_);
  std::vector<std::string> jobs_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::testing
