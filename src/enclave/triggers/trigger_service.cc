#include "enclave/triggers/trigger_service.h"

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/codec/ulid.h"
#include "core/neo/address.h"
#include "core/neo/application_log.h"
#include "enclave/records/names.h"
#include "enclave/triggers/event_filter.h"
#include "enclave/triggers/request_hub.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::enclave::triggers {
namespace {

namespace kind = records::kind;
using router::Call;

vault::RecordKey trigger_key(const std::string& account, const std::string& name) {
  return {kind::kTrigger, account, name};
}

// The same trigger where all accounts' triggers are listed at start.
vault::RecordKey subscription_key(const std::string& account, const std::string& name) {
  return {kind::kSubscription, records::kNoAccount, account + "/" + name};
}

vault::RecordKey refused_key(const std::string& account, const std::string& name) {
  return {kind::kRefusedEvent, account, name};
}

Result<EventName> parse_source(const nsl::v1::TriggerSource& source) {
  if (!source.has_contract_event()) {
    return fail(Code::trigger_invalid, "/source: a contract_event is needed");
  }
  const auto& contract_event = source.contract_event();
  const Result<neo::UInt160> contract = neo::parse_account(contract_event.contract());
  if (!contract.has_value()) {
    return fail(Code::invalid_hash, "/source/contract_event/contract: not a contract hash");
  }
  if (contract_event.event().empty() || contract_event.event().size() > neo::kEventNameBytesMax) {
    return fail(Code::trigger_invalid, "/source/contract_event/event: 1 to 32 bytes");
  }
  return EventName{.contract = *contract, .event = contract_event.event()};
}

EventName name_of(const nsl::v1::Trigger& trigger) {
  const auto& source = trigger.source().contract_event();
  return {neo::UInt160::parse(source.contract()).value_or(neo::UInt160()), source.event()};
}

}  // namespace

Result<TriggerService::TriggerRecord> TriggerService::get_record(const Call& call,
                                                                 const std::string& name) const {
  NSL_TRY(auto record, records::find_record<stored::TriggerRecord>(
                           parts_.vault, trigger_key(call.account(), name), call.deadline));
  if (!record.has_value()) return fail(Code::trigger_not_found);
  return *std::move(record);
}

Result<void> TriggerService::check_evidence(const nsl::v1::ContractEventSource& source) const {
  if (source.evidence() == nsl::v1::ContractEventSource::none) return {};
  if (source.evidence() != nsl::v1::ContractEventSource::request_hub) {
    return fail(Code::trigger_invalid, "/source/contract_event/evidence: unknown");
  }
  if (source.event() != kRequestedEvent) {
    return fail(Code::trigger_invalid,
                "/source/contract_event/event: a request hub announces requests as Requested");
  }
  if (!parts_.proofs.can_prove_storage()) return fail(Code::storage_not_provable);
  return {};
}

Result<void> TriggerService::check_room(const Call& call) const {
  NSL_TRY(const auto all, parts_.vault.list(kind::kTrigger, call.account(), call.deadline));
  const bool has_room =
      all.size() < static_cast<std::size_t>(limits::kTriggersPerAccountMax) &&
      parts_.index.size() < static_cast<std::size_t>(limits::kWatchSubscriptionsMax);
  if (has_room) return {};
  return fail(Code::limit_exceeded, "There is no room for another trigger");
}

Result<nsl::v1::Trigger> TriggerService::put(const Call& call,
                                             const nsl::v1::PutTriggerRequest& request) {
  NSL_TRY_VOID(records::check_name(request.name(), "name"));
  NSL_TRY(const EventName name, parse_source(request.source()));
  NSL_TRY_VOID(check_evidence(request.source().contract_event()));
  NSL_TRY_VOID(check_filter(request.filter()));
  NSL_TRY(const auto function, functions_.get(call.account(), request.function(), call.deadline));
  NSL_TRY(const auto present,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, trigger_key(call.account(), request.name()), call.deadline));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  TriggerRecord record = present.value_or(TriggerRecord{.value = {}, .version = 0});
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));

  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  std::optional<EventName> before;
  if (present.has_value()) {
    before = name_of(trigger);
  } else {
    trigger.set_id(codec::make_id("trg", call.now, call.random));
    trigger.set_created_at(to_rfc3339(call.now));
    trigger.set_name(request.name());
    record.value.set_account(call.account());
  }
  trigger.set_function(function.value.function().name());
  trigger.set_filter(request.filter());
  auto* source = trigger.mutable_source()->mutable_contract_event();
  source->set_contract(name.contract.to_text());
  source->set_event(name.event);
  source->set_evidence(request.source().contract_event().evidence());
  // What waits for the same event as before misses none by being set again.
  if (before != name) trigger.set_from_block(height.value() + 1);
  return store(call, std::move(record), before);
}

Result<std::uint64_t> TriggerService::subscription_version(const Call& call,
                                                           const std::string& name) const {
  NSL_TRY(const auto record,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, subscription_key(call.account(), name), call.deadline));
  return record.has_value() ? record->version : 0;
}

Result<nsl::v1::Trigger> TriggerService::store(const Call& call, TriggerRecord record,
                                               const std::optional<EventName>& before) {
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  trigger.set_etag(records::to_etag(record.version + 1));
  NSL_TRY(const std::uint64_t subscribed, subscription_version(call, trigger.name()));
  const vault::RecordKey subscription = subscription_key(call.account(), trigger.name());
  vault::Batch batch;
  records::put_record(batch, trigger_key(call.account(), trigger.name()), record.value,
                      record.version);
  if (!trigger.paused()) records::put_record(batch, subscription, record.value, subscribed);
  if (trigger.paused() && subscribed > 0) batch.erase(subscription, subscribed);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  // Added before the old one goes, so that an event in between is not missed; seen twice it is
  // still one run.
  if (!trigger.paused()) {
    parts_.index.add(name_of(trigger), {call.account(), trigger.name(), trigger.from_block()});
  }
  if (before.has_value()) parts_.index.remove(*before, call.account(), trigger.name());
  tell_watcher(call);
  return std::move(trigger);
}

void TriggerService::tell_watcher(const Call& call) const {
  const internal::v1::WatchServiceStub watcher(parts_.host);
  const auto told = watcher.refresh({}, call.deadline);
  if (!told.has_value()) log_failure("triggers", "The watcher was not told", told.error());
}

Result<nsl::v1::TriggerList> TriggerService::list(const Call& call,
                                                  const nsl::v1::ListTriggersRequest& request) {
  NSL_TRY(auto all, records::list_records<stored::TriggerRecord>(parts_.vault, kind::kTrigger,
                                                                 call.account(), call.deadline));
  nsl::v1::TriggerList reply;
  reply.set_next_cursor(records::cut_page(
      all, records::page_size(request.limit()), request.cursor(),
      [](const TriggerRecord& item) -> std::string_view { return item.value.trigger().name(); }));
  for (TriggerRecord& item : all) *reply.add_items() = std::move(*item.value.mutable_trigger());
  return reply;
}

Result<nsl::v1::Trigger> TriggerService::get(const Call& call,
                                             const nsl::v1::GetTriggerRequest& request) {
  NSL_TRY(TriggerRecord record, get_record(call, request.name()));
  NSL_TRY(auto refused,
          records::find_record<stored::RefusedEventRecord>(
              parts_.vault, refused_key(call.account(), request.name()), call.deadline));
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  if (refused.has_value()) *trigger.mutable_refused_event() = std::move(refused->value.refused());
  return std::move(trigger);
}

Result<nsl::v1::Trigger> TriggerService::pause(const Call& call,
                                               const nsl::v1::PauseTriggerRequest& request) {
  NSL_TRY(TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  if (trigger.paused()) return trigger;
  trigger.set_paused(true);
  const EventName name = name_of(trigger);
  return store(call, std::move(record), name);
}

Result<nsl::v1::Trigger> TriggerService::resume(const Call& call,
                                                const nsl::v1::ResumeTriggerRequest& request) {
  NSL_TRY(TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  if (!trigger.paused()) return trigger;
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));
  trigger.set_paused(false);
  trigger.set_from_block(height.value() + 1);
  return store(call, std::move(record), std::nullopt);
}

Result<nsl::v1::Empty> TriggerService::remove(const Call& call,
                                              const nsl::v1::DeleteTriggerRequest& request) {
  NSL_TRY(const TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  NSL_TRY(const std::uint64_t subscribed, subscription_version(call, request.name()));
  vault::Batch batch;
  batch.erase(trigger_key(call.account(), request.name()), record.version);
  if (subscribed > 0) batch.erase(subscription_key(call.account(), request.name()), subscribed);
  NSL_TRY(const auto refused,
          records::find_record<stored::RefusedEventRecord>(
              parts_.vault, refused_key(call.account(), request.name()), call.deadline));
  if (refused.has_value()) {
    batch.erase(refused_key(call.account(), request.name()), refused->version);
  }
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  parts_.index.remove(name_of(record.value.trigger()), call.account(), request.name());
  tell_watcher(call);
  return nsl::v1::Empty();
}

}  // namespace nsl::enclave::triggers
