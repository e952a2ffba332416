#include "enclave/triggers/subscription_index.h"

#include <algorithm>

#include "enclave/triggers/event_source.h"

namespace nsl::enclave::triggers {

Result<void> SubscriptionIndex::load(vault::Vault& vault, const Deadline& deadline) {
  NSL_TRY(const auto triggers,
          records::list_records<stored::TriggerRecord>(vault, records::kind::kSubscription,
                                                       records::kNoAccount, deadline));
  for (const auto& record : triggers) {
    const nsl::v1::Trigger& trigger = record.value.trigger();
    NSL_TRY(EventSource source, source_of(trigger));
    add(source.name, source.subscription({record.value.account(), trigger.name()}));
  }
  NSL_TRY(const auto subscriptions,
          records::list_records<stored::EventSubscriptionRecord>(vault, records::kind::kEventWatch,
                                                                 records::kNoAccount, deadline));
  for (const auto& record : subscriptions) {
    const nsl::v1::EventSubscription& subscription = record.value.subscription();
    NSL_TRY(EventSource source, source_of(record.value));
    add(source.name, source.subscription({record.value.account(), subscription.name(),
                                          Subscriber::Kind::subscription}));
  }
  return {};
}

void SubscriptionIndex::add(const EventName& name, Subscription subscription) {
  MutexLock lock(mutex_);
  subscriptions_.emplace(name, std::move(subscription));
}

void SubscriptionIndex::remove(const EventName& name, const Subscriber& subscriber) {
  MutexLock lock(mutex_);
  const auto [first, last] = subscriptions_.equal_range(name);
  const auto found = std::find_if(
      first, last, [&](const auto& entry) { return entry.second.subscriber == subscriber; });
  if (found != last) subscriptions_.erase(found);
}

std::vector<Subscription> SubscriptionIndex::waiting_for(const EventName& name) const {
  MutexLock lock(mutex_);
  std::vector<Subscription> result;
  const auto [first, last] = subscriptions_.equal_range(name);
  for (auto entry = first; entry != last; ++entry) result.push_back(entry->second);
  return result;
}

std::vector<SubscriptionIndex::Wanted> SubscriptionIndex::wanted() const {
  MutexLock lock(mutex_);
  std::vector<Wanted> result;
  for (const auto& [name, subscription] : subscriptions_) {
    // All of its blocks were there before it was: a backfill's business.
    if (subscription.from_block > subscription.to_block) continue;
    if (result.empty() || result.back().name != name) {
      result.push_back({name, subscription.from_block, subscription.to_block});
    }
    Wanted& wanted = result.back();
    wanted.from_block = std::min(wanted.from_block, subscription.from_block);
    wanted.to_block = std::max(wanted.to_block, subscription.to_block);
  }
  return result;
}

std::size_t SubscriptionIndex::size() const {
  MutexLock lock(mutex_);
  return subscriptions_.size();
}

}  // namespace nsl::enclave::triggers
