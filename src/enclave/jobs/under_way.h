// UnderWay: jobs that are being carried out right now, so that the same one is never carried out
// twice at a time, and not more of them than there is room for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "core/base/mutex.h"

namespace nsl::enclave::jobs {

class UnderWay {
 public:
  struct Bounds {
    std::int64_t all = 0;
    std::int64_t of_one_account = 0;
  };
  // Whether a job may begin; if so, it has begun and ends with this object.
  class Turn {
   public:
    Turn(UnderWay& all, std::string account, std::string job)
        : all_(all), entry_(std::move(account), std::move(job)), has_begun_(all.begin(entry_)) {}
    ~Turn() {
      if (has_begun_) all_.end(entry_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const { return has_begun_; }

   private:
    UnderWay& all_;
    const std::pair<std::string, std::string> entry_;
    const bool has_begun_;
  };

  explicit UnderWay(Bounds bounds) : bounds_(bounds) {}

 private:
  using Entry = std::pair<std::string, std::string>;

  bool begin(const Entry& entry) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto of_account = std::ranges::count(under_way_, entry.first, &Entry::first);
    if (std::cmp_greater_equal(under_way_.size(), bounds_.all) ||
        of_account >= bounds_.of_one_account) {
      return false;
    }
    return under_way_.insert(entry).second;
  }
  void end(const Entry& entry) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    under_way_.erase(entry);
  }

  const Bounds bounds_;
  Mutex mutex_;
  // Account and job.
  std::set<Entry> under_way_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::jobs
