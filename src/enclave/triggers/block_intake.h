// BlockIntake: from the host's report of a block to the runs of triggers that wait for blocks or
// transactions.
//
// TRUST: the report is a hint to look. The enclave reads the block itself and proves it; a block or
// a transaction the host invents starts nothing. As with events, each starts a trigger once.
#pragma once

#include <string>
#include <vector>

#include "enclave/chain_access/chain_access.h"
#include "enclave/triggers/event_intake.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::enclave::triggers {

class BlockIntake {
 public:
  struct Parts {
    vault::Vault& vault;
    chain_access::ChainAccess& access;
    const SubscriptionIndex& index;
    EventIntake& intake;
  };
  explicit BlockIntake(Parts parts) : parts_(parts) {}

  // Whether the report is of a block itself.
  static bool is_block(const internal::v1::ReportEventRequest& request) {
    return request.event().empty();
  }
  // Ids of the runs the block started, now or before. Code::event_not_confirmed when the chain has
  // another block there.
  Result<std::vector<std::string>> report(const internal::v1::ReportEventRequest& request,
                                          const Deadline& deadline);
  // Past blocks for one who asked for them; how many events the source names in it.
  Result<std::uint32_t> take_past(const Subscriber& subscriber,
                                  const nsl::v1::TriggerSource& source, neo::BlockIndex block,
                                  const Deadline& deadline);

 private:
  // Adds the runs to `started`.
  Result<std::uint32_t> hand_on(const Subscriber& subscriber, const nsl::v1::TriggerSource& source,
                                const chain_access::FoundBlock& found, Origin origin,
                                std::vector<std::string>& started, const Deadline& deadline);

  Parts parts_;
};

}  // namespace nsl::enclave::triggers
