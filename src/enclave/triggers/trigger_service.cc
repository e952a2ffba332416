#include "enclave/triggers/trigger_service.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/records/names.h"
#include "enclave/triggers/backfiller.h"
#include "enclave/triggers/block_events.h"
#include "enclave/triggers/event_filter.h"
#include "enclave/triggers/event_source.h"
#include "enclave/triggers/preview.h"
#include "enclave/triggers/request_hub.h"
#include "enclave/triggers/tell_watcher.h"

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

// Writes its contracts and accounts as hashes.
Result<EventSource> parse_trigger_source(nsl::v1::TriggerSource& source) {
  if (is_of_blocks(source)) return parse_block_source(source);
  if (!source.has_contract_event()) {
    return fail(Code::trigger_invalid,
                "/source: a contract_event, a block, a transaction or a webhook is needed");
  }
  nsl::v1::ContractEventSource& event = *source.mutable_contract_event();
  NSL_TRY(EventSource parsed, parse_source(event, "/source/contract_event", Code::trigger_invalid));
  event.set_contract(parsed.name.contract.to_text());
  if (parsed.sender.has_value()) event.set_sender(parsed.sender->to_text());
  return parsed;
}

// The first block its owner asked for; 0: the next one.
std::uint32_t asked_from(const nsl::v1::TriggerSource& source) {
  if (source.has_block()) return source.block().from_block();
  if (source.has_transaction()) return source.transaction().from_block();
  return source.contract_event().from_block();
}

Result<void> check_filter_of(const nsl::v1::TriggerSource& source, const std::string& filter) {
  if (is_of_blocks(source)) return check_filter(filter, block_declarations(source));
  return check_filter(filter);
}

bool is_hook(const nsl::v1::Trigger& trigger) { return trigger.source().has_webhook(); }

// Blocks have nothing to do with a webhook.
Result<void> check_reads_blocks(const nsl::v1::Trigger& trigger) {
  if (!is_hook(trigger)) return {};
  return fail(Code::trigger_invalid, "A webhook has no past events to look at");
}

// A webhook has secrets and a path of its own: it neither becomes another trigger nor was one.
Result<void> check_same_sort(bool is_hook_now, const std::optional<StoredTrigger>& present) {
  if (!present.has_value() || is_hook(present->value.trigger()) == is_hook_now) return {};
  return fail(Code::trigger_invalid,
              "/source: a webhook stays one, and no other trigger becomes one; delete it first");
}

Subscriber subscriber_of(const Call& call, const std::string& name) {
  return {.account = call.account(), .name = name};
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
  if (request.source().has_webhook()) return put_hook(call, request);
  nsl::v1::TriggerSource named = request.source();
  NSL_TRY(const EventSource source, parse_trigger_source(named));
  if (named.has_contract_event()) NSL_TRY_VOID(check_evidence(named.contract_event()));
  NSL_TRY_VOID(check_filter_of(named, request.filter()));
  NSL_TRY(const auto function, functions_.get(call.account(), request.function(), call.deadline));
  NSL_TRY(const auto present,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, trigger_key(call.account(), request.name()), call.deadline));
  NSL_TRY_VOID(check_same_sort(false, present));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  TriggerRecord record = present.value_or(TriggerRecord{.value = {}, .version = 0});
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));

  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  std::optional<Before> before;
  if (present.has_value()) {
    NSL_TRY(EventSource known, source_of(trigger));
    before = Before{.source = std::move(known), .asked_from = asked_from(trigger.source())};
  } else {
    trigger.set_id(codec::make_id("trg", call.now, call.random));
    trigger.set_created_at(to_rfc3339(call.now));
    trigger.set_name(request.name());
    record.value.set_account(call.account());
  }
  NSL_TRY(const Start start, start_of(source, height, before));
  trigger.set_function(function.value.function().name());
  trigger.set_filter(request.filter());
  *trigger.mutable_source() = std::move(named);
  trigger.set_from_block(start.live_from);
  vault::Batch batch;
  if (start.past.has_value()) {
    NSL_TRY_VOID(Backfiller::add_to_batch(parts_.vault, batch,
                                          {subscriber_of(call, request.name()), trigger.id()},
                                          *start.past, call.now, call.deadline));
  }
  std::optional<EventName> waited_for;
  if (before.has_value()) waited_for = before->source.name;
  return store(call, std::move(record), std::move(batch), waited_for);
}

Result<nsl::v1::Trigger> TriggerService::put_hook(const Call& call,
                                                  const nsl::v1::PutTriggerRequest& request) {
  nsl::v1::TriggerSource named = request.source();
  NSL_TRY_VOID(parse_hook_source(*named.mutable_webhook()));
  if (!request.filter().empty()) {
    return fail(Code::trigger_invalid, "/filter: a webhook's function looks at messages itself");
  }
  NSL_TRY(const auto function, functions_.get(call.account(), request.function(), call.deadline));
  NSL_TRY(const auto present,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, trigger_key(call.account(), request.name()), call.deadline));
  NSL_TRY_VOID(check_same_sort(true, present));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  TriggerRecord record = present.value_or(TriggerRecord{.value = {}, .version = 0});
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  if (!present.has_value()) {
    trigger.set_id(codec::make_id("trg", call.now, call.random));
    trigger.set_created_at(to_rfc3339(call.now));
    trigger.set_name(request.name());
    record.value.set_account(call.account());
  }
  trigger.set_function(function.value.function().name());
  *trigger.mutable_source() = std::move(named);
  return hooks_.store(call, std::move(record));
}

Result<nsl::v1::Trigger> TriggerService::rotate(const Call& call,
                                                const nsl::v1::RotateTriggerRequest& request) {
  NSL_TRY(TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  if (!is_hook(record.value.trigger())) {
    return fail(Code::trigger_invalid, "Only a webhook has a secret");
  }
  return hooks_.rotate(call, std::move(record));
}

Result<std::uint64_t> TriggerService::subscription_version(const Call& call,
                                                           const std::string& name) const {
  NSL_TRY(const auto record,
          records::find_record<stored::TriggerRecord>(
              parts_.vault, subscription_key(call.account(), name), call.deadline));
  return record.has_value() ? record->version : 0;
}

Result<nsl::v1::Trigger> TriggerService::store(const Call& call, TriggerRecord record,
                                               vault::Batch batch,
                                               const std::optional<EventName>& before) {
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  trigger.set_etag(records::to_etag(record.version + 1));
  NSL_TRY(const EventSource source, source_of(trigger));
  NSL_TRY(const std::uint64_t subscribed, subscription_version(call, trigger.name()));
  const vault::RecordKey subscription = subscription_key(call.account(), trigger.name());
  records::put_record(batch, trigger_key(call.account(), trigger.name()), record.value,
                      record.version);
  if (!trigger.paused()) records::put_record(batch, subscription, record.value, subscribed);
  if (trigger.paused() && subscribed > 0) batch.erase(subscription, subscribed);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  const Subscriber subscriber = subscriber_of(call, trigger.name());
  // Added before the old one goes, so that an event in between is not missed; seen twice it is
  // still one run.
  if (!trigger.paused()) parts_.index.add(source.name, source.subscription(subscriber));
  if (before.has_value()) parts_.index.remove(*before, subscriber);
  tell_watcher(parts_.host, call.deadline);
  return std::move(trigger);
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
  if (refused.has_value())
    *trigger.mutable_refused_event() = std::move(*refused->value.mutable_refused());
  return with_backfill(call, std::move(trigger));
}

Result<nsl::v1::Trigger> TriggerService::with_backfill(const Call& call,
                                                       nsl::v1::Trigger trigger) const {
  NSL_TRY(auto backfill,
          Backfiller::find(parts_.vault, {subscriber_of(call, trigger.name()), trigger.id()},
                           call.deadline));
  if (backfill.has_value()) *trigger.mutable_backfill() = *std::move(backfill);
  return trigger;
}

Result<nsl::v1::Trigger> TriggerService::pause(const Call& call,
                                               const nsl::v1::PauseTriggerRequest& request) {
  NSL_TRY(TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  if (trigger.paused()) return trigger;
  trigger.set_paused(true);
  if (is_hook(trigger)) return hooks_.store(call, std::move(record));
  NSL_TRY(const EventSource source, source_of(trigger));
  return store(call, std::move(record), {}, source.name);
}

Result<nsl::v1::Trigger> TriggerService::resume(const Call& call,
                                                const nsl::v1::ResumeTriggerRequest& request) {
  NSL_TRY(TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Trigger& trigger = *record.value.mutable_trigger();
  if (!trigger.paused()) return trigger;
  if (is_hook(trigger)) {
    trigger.set_paused(false);
    return hooks_.store(call, std::move(record));
  }
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));
  trigger.set_paused(false);
  trigger.set_from_block(std::max(height.value() + 1, trigger.from_block()));
  return store(call, std::move(record), {}, std::nullopt);
}

Result<nsl::v1::Trigger> TriggerService::backfill(const Call& call,
                                                  const nsl::v1::BackfillTriggerRequest& request) {
  NSL_TRY(const TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(check_reads_blocks(record.value.trigger()));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));
  NSL_TRY(const BlockRange range, parse_range(request.from_block(), request.to_block(), height));
  const nsl::v1::Trigger& trigger = record.value.trigger();
  vault::Batch batch;
  NSL_TRY_VOID(Backfiller::add_to_batch(parts_.vault, batch,
                                        {subscriber_of(call, request.name()), trigger.id()}, range,
                                        call.now, call.deadline));
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  return with_backfill(call, trigger);
}

Result<nsl::v1::TriggerPreview> TriggerService::preview(
    const Call& call, const nsl::v1::PreviewTriggerRequest& request) {
  NSL_TRY(const TriggerRecord record, get_record(call, request.name()));
  const nsl::v1::Trigger& trigger = record.value.trigger();
  NSL_TRY_VOID(check_reads_blocks(trigger));
  NSL_TRY_VOID(check_filter_of(trigger.source(), request.filter()));
  NSL_TRY(const EventSource source, source_of(trigger));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));
  NSL_TRY(const BlockRange range, parse_range(request.from_block(), request.to_block(), height));
  FindEvents find = finder_of(parts_.chain, source);
  if (is_of_blocks(trigger.source())) {
    find = [this, &trigger](neo::BlockIndex block,
                            const Deadline& deadline) -> Result<std::vector<ConfirmedEvent>> {
      NSL_TRY(const chain_access::FoundBlock found, parts_.access.block(block, deadline));
      return block_events(parts_.access, trigger.source(), found, deadline);
    };
  }
  return preview_events({.find = std::move(find),
                         .filter = request.filter().empty() ? trigger.filter() : request.filter(),
                         .range = range,
                         .limit = records::page_size(request.limit()),
                         .cursor = request.cursor(),
                         .clock = parts_.clock},
                        call.deadline);
}

Result<nsl::v1::Empty> TriggerService::remove(const Call& call,
                                              const nsl::v1::DeleteTriggerRequest& request) {
  NSL_TRY(const TriggerRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  if (is_hook(record.value.trigger())) {
    NSL_TRY_VOID(hooks_.remove(call, record));
    return nsl::v1::Empty();
  }
  NSL_TRY(const EventSource source, source_of(record.value.trigger()));
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
  parts_.index.remove(source.name, subscriber_of(call, request.name()));
  tell_watcher(parts_.host, call.deadline);
  return nsl::v1::Empty();
}

}  // namespace nsl::enclave::triggers
