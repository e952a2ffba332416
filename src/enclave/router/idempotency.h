// Once per idempotency key, also across a crash. Before the operation runs, a sealed record fixes
// the request's hash, its time and a random seed; afterwards it keeps the reply. A repeat with the
// reply there gets it; a repeat of one that was cut off runs again with the same time and
// randomness, so that it makes the same ids and finds what the first try already stored.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "enclave/vault/vault.h"

namespace nsl::enclave::router {

// Bytes that are a function of one seed: HMAC-SHA256 in counter mode.
class RepeatableRandom final : public Random {
 public:
  explicit RepeatableRandom(Bytes seed) : seed_(std::move(seed)) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  const Bytes seed_;
  std::uint64_t counter_ = 0;
};

struct IdempotencyKey {
  std::string account;
  std::string operation;
  std::string key;
  // The request message's exact bytes.
  std::string request;
};

class IdempotencyBook {
 public:
  IdempotencyBook(vault::Vault& vault, const Clock& clock, Random& random)
      : vault_(vault), clock_(clock), random_(random) {}

  struct Admission {
    // Set: the operation was done before and this is its reply.
    std::optional<std::string> reply;
    WallTime now;
    Bytes seed;
    std::uint64_t version = 0;
  };

  // Fails with idempotency_key_reused for another request under the same key, request_in_flight
  // while the first one runs. After success the caller must call release().
  Result<Admission> admit(const IdempotencyKey& key, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // Keeps the reply once the batch is committed.
  static void keep_reply(vault::Batch& batch, const IdempotencyKey& key, const Admission& admission,
                         const std::string& reply);
  // The operation ended, well or not, and what is kept of it is durable: the key may be used again.
  void release(const IdempotencyKey& key) NSL_EXCLUDES(mutex_);

 private:
  Result<Admission> admit_stored(const IdempotencyKey& key, const Deadline& deadline);

  vault::Vault& vault_;
  const Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::set<std::string> in_flight_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::router
