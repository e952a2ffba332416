// SubscriptionIndex: which triggers wait for which contract event. Filled from the vault at start,
// kept up by TriggerService, read for every report.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "enclave/records/records.h"

namespace nsl::enclave::triggers {

struct Subscription {
  std::string account;
  std::string trigger_name;
  std::uint32_t from_block = 0;
};

struct EventName {
  neo::UInt160 contract;
  std::string event;
  friend auto operator<=>(const EventName&, const EventName&) = default;
};

class SubscriptionIndex {
 public:
  // Reads every subscription record.
  Result<void> load(vault::Vault& vault, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  void add(const EventName& name, Subscription subscription) NSL_EXCLUDES(mutex_);
  void remove(const EventName& name, const std::string& account, const std::string& trigger_name)
      NSL_EXCLUDES(mutex_);
  std::vector<Subscription> waiting_for(const EventName& name) const NSL_EXCLUDES(mutex_);
  // Each event name once, with the earliest block anyone wants.
  std::vector<std::pair<EventName, std::uint32_t>> wanted() const NSL_EXCLUDES(mutex_);
  std::size_t size() const NSL_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::multimap<EventName, Subscription> subscriptions_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::triggers
