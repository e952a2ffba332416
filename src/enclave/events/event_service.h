// The operations of the event monitor. A change of a subscription is told to the host's watcher, as
// one of a trigger is.
#pragma once

#include <optional>

#include "core/wire/service.h"
#include "enclave/chain/chain.h"
#include "enclave/events/event_book.h"
#include "enclave/router/call.h"
#include "enclave/triggers/event_source.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/v1/event.service.h"

namespace nsl::enclave::events {

class EventService final : public nsl::v1::EventServiceInterface<router::Call> {
 public:
  struct Parts {
    vault::Vault& vault;
    chain::Chain& chain;
    triggers::SubscriptionIndex& index;
    const EventBook& book;
    wire::Transport& host;
  };
  explicit EventService(Parts parts)
      : parts_(parts), webhooks_(parts.vault), functions_(parts.vault) {}

  Result<nsl::v1::EventSubscription> put_subscription(
      const router::Call& call, const nsl::v1::PutSubscriptionRequest& request) override;
  Result<nsl::v1::EventSubscriptionList> list_subscriptions(
      const router::Call& call, const nsl::v1::ListSubscriptionsRequest& request) override;
  Result<nsl::v1::EventSubscription> get_subscription(
      const router::Call& call, const nsl::v1::GetSubscriptionRequest& request) override;
  Result<nsl::v1::Empty> delete_subscription(
      const router::Call& call, const nsl::v1::DeleteSubscriptionRequest& request) override;
  Result<nsl::v1::EventList> list(const router::Call& call,
                                  const nsl::v1::ListEventsRequest& request) override;

 private:
  Result<SubscriptionRecord> get_record(const router::Call& call, const std::string& name) const;
  Result<std::vector<SubscriptionRecord>> all_records(const router::Call& call) const;
  Result<void> check_room(const router::Call& call) const;
  // Webhook and function, if named, are there.
  Result<void> check_targets(const router::Call& call,
                             const nsl::v1::PutSubscriptionRequest& request) const;
  // Stores the subscription as its next version, together with what `batch` holds. It waits no
  // longer for `before`.
  Result<nsl::v1::EventSubscription> store(const router::Call& call, SubscriptionRecord record,
                                           vault::Batch batch,
                                           const std::optional<triggers::EventName>& before);
  Result<nsl::v1::EventSubscription> with_backfill(const router::Call& call,
                                                   nsl::v1::EventSubscription subscription) const;

  const Parts parts_;
  const webhooks::DeliveryBook webhooks_;
  const functions::FunctionBook functions_;
};

}  // namespace nsl::enclave::events
