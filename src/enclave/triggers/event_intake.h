// EventIntake: from the host's report of a contract event to queued runs and remembered events.
//
// TRUST: the report is a hint. The enclave reads the transaction's application log itself and acts
// on that; an event the chain does not confirm starts nothing. Where the trigger names what the
// contract keeps about the event, that is proven and compared too. An event starts each trigger
// once: a sealed record under (trigger, event) is stored in the same commit as the run; a proven
// request has another one, so that no node can make two events of one request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "enclave/chain/chain.h"
#include "enclave/functions/function_book.h"
#include "enclave/light_client/proofs.h"
#include "enclave/runs/run_book.h"
#include "enclave/triggers/event_receiver.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::enclave::triggers {

class EventIntake {
 public:
  struct Parts {
    vault::Vault& vault;
    chain::Chain& chain;
    light_client::Proofs& proofs;
    const SubscriptionIndex& index;
    // Takes what subscriptions wait for.
    EventReceiver& subscriptions;
    const Clock& clock;
    Random& random;
  };
  explicit EventIntake(Parts parts) : parts_(parts), functions_(parts.vault) {}

  // Ids of the runs the event started, now or before. Code::event_not_confirmed when the chain
  // does not (yet) show it.
  Result<std::vector<std::string>> report(const internal::v1::ReportEventRequest& request,
                                          const Deadline& deadline);
  // The same for one who waits, and for an event of any block: what a backfill finds.
  Result<std::optional<std::string>> report_past(const Subscription& subscription,
                                                 const internal::v1::ReportEventRequest& request,
                                                 const Deadline& deadline);
  // For a trigger, of an event its caller has confirmed.
  Result<std::optional<std::string>> take(const Subscriber& subscriber, ConfirmedEvent event,
                                          const Deadline& deadline);

 private:
  // An event, confirmed for everyone who waits for it.
  struct Confirmed {
    ConfirmedEvent event;
    // The name of what the contract keeps, or why it is not proven; made when it is first needed.
    std::optional<Result<std::string>> kept_request = std::nullopt;
  };
  // What is stored when an event starts a trigger.
  struct Acceptance {
    const Subscriber& subscriber;
    stored::TriggerRecord trigger;
    // Where it is remembered that the event was accepted; each is free.
    std::vector<vault::RecordKey> keys;
    // Why the filter says nothing about the event.
    std::optional<Error> filter_error;
  };

  Result<Confirmed> confirm_whole(const internal::v1::ReportEventRequest& request, Origin origin,
                                  const Deadline& deadline);
  Result<nsl::v1::RunEvent> confirm(const internal::v1::ReportEventRequest& request,
                                    std::string& arguments_json, const Deadline& deadline);
  // Whether the subscription wants events of this transaction's sender.
  Result<bool> is_from_sender(const Subscription& subscription, const nsl::v1::RunEvent& event,
                              const Deadline& deadline);
  Result<std::optional<std::string>> receive(const Subscription& subscription, Confirmed& confirmed,
                                             const Deadline& deadline);
  // The run; nothing when the event does not meet the trigger's filter, or the trigger was deleted,
  // paused or set anew meanwhile. Code::event_not_proven when the trigger asks for more than the
  // nodes' word and does not get it.
  Result<std::optional<std::string>> accept(const Subscriber& subscriber, Confirmed& confirmed,
                                            const Deadline& deadline);
  // The run an event has started already.
  Result<std::optional<std::string>> find_started(const vault::RecordKey& key,
                                                  const Deadline& deadline) const;
  const Result<std::string>& kept_request(Confirmed& confirmed, const Deadline& deadline);
  // Shows the trigger's owner why the event started nothing.
  void note_refusal(const Subscriber& subscriber, const std::string& event_id, const Error& error,
                    const Deadline& deadline);
  Result<std::string> start(const Acceptance& acceptance, const ConfirmedEvent& event,
                            const Deadline& deadline);

  Parts parts_;
  functions::FunctionBook functions_;
};

}  // namespace nsl::enclave::triggers
