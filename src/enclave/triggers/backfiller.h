// Backfiller: jobs that read past blocks for a trigger or a subscription and hand every event on as
// a live one. How far it is stands in a sealed record, so that it goes on after a restart where it
// was; what it finds twice counts once, because who takes the event in knows it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "enclave/chain/chain.h"
#include "enclave/jobs/job.h"
#include "enclave/jobs/under_way.h"
#include "enclave/triggers/block_intake.h"
#include "enclave/triggers/event_intake.h"
#include "enclave/triggers/event_source.h"

namespace nsl::enclave::triggers {

class Backfiller final : public jobs::JobHandler {
 public:
  static constexpr std::string_view kWord = "backfill";

  struct Parts {
    vault::Vault& vault;
    chain::Chain& chain;
    EventIntake& intake;
    BlockIntake& blocks;
    const Clock& clock;
  };
  explicit Backfiller(Parts parts);

  // For whom: another trigger or subscription of the same name has nothing to do with it.
  struct Beneficiary {
    Subscriber subscriber;
    std::string id;
  };
  // Adds the backfill and its job to a batch. Code::backfill_under_way when another one has not
  // finished.
  static Result<void> add_to_batch(vault::Vault& vault, vault::Batch& batch,
                                   const Beneficiary& beneficiary, const BlockRange& range,
                                   WallTime now, const Deadline& deadline);
  // The latest one, if any.
  static Result<std::optional<nsl::v1::Backfill>> find(vault::Vault& vault,
                                                       const Beneficiary& beneficiary,
                                                       const Deadline& deadline);

  Result<jobs::JobOutcome> carry_out(const std::string& job, const Deadline& deadline) override;

 private:
  using BackfillRecord = records::Stored<stored::BackfillRecord>;
  // For whom it reads, as that is set now.
  struct Owner {
    std::string id;
    EventSource source;
    bool is_paused = false;
    // Set: it waits for blocks or transactions.
    std::optional<nsl::v1::TriggerSource> block_source = std::nullopt;
  };

  Result<jobs::JobOutcome> step(const Subscriber& subscriber, const Deadline& deadline);
  Result<std::optional<Owner>> find_owner(const Subscriber& subscriber, const Deadline& deadline);
  // Reads one step's blocks and notes how far it came, also when it failed.
  Result<void> read_blocks(const Subscriber& subscriber, const Owner& owner,
                           nsl::v1::Backfill& backfill, const Deadline& deadline);
  Result<void> hand_on(const Subscriber& subscriber, const Owner& owner,
                       nsl::v1::Backfill& backfill, const Deadline& deadline);
  // How many events there were.
  Result<std::uint32_t> hand_on_events(const Subscriber& subscriber, const EventSource& source,
                                       neo::BlockIndex block, const Deadline& deadline);

  const Parts parts_;
  jobs::UnderWay under_way_;
};

}  // namespace nsl::enclave::triggers
