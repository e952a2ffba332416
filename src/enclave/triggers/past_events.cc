#include "enclave/triggers/past_events.h"

#include <fmt/format.h>

namespace nsl::enclave::triggers {

std::string event_id(const neo::UInt256& transaction, std::uint32_t index) {
  return fmt::format("{}/Application/{}", transaction.to_text(), index);
}

Result<std::vector<PastEvent>> events_in_block(chain::Chain& chain, const EventSource& source,
                                               neo::BlockIndex block, const Deadline& deadline) {
  NSL_TRY(const auto content, chain.block_content(block, deadline));
  if (!content.has_value()) return fail(Code::event_not_confirmed, "The block is not there");
  std::vector<PastEvent> events;
  for (const chain::BlockTransaction& transaction : content->transactions) {
    if (source.sender.has_value() && transaction.sender != *source.sender) continue;
    NSL_TRY(auto log, chain.application_log(transaction.hash, deadline));
    if (!log.has_value()) return fail(Code::event_not_confirmed, "A transaction has no log yet");
    if (!log->is_halt) continue;
    for (std::uint32_t index = 0; index < log->notifications.size(); ++index) {
      chain::Notification& notification = log->notifications[index];
      if (notification.contract != source.name.contract ||
          notification.event != source.name.event) {
        continue;
      }
      events.push_back({.block = block,
                        .transaction = transaction.hash,
                        .index = index,
                        .arguments_json = std::move(notification.arguments_json)});
    }
  }
  return events;
}

}  // namespace nsl::enclave::triggers
