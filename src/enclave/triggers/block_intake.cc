#include "enclave/triggers/block_intake.h"

#include <optional>

#include "enclave/records/records.h"
#include "enclave/triggers/block_events.h"

namespace nsl::enclave::triggers {

Result<std::uint32_t> BlockIntake::hand_on(const Subscriber& subscriber,
                                           const nsl::v1::TriggerSource& source,
                                           const chain_access::FoundBlock& found, Origin origin,
                                           std::vector<std::string>& started,
                                           const Deadline& deadline) {
  NSL_TRY(std::vector<ConfirmedEvent> events, block_events(parts_.access, source, found, deadline));
  const auto count = static_cast<std::uint32_t>(events.size());
  for (ConfirmedEvent& event : events) {
    event.origin = origin;
    NSL_TRY(auto run_id, parts_.intake.take(subscriber, std::move(event), deadline));
    if (run_id.has_value()) started.push_back(*std::move(run_id));
  }
  return count;
}

Result<std::vector<std::string>> BlockIntake::report(
    const internal::v1::ReportEventRequest& request, const Deadline& deadline) {
  std::vector<std::string> started;
  const auto waiting = parts_.index.waiting_for(kEveryBlock);
  if (waiting.empty()) return started;
  NSL_TRY(const chain_access::FoundBlock found,
          parts_.access.block(neo::BlockIndex(request.block()), deadline));
  if (found.hash.to_text() != request.transaction()) {
    return fail(Code::event_not_confirmed, "The chain has another block there");
  }
  // One account's trouble keeps no other one from its run; the report is then made again.
  std::optional<Error> trouble;
  for (const Subscription& subscription : waiting) {
    if (request.block() < subscription.from_block || request.block() > subscription.to_block) {
      continue;
    }
    const Subscriber& subscriber = subscription.subscriber;
    const auto record = records::find_record<stored::TriggerRecord>(
        parts_.vault, {records::kind::kTrigger, subscriber.account, subscriber.name}, deadline);
    if (record.has_value() && !record->has_value()) continue;
    const Result<std::uint32_t> taken =
        record.has_value() ? hand_on(subscriber, (*record)->value.trigger().source(), found,
                                     Origin::live, started, deadline)
                           : fail(record.error());
    if (!taken.has_value()) trouble = taken.error();
  }
  if (trouble.has_value()) return fail(*std::move(trouble));
  return started;
}

Result<std::uint32_t> BlockIntake::take_past(const Subscriber& subscriber,
                                             const nsl::v1::TriggerSource& source,
                                             neo::BlockIndex block, const Deadline& deadline) {
  NSL_TRY(const chain_access::FoundBlock found, parts_.access.block(block, deadline));
  std::vector<std::string> started;
  return hand_on(subscriber, source, found, Origin::past, started, deadline);
}

}  // namespace nsl::enclave::triggers
