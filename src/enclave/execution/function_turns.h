// FunctionTurns: how many runs of a function are under way, for a function whose policy bounds
// them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/base/mutex.h"

namespace nsl::enclave::execution {

class FunctionTurns {
 public:
  // Whether a run may begin; if so, it has begun and ends with this object. `most` 0: no bound.
  class Turn {
   public:
    Turn(FunctionTurns& all, std::string function_id, std::uint32_t most)
        : all_(all),
          function_id_(std::move(function_id)),
          has_begun_(all.begin(function_id_, most)) {}
    ~Turn() {
      if (has_begun_) all_.end(function_id_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const { return has_begun_; }

   private:
    FunctionTurns& all_;
    const std::string function_id_;
    const bool has_begun_;
  };

 private:
  bool begin(const std::string& function_id, std::uint32_t most) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto known = under_way_.find(function_id);
    const std::uint32_t count = known == under_way_.end() ? 0 : known->second;
    if (most != 0 && count >= most) return false;
    under_way_[function_id] = count + 1;
    return true;
  }
  void end(const std::string& function_id) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto known = under_way_.find(function_id);
    if (--known->second == 0) under_way_.erase(known);
  }

  Mutex mutex_;
  // LIMIT: runs under way, limits::kJobsParallelMax.
  std::map<std::string, std::uint32_t> under_way_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::execution
