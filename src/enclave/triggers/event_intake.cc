#include "enclave/triggers/event_intake.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "enclave/json/json_arguments.h"
#include "enclave/records/names.h"
#include "enclave/triggers/event_filter.h"
#include "enclave/triggers/event_run.h"
#include "enclave/triggers/request_hub.h"

namespace nsl::enclave::triggers {
namespace {

namespace kind = records::kind;

vault::RecordKey accepted_request_key(const std::string& account, const std::string& trigger_id,
                                      const std::string& request) {
  return {kind::kAcceptedEvent, account,
          records::hashed_id(fmt::format("{}/request/{}", trigger_id, request))};
}

vault::RecordKey refused_key(const Subscriber& subscriber) {
  return {kind::kRefusedEvent, subscriber.account, subscriber.name};
}

bool needs_proof(const nsl::v1::Trigger& trigger) {
  return trigger.source().contract_event().evidence() == nsl::v1::ContractEventSource::request_hub;
}

// Nothing was said about the event itself.
bool is_about_the_way(Code code) {
  return code == Code::node_unavailable || code == Code::deadline_exceeded ||
         code == Code::cancelled;
}

// What the contract's storage proves of an event; the name of the request.
Result<std::string> prove_request(light_client::Proofs& proofs, const nsl::v1::RunEvent& event,
                                  const std::string& arguments_json, const Deadline& deadline) {
  NSL_TRY(const Request request, parse_request(arguments_json));
  NSL_TRY(const neo::UInt160 contract, neo::UInt160::parse(event.contract()));
  NSL_TRY(const neo::UInt256 transaction, neo::UInt256::parse(event.transaction()));
  const neo::BlockIndex block(event.block());
  NSL_TRY_VOID(proofs.prove_inclusion(transaction, block, deadline));
  NSL_TRY(
      const Bytes stored,
      proofs.prove_storage({.contract = contract, .key = storage_key(request)}, block, deadline));
  NSL_TRY_VOID(check_stored_request(request, stored));
  return fmt::format("{}/{}", event.contract(), request.id);
}

std::string input_json(const nsl::v1::RunEvent& event, std::uint32_t index,
                       const std::string& arguments_json) {
  return fmt::format(
      R"({{"id":{},"block":{},"transaction":{},"index":{},"contract":{},"event":{},"arguments":{}}})",
      json::json_text(event.id()), event.block(), json::json_text(event.transaction()), index,
      json::json_text(event.contract()), json::json_text(event.event()), arguments_json);
}

}  // namespace

vault::RecordKey accepted_key(const std::string& account, const std::string& owner,
                              const std::string& event_id) {
  return {kind::kAcceptedEvent, account, records::hashed_id(fmt::format("{}/{}", owner, event_id))};
}

Result<std::vector<std::string>> EventIntake::report(
    const internal::v1::ReportEventRequest& request, const Deadline& deadline) {
  NSL_TRY(const neo::UInt160 contract, neo::UInt160::parse(request.contract()));
  std::vector<std::string> started;
  const auto waiting = parts_.index.waiting_for({contract, request.event()});
  if (waiting.empty()) return started;
  NSL_TRY(Confirmed confirmed, confirm_whole(request, Origin::live, deadline));
  // One account's trouble keeps no other one from its run; the report is then made again.
  std::optional<Error> trouble;
  for (const Subscription& subscription : waiting) {
    const std::uint32_t block = confirmed.event.event.block();
    if (block < subscription.from_block || block > subscription.to_block) continue;
    auto run_id = receive(subscription, confirmed, deadline);
    if (!run_id.has_value()) {
      trouble = run_id.error();
    } else if (run_id->has_value()) {
      started.push_back(**std::move(run_id));
    }
  }
  if (trouble.has_value()) return fail(*std::move(trouble));
  return started;
}

Result<std::optional<std::string>> EventIntake::report_past(
    const Subscription& subscription, const internal::v1::ReportEventRequest& request,
    const Deadline& deadline) {
  NSL_TRY(Confirmed confirmed, confirm_whole(request, Origin::past, deadline));
  return receive(subscription, confirmed, deadline);
}

Result<std::optional<std::string>> EventIntake::take(const Subscriber& subscriber,
                                                     ConfirmedEvent event,
                                                     const Deadline& deadline) {
  Confirmed confirmed{.event = std::move(event)};
  return accept(subscriber, confirmed, deadline);
}

Result<EventIntake::Confirmed> EventIntake::confirm_whole(
    const internal::v1::ReportEventRequest& request, Origin origin, const Deadline& deadline) {
  ConfirmedEvent event;
  event.index = request.index();
  event.origin = origin;
  NSL_TRY(event.event, confirm(request, event.arguments_json, deadline));
  event.input = input_json(event.event, event.index, event.arguments_json);
  return Confirmed{.event = std::move(event)};
}

Result<std::optional<std::string>> EventIntake::receive(const Subscription& subscription,
                                                        Confirmed& confirmed,
                                                        const Deadline& deadline) {
  const ConfirmedEvent& event = confirmed.event;
  NSL_TRY(const bool is_wanted, is_from_sender(subscription, event.event, deadline));
  if (!is_wanted) return std::nullopt;
  if (subscription.subscriber.kind == Subscriber::Kind::subscription) {
    return parts_.subscriptions.receive(subscription.subscriber, event, deadline);
  }
  return accept(subscription.subscriber, confirmed, deadline);
}

Result<bool> EventIntake::is_from_sender(const Subscription& subscription,
                                         const nsl::v1::RunEvent& event, const Deadline& deadline) {
  if (!subscription.sender.has_value()) return true;
  NSL_TRY(const neo::UInt256 transaction, neo::UInt256::parse(event.transaction()));
  NSL_TRY(const auto block, parts_.chain.block_content(neo::BlockIndex(event.block()), deadline));
  if (!block.has_value()) return fail(Code::event_not_confirmed);
  const auto found =
      std::ranges::find(block->transactions, transaction, &chain::BlockTransaction::hash);
  if (found == block->transactions.end()) return fail(Code::event_not_confirmed);
  return found->sender == *subscription.sender;
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

Result<std::optional<std::string>> EventIntake::find_started(const vault::RecordKey& key,
                                                             const Deadline& deadline) const {
  NSL_TRY(const auto accepted,
          records::find_record<stored::AcceptedEventRecord>(parts_.vault, key, deadline));
  if (!accepted.has_value()) return std::optional<std::string>();
  return std::optional(accepted->value.run());
}

const Result<std::string>& EventIntake::kept_request(Confirmed& confirmed,
                                                     const Deadline& deadline) {
  if (confirmed.kept_request.has_value()) return *confirmed.kept_request;
  auto proven =
      prove_request(parts_.proofs, confirmed.event.event, confirmed.event.arguments_json, deadline);
  if (!proven.has_value() && !is_about_the_way(proven.error().code())) {
    proven = fail(Code::event_not_proven, proven.error().message(), proven.error().detail());
  }
  return confirmed.kept_request.emplace(std::move(proven));
}

void EventIntake::note_refusal(const Subscriber& subscriber, const std::string& event_id,
                               const Error& error, const Deadline& deadline) {
  const vault::RecordKey key = refused_key(subscriber);
  const auto found = records::find_record<stored::RefusedEventRecord>(parts_.vault, key, deadline);
  if (!found.has_value()) return;
  const std::uint64_t version = found->has_value() ? (*found)->version : 0;
  // A report that is made again changes nothing.
  if (version > 0 && (*found)->value.refused().event() == event_id &&
      (*found)->value.refused().reason() == error.message()) {
    return;
  }
  stored::RefusedEventRecord record;
  record.mutable_refused()->set_event(event_id);
  record.mutable_refused()->set_code(std::string(code_text(error.code())));
  record.mutable_refused()->set_reason(error.message());
  record.mutable_refused()->set_at(to_rfc3339(parts_.clock.wall_time()));
  vault::Batch batch;
  records::put_record(batch, key, record, version);
  const Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
  if (!stored.has_value()) {
    log_failure("triggers", "A refused event was not noted", stored.error());
  }
}

Result<std::optional<std::string>> EventIntake::accept(const Subscriber& subscriber,
                                                       Confirmed& confirmed,
                                                       const Deadline& deadline) {
  NSL_TRY(auto record,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, {kind::kTrigger, subscriber.account, subscriber.name}, deadline));
  if (!record.has_value()) return std::nullopt;
  const nsl::v1::Trigger trigger = record->value.trigger();
  ConfirmedEvent event = confirmed.event;
  Acceptance acceptance{.subscriber = subscriber,
                        .trigger = std::move(record->value),
                        .keys = {accepted_key(subscriber.account, trigger.id(), event.event.id())},
                        .filter_error = std::nullopt};
  NSL_TRY(const auto accepted, find_started(acceptance.keys.front(), deadline));
  if (accepted.has_value()) return accepted;

  const bool is_too_old =
      event.origin == Origin::live && event.event.block() < trigger.from_block();
  if (is_too_old || trigger.paused()) return std::nullopt;
  const Result<bool> is_met = meets_filter(trigger.filter(), event);
  if (is_met.has_value() && !*is_met) return std::nullopt;
  if (!is_met.has_value()) acceptance.filter_error = is_met.error();

  if (needs_proof(trigger)) {
    const Result<std::string>& request = kept_request(confirmed, deadline);
    if (!request.has_value()) {
      if (request.error().code() == Code::event_not_proven) {
        note_refusal(subscriber, event.event.id(), request.error(), deadline);
      }
      return fail(request.error());
    }
    acceptance.keys.push_back(accepted_request_key(subscriber.account, trigger.id(), *request));
    NSL_TRY(const auto started, find_started(acceptance.keys.back(), deadline));
    if (started.has_value()) return started;
    event.event.set_proof(light_client::kStorageProof);
  }
  NSL_TRY(std::string run_id, start(acceptance, event, deadline));
  return std::optional(std::move(run_id));
}

Result<std::string> EventIntake::start(const Acceptance& acceptance, const ConfirmedEvent& event,
                                       const Deadline& deadline) {
  const Subscriber& subscriber = acceptance.subscriber;
  NSL_TRY(const runs::NewRun run,
          make_event_run(functions_,
                         {.account = subscriber.account,
                          .function = acceptance.trigger.trigger().function(),
                          .trigger = subscriber.name,
                          .now = parts_.clock.wall_time()},
                         event, parts_.random, deadline));
  stored::AcceptedEventRecord record;
  record.set_run(run.run_id);
  vault::Batch batch;
  for (const vault::RecordKey& key : acceptance.keys) records::put_record(batch, key, record, 0);
  NSL_TRY(const auto refused, records::find_record<stored::RefusedEventRecord>(
                                  parts_.vault, refused_key(subscriber), deadline));
  if (refused.has_value() && refused->value.refused().event() == event.event.id()) {
    batch.erase(refused_key(subscriber), refused->version);
  }
  if (!acceptance.filter_error.has_value()) {
    runs::RunBook::add_to_batch(batch, run);
  } else {
    // An event is not dropped because its filter is wrong about it: the run says so.
    runs::RunBook::add_failed_to_batch(batch, run, *acceptance.filter_error);
  }
  const Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
  if (!stored.has_value() && stored.error().code() == Code::version_conflict) {
    for (const vault::RecordKey& key : acceptance.keys) {
      NSL_TRY(auto first, find_started(key, deadline));
      if (first.has_value()) return *std::move(first);
    }
  }
  if (!stored.has_value()) return fail(stored.error());
  return run.run_id;
}

}  // namespace nsl::enclave::triggers
