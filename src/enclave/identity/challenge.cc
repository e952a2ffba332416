#include "enclave/identity/challenge.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/hex.h"

namespace nsl::enclave::identity {

Result<Challenge> ChallengeBook::issue(const std::string& address) {
  const WallTime now = clock_.wall_time();
  const std::string nonce = codec::encode_hex(random_.bytes<16>());
  Challenge challenge{.id = "chl_" + nonce,
                      .address = address,
                      .message = {},
                      .expires_at = WallTime(now.value() + limits::kChallengeTtlMs)};
  challenge.message = fmt::format(
      "{} asks you to sign in with your Neo N3 account:\n{}\n\n"
      "Signing moves no funds. Sign only if you started this sign-in.\n\n"
      "Purpose: sign-in\nNetwork: {}\nNonce: {}\nIssued at: {}\nExpires at: {}",
      domain_, address, network_, nonce, to_rfc3339(now), to_rfc3339(challenge.expires_at));
  MutexLock lock(mutex_);
  drop_expired(now);
  if (outstanding_.size() >= static_cast<std::size_t>(limits::kChallengesMax)) {
    return fail(Code::overloaded, "Too many sign-ins are under way");
  }
  outstanding_.emplace(challenge.id, challenge);
  order_.push_back(challenge.id);
  return challenge;
}

Result<Challenge> ChallengeBook::redeem(const std::string& id) {
  const WallTime now = clock_.wall_time();
  MutexLock lock(mutex_);
  drop_expired(now);
  const auto found = outstanding_.find(id);
  if (found == outstanding_.end()) {
    return fail(Code::challenge_expired, "The challenge has expired, was used, or never was");
  }
  Challenge challenge = std::move(found->second);
  outstanding_.erase(found);
  return challenge;
}

void ChallengeBook::drop_expired(WallTime now) {
  while (!order_.empty()) {
    const auto oldest = outstanding_.find(order_.front());
    if (oldest != outstanding_.end()) {
      if (oldest->second.expires_at > now) return;
      outstanding_.erase(oldest);
    }
    order_.pop_front();
  }
}

}  // namespace nsl::enclave::identity
