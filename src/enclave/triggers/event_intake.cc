#include "enclave/triggers/event_intake.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/json/json_arguments.h"
#include "enclave/records/names.h"
#include "enclave/triggers/event_filter.h"

namespace nsl::enclave::triggers {
namespace {

namespace kind = records::kind;

vault::RecordKey accepted_key(const Subscription& subscription, const std::string& event_id) {
  return {kind::kAcceptedEvent, subscription.account,
          records::hashed_id(fmt::format("{}/{}", subscription.trigger_name, event_id))};
}

std::string input_json(const nsl::v1::RunEvent& event, std::uint32_t index,
                       const std::string& arguments_json) {
  return fmt::format(
      R"({{"id":{},"block":{},"transaction":{},"index":{},"contract":{},"event":{},"arguments":{}}})",
      json::json_text(event.id()), event.block(), json::json_text(event.transaction()), index,
      json::json_text(event.contract()), json::json_text(event.event()), arguments_json);
}

}  // namespace

Result<std::vector<std::string>> EventIntake::report(
    const internal::v1::ReportEventRequest& request, const Deadline& deadline) {
  NSL_TRY(const neo::UInt160 contract, neo::UInt160::parse(request.contract()));
  std::vector<std::string> started;
  const auto waiting = parts_.index.waiting_for({contract, request.event()});
  if (waiting.empty()) return started;
  std::string arguments_json;
  NSL_TRY(const nsl::v1::RunEvent event, confirm(request, arguments_json, deadline));
  const Arguments arguments{.json = arguments_json,
                            .input = input_json(event, request.index(), arguments_json)};
  // One account's trouble keeps no other one from its run; the report is then made again.
  std::optional<Error> trouble;
  for (const Subscription& subscription : waiting) {
    auto run_id = accept(subscription, event, arguments, deadline);
    if (!run_id.has_value()) {
      trouble = run_id.error();
    } else if (run_id->has_value()) {
      started.push_back(**std::move(run_id));
    }
  }
  if (trouble.has_value()) return fail(*std::move(trouble));
  return started;
}

Result<nsl::v1::RunEvent> EventIntake::confirm(const internal::v1::ReportEventRequest& request,
                                               std::string& arguments_json,
                                               const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 transaction, neo::UInt256::parse(request.transaction()));
  NSL_TRY(const auto log, parts_.chain.application_log(transaction, deadline));
  NSL_TRY(const auto block, parts_.chain.block_of(transaction, deadline));
  if (!log.has_value() || !block.has_value()) return fail(Code::event_not_confirmed);
  if (!log->is_halt || request.index() >= log->notifications.size()) {
    return fail(Code::event_not_confirmed, "The transaction made no such notification");
  }
  const chain::Notification& notification = log->notifications[request.index()];
  if (notification.contract.to_text() != request.contract() ||
      notification.event != request.event()) {
    return fail(Code::event_not_confirmed, "The notification is another one than reported");
  }
  if (notification.arguments_json.size() >
      static_cast<std::size_t>(limits::kEventArgumentBytesMax)) {
    return fail(Code::limit_exceeded, "The event's arguments are too large");
  }
  arguments_json = notification.arguments_json;
  nsl::v1::RunEvent event;
  event.set_id(fmt::format("{}/Application/{}", transaction.to_text(), request.index()));
  event.set_block(block->value());
  event.set_transaction(transaction.to_text());
  event.set_contract(notification.contract.to_text());
  event.set_event(notification.event);
  event.set_proof(parts_.chain.proof());
  event.set_seen_at(to_rfc3339(WallTime(request.seen_at_ms())));
  return event;
}

Result<std::optional<std::string>> EventIntake::accept(const Subscription& subscription,
                                                       const nsl::v1::RunEvent& event,
                                                       const Arguments& arguments,
                                                       const Deadline& deadline) {
  const vault::RecordKey key = accepted_key(subscription, event.id());
  NSL_TRY(const auto accepted,
          records::find_record<stored::AcceptedEventRecord>(parts_.vault, key, deadline));
  if (accepted.has_value()) return accepted->value.run();

  NSL_TRY(const auto trigger,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, {kind::kTrigger, subscription.account, subscription.trigger_name},
              deadline));
  if (!trigger.has_value() || trigger->value.trigger().paused()) return std::nullopt;
  if (event.block() < trigger->value.trigger().from_block()) return std::nullopt;
  const Result<bool> is_met =
      meets_filter(trigger->value.trigger().filter(), event, arguments.json);
  if (is_met.has_value() && !*is_met) return std::nullopt;
  const std::string& function_name = trigger->value.trigger().function();
  const auto function = functions_.get(subscription.account, function_name, deadline);
  if (!function.has_value() && function.error().code() != Code::function_not_found) {
    return fail(function.error());
  }
  const WallTime now = parts_.clock.wall_time();
  runs::NewRun run{.account = subscription.account,
                   .run_id = codec::make_id("run", now, parts_.random),
                   .function = {},
                   .input = arguments.input,
                   .trigger = subscription.trigger_name,
                   .event = event,
                   .now = now};
  // Without its function the run is made all the same: it fails and says why.
  run.function.set_name(function_name);
  if (function.has_value()) run.function = function->value.function();
  stored::AcceptedEventRecord record;
  record.set_run(run.run_id);
  vault::Batch batch;
  records::put_record(batch, key, record, 0);
  if (is_met.has_value()) {
    runs::RunBook::add_to_batch(batch, run);
  } else {
    // An event is not dropped because its filter is wrong about it: the run says so.
    runs::RunBook::add_failed_to_batch(batch, run, is_met.error());
  }
  const Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
  if (!stored.has_value() && stored.error().code() == Code::version_conflict) {
    NSL_TRY(const auto first,
            records::find_record<stored::AcceptedEventRecord>(parts_.vault, key, deadline));
    if (first.has_value()) return first->value.run();
  }
  if (!stored.has_value()) return fail(stored.error());
  return run.run_id;
}

}  // namespace nsl::enclave::triggers
