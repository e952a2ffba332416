#include "enclave/light_client/follower.h"

#include <optional>

#include "core/base/limits.h"
#include "core/base/log.h"

namespace nsl::enclave::light_client {
namespace {

constexpr std::int64_t kRoundMs = 5000;

}  // namespace

Follower::Follower(LightClient& client, const Clock& clock)
    : client_(client), clock_(clock), thread_([this] { run(); }) {}

Follower::~Follower() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void Follower::run() {
  // The same trouble is told once, and told when it is over.
  std::optional<Code> trouble;
  do {
    const Result<void> followed = client_.follow(Deadline::after_ms(clock_, kRoundMs));
    const std::optional<Code> now =
        followed.has_value() ? std::nullopt : std::optional(followed.error().code());
    if (now == trouble) continue;
    trouble = now;
    if (followed.has_value()) {
      log_info("light_client", "The chain is followed again",
               {{"block", std::to_string(client_.height().value())}});
    } else {
      log_failure("light_client", "The chain cannot be followed", followed.error());
    }
  } while (pause());
}

bool Follower::pause() {
  const Deadline deadline = Deadline::after_ms(clock_, limits::kLightClientFollowMs);
  MutexLock lock(mutex_);
  while (!is_stopping_) {
    if (stopped_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
  }
  return !is_stopping_;
}

}  // namespace nsl::enclave::light_client
