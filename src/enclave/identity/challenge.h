// Sign-in challenges. A challenge is a text for people, naming the domain, the address, the
// network, a nonce and its expiry; it is good for one try within five minutes. It lives in memory
// only: a restart invalidates what was not used.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/random.h"
#include "core/base/result.h"

namespace nsl::enclave::identity {

struct Challenge {
  std::string id;
  std::string address;
  // The exact text to sign.
  std::string message;
  WallTime expires_at;
};

class ChallengeBook {
 public:
  // `domain` is what the user sees as the place that asks.
  ChallengeBook(std::string domain, std::uint32_t network, const Clock& clock, Random& random)
      : domain_(std::move(domain)), network_(network), clock_(clock), random_(random) {}

  // Code::overloaded when limits::kChallengesMax are outstanding.
  Result<Challenge> issue(const std::string& address) NSL_EXCLUDES(mutex_);
  // Takes the challenge out of the book, whatever comes of it: a second try needs a new one.
  Result<Challenge> redeem(const std::string& id) NSL_EXCLUDES(mutex_);
  std::uint32_t network() const { return network_; }

 private:
  void drop_expired(WallTime now) NSL_REQUIRES(mutex_);

  const std::string domain_;
  const std::uint32_t network_;
  const Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::unordered_map<std::string, Challenge> outstanding_ NSL_GUARDED_BY(mutex_);
  // In order of issue, which is the order of expiry.
  std::deque<std::string> order_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::identity
