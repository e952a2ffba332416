#include "enclave/triggers/subscription_index.h"

#include <algorithm>

namespace nsl::enclave::triggers {

Result<void> SubscriptionIndex::load(vault::Vault& vault, const Deadline& deadline) {
  NSL_TRY(const auto records,
          records::list_records<stored::TriggerRecord>(vault, records::kind::kSubscription,
                                                       records::kNoAccount, deadline));
  for (const auto& record : records) {
    const nsl::v1::Trigger& trigger = record.value.trigger();
    const auto& source = trigger.source().contract_event();
    NSL_TRY(const neo::UInt160 contract, neo::UInt160::parse(source.contract()));
    add({contract, source.event()}, {record.value.account(), trigger.name(), trigger.from_block()});
  }
  return {};
}

void SubscriptionIndex::add(const EventName& name, Subscription subscription) {
  MutexLock lock(mutex_);
  subscriptions_.emplace(name, std::move(subscription));
}

void SubscriptionIndex::remove(const EventName& name, const std::string& account,
                               const std::string& trigger_name) {
  MutexLock lock(mutex_);
  const auto [first, last] = subscriptions_.equal_range(name);
  const auto found = std::find_if(first, last, [&](const auto& entry) {
    return entry.second.account == account && entry.second.trigger_name == trigger_name;
  });
  if (found != last) subscriptions_.erase(found);
}

std::vector<Subscription> SubscriptionIndex::waiting_for(const EventName& name) const {
  MutexLock lock(mutex_);
  std::vector<Subscription> result;
  const auto [first, last] = subscriptions_.equal_range(name);
  for (auto entry = first; entry != last; ++entry) result.push_back(entry->second);
  return result;
}

std::vector<std::pair<EventName, std::uint32_t>> SubscriptionIndex::wanted() const {
  MutexLock lock(mutex_);
  std::map<EventName, std::uint32_t> earliest;
  for (const auto& [name, subscription] : subscriptions_) {
    const auto [entry, is_new] = earliest.emplace(name, subscription.from_block);
    if (!is_new) entry->second = std::min(entry->second, subscription.from_block);
  }
  return {earliest.begin(), earliest.end()};
}

std::size_t SubscriptionIndex::size() const {
  MutexLock lock(mutex_);
  return subscriptions_.size();
}

}  // namespace nsl::enclave::triggers
