// SubscriptionIndex: who waits for which contract event: triggers, and subscriptions of the event
// monitor. Filled from the vault at start, kept up by their services, read for every report.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "enclave/records/records.h"

namespace nsl::enclave::triggers {

// What an account calls the one who waits.
struct Subscriber {
  enum class Kind : std::uint8_t { trigger, subscription };
  std::string account;
  std::string name;
  Kind kind = Kind::trigger;
  friend auto operator<=>(const Subscriber&, const Subscriber&) = default;
};

inline constexpr std::uint32_t kNoLastBlock = std::numeric_limits<std::uint32_t>::max();

struct Subscription {
  Subscriber subscriber;
  std::uint32_t from_block = 0;
  std::uint32_t to_block = kNoLastBlock;
  // Who must have sent the transaction; nothing: anybody.
  std::optional<neo::UInt160> sender = std::nullopt;
};

struct EventName {
  neo::UInt160 contract;
  std::string event;
  friend auto operator<=>(const EventName&, const EventName&) = default;
};

class SubscriptionIndex {
 public:
  struct Wanted {
    EventName name;
    // The earliest and the last block anyone wants.
    std::uint32_t from_block = 0;
    std::uint32_t to_block = kNoLastBlock;
    friend bool operator==(const Wanted&, const Wanted&) = default;
  };

  // Reads every record of a subscription.
  Result<void> load(vault::Vault& vault, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  void add(const EventName& name, Subscription subscription) NSL_EXCLUDES(mutex_);
  void remove(const EventName& name, const Subscriber& subscriber) NSL_EXCLUDES(mutex_);
  std::vector<Subscription> waiting_for(const EventName& name) const NSL_EXCLUDES(mutex_);
  // Each event name once.
  std::vector<Wanted> wanted() const NSL_EXCLUDES(mutex_);
  std::size_t size() const NSL_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::multimap<EventName, Subscription> subscriptions_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::triggers
