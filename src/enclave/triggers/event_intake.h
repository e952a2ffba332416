// EventIntake: from the host's report of a contract event to queued runs.
//
// TRUST: the report is a hint. The enclave reads the transaction's application log itself and acts
// on that; an event the chain does not confirm starts nothing. An event starts each trigger once: a
// sealed record under (trigger, event) is stored in the same commit as the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "enclave/chain/chain.h"
#include "enclave/functions/function_book.h"
#include "enclave/runs/run_book.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::enclave::triggers {

class EventIntake {
 public:
  struct Parts {
    vault::Vault& vault;
    chain::Chain& chain;
    const SubscriptionIndex& index;
    const Clock& clock;
    Random& random;
  };
  explicit EventIntake(Parts parts) : parts_(parts), functions_(parts.vault) {}

  // Ids of the runs the event started, now or before. Code::event_not_confirmed when the chain
  // does not (yet) show it.
  Result<std::vector<std::string>> report(const internal::v1::ReportEventRequest& request,
                                          const Deadline& deadline);

 private:
  Result<nsl::v1::RunEvent> confirm(const internal::v1::ReportEventRequest& request,
                                    std::string& arguments_json, const Deadline& deadline);
  // What a confirmed event says.
  struct Arguments {
    // The node's JSON of the items.
    std::string json;
    // What a function is given.
    std::string input;
  };

  // The run; nothing when the event does not meet the trigger's filter, or the trigger was deleted,
  // paused or set anew meanwhile.
  Result<std::optional<std::string>> accept(const Subscription& subscription,
                                            const nsl::v1::RunEvent& event,
                                            const Arguments& arguments, const Deadline& deadline);

  Parts parts_;
  functions::FunctionBook functions_;
};

}  // namespace nsl::enclave::triggers
