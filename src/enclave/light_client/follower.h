// Follower: a thread that keeps the light client near the newest block, so that what has just
// happened is proven without a long catch-up.
#pragma once

#include <thread>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "enclave/light_client/light_client.h"

namespace nsl::enclave::light_client {

class Follower {
 public:
  // Begins at once.
  Follower(LightClient& client, const Clock& clock);
  ~Follower() NSL_EXCLUDES(mutex_);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

 private:
  void run() NSL_EXCLUDES(mutex_);
  // False when it is time to stop.
  bool pause() NSL_EXCLUDES(mutex_);

  LightClient& client_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar stopped_;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace nsl::enclave::light_client
