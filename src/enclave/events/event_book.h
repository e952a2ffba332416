// EventBook: what each subscription saw. An event is stored once for a subscription, in one commit
// with the delivery and the run it leads to; of each subscription the newest limits::kEventsKeptMax
// are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/neo/network.h"
#include "enclave/functions/function_book.h"
#include "enclave/runs/run_book.h"
#include "enclave/triggers/event_receiver.h"
#include "enclave/webhooks/delivery_book.h"
#include "nsl/v1/event.pb.h"

namespace nsl::enclave::events {

using SubscriptionRecord = records::Stored<stored::EventSubscriptionRecord>;
using SeenEvent = records::Stored<stored::SeenEventRecord>;

vault::RecordKey subscription_key(const std::string& account, const std::string& name);
vault::RecordKey history_key(const std::string& account, const std::string& subscription_id);
std::string seen_kind(const std::string& subscription_id);

class EventBook final : public triggers::EventReceiver {
 public:
  struct Parts {
    vault::Vault& vault;
    neo::NetworkMagic network;
    const Clock& clock;
    Random& random;
  };
  explicit EventBook(Parts parts)
      : parts_(parts), deliveries_(parts.vault), functions_(parts.vault) {}

  Result<std::optional<std::string>> receive(const triggers::Subscriber& subscriber,
                                             const triggers::ConfirmedEvent& event,
                                             const Deadline& deadline) override;

  // Newest first.
  Result<std::vector<SeenEvent>> history(const std::string& account,
                                         const std::string& subscription_id,
                                         const Deadline& deadline) const;

 private:
  // Code::version_conflict when another event of the subscription came in between.
  Result<std::optional<std::string>> store(const SubscriptionRecord& subscription,
                                           const triggers::ConfirmedEvent& confirmed,
                                           const Deadline& deadline);
  Result<void> add_delivery(vault::Batch& batch, const stored::EventSubscriptionRecord& record,
                            const triggers::ConfirmedEvent& confirmed, nsl::v1::Event& event,
                            const Deadline& deadline);
  Result<void> add_run(vault::Batch& batch, const stored::EventSubscriptionRecord& record,
                       const triggers::ConfirmedEvent& confirmed, nsl::v1::Event& event,
                       const Deadline& deadline);
  Result<void> add_to_history(vault::Batch& batch, const stored::EventSubscriptionRecord& record,
                              nsl::v1::Event event, const Deadline& deadline);

  const Parts parts_;
  const webhooks::DeliveryBook deliveries_;
  const functions::FunctionBook functions_;
};

}  // namespace nsl::enclave::events
