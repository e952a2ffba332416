#include "enclave/events/event_service.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/events/event_search.h"
#include "enclave/records/names.h"
#include "enclave/triggers/backfiller.h"
#include "enclave/triggers/event_filter.h"
#include "enclave/triggers/tell_watcher.h"

namespace nsl::enclave::events {
namespace {

namespace kind = records::kind;
using nsl::v1::EventSubscription;
using router::Call;
using triggers::EventSource;

// The same subscription where all accounts' ones are listed at start.
vault::RecordKey watch_key(const std::string& account, const std::string& name) {
  return {kind::kEventWatch, records::kNoAccount, account + "/" + name};
}

triggers::Subscriber subscriber_of(const Call& call, const std::string& name) {
  return {
      .account = call.account(), .name = name, .kind = triggers::Subscriber::Kind::subscription};
}

Result<EventSource> parse_source(const nsl::v1::PutSubscriptionRequest& request) {
  nsl::v1::ContractEventSource source;
  source.set_contract(request.contract());
  source.set_event(request.event());
  source.set_sender(request.sender());
  source.set_from_block(request.from_block());
  source.set_to_block(request.to_block());
  return triggers::parse_source(source, "", Code::subscription_invalid);
}

}  // namespace

Result<SubscriptionRecord> EventService::get_record(const Call& call,
                                                    const std::string& name) const {
  NSL_TRY(auto record, records::find_record<stored::EventSubscriptionRecord>(
                           parts_.vault, subscription_key(call.account(), name), call.deadline));
  if (!record.has_value()) return fail(Code::subscription_not_found);
  return *std::move(record);
}

Result<std::vector<SubscriptionRecord>> EventService::all_records(const Call& call) const {
  return records::list_records<stored::EventSubscriptionRecord>(
      parts_.vault, kind::kEventSubscription, call.account(), call.deadline);
}

Result<void> EventService::check_room(const Call& call) const {
  NSL_TRY(const auto all, all_records(call));
  const bool has_room =
      all.size() < static_cast<std::size_t>(limits::kSubscriptionsPerAccountMax) &&
      parts_.index.size() < static_cast<std::size_t>(limits::kWatchSubscriptionsMax);
  if (has_room) return {};
  return fail(Code::limit_exceeded, "There is no room for another subscription");
}

Result<void> EventService::check_targets(const Call& call,
                                         const nsl::v1::PutSubscriptionRequest& request) const {
  if (!request.webhook().empty()) {
    NSL_TRY_VOID(webhooks_.get_webhook(call.account(), request.webhook(), call.deadline));
  }
  if (!request.function().empty()) {
    NSL_TRY_VOID(functions_.get(call.account(), request.function(), call.deadline));
  }
  return {};
}

Result<EventSubscription> EventService::put_subscription(
    const Call& call, const nsl::v1::PutSubscriptionRequest& request) {
  NSL_TRY_VOID(records::check_name(request.name(), "name"));
  NSL_TRY(const EventSource source, parse_source(request));
  NSL_TRY_VOID(triggers::check_filter(request.filter()));
  NSL_TRY_VOID(check_targets(call, request));
  NSL_TRY(const auto present,
          records::find_record<stored::EventSubscriptionRecord>(
              parts_.vault, subscription_key(call.account(), request.name()), call.deadline));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  SubscriptionRecord record = present.value_or(SubscriptionRecord{.value = {}, .version = 0});
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(call.deadline));

  EventSubscription& subscription = *record.value.mutable_subscription();
  std::optional<triggers::Before> before;
  if (present.has_value()) {
    NSL_TRY(EventSource known, triggers::source_of(record.value));
    before = triggers::Before{.source = std::move(known), .asked_from = subscription.from_block()};
  } else {
    subscription.set_id(codec::make_id("sub", call.now, call.random));
    subscription.set_name(request.name());
    subscription.set_created_at(to_rfc3339(call.now));
    record.value.set_account(call.account());
  }
  NSL_TRY(const triggers::Start start, triggers::start_of(source, height, before));
  record.value.set_live_from_block(start.live_from);
  subscription.set_contract(source.name.contract.to_text());
  subscription.set_event(source.name.event);
  subscription.set_sender(source.sender.has_value() ? source.sender->to_text() : std::string());
  subscription.set_from_block(request.from_block());
  subscription.set_to_block(request.to_block());
  subscription.set_filter(request.filter());
  subscription.set_webhook(request.webhook());
  subscription.set_function(request.function());
  vault::Batch batch;
  if (start.past.has_value()) {
    NSL_TRY_VOID(triggers::Backfiller::add_to_batch(
        parts_.vault, batch, {subscriber_of(call, request.name()), subscription.id()}, *start.past,
        call.now, call.deadline));
  }
  std::optional<triggers::EventName> waited_for;
  if (before.has_value()) waited_for = before->source.name;
  return store(call, std::move(record), std::move(batch), waited_for);
}

Result<EventSubscription> EventService::store(const Call& call, SubscriptionRecord record,
                                              vault::Batch batch,
                                              const std::optional<triggers::EventName>& before) {
  EventSubscription& subscription = *record.value.mutable_subscription();
  subscription.set_etag(records::to_etag(record.version + 1));
  NSL_TRY(const EventSource source, triggers::source_of(record.value));
  records::put_record(batch, subscription_key(call.account(), subscription.name()), record.value,
                      record.version);
  // Written and erased together with the subscription, so that their versions are the same.
  records::put_record(batch, watch_key(call.account(), subscription.name()), record.value,
                      record.version);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  const triggers::Subscriber subscriber = subscriber_of(call, subscription.name());
  // Added before the old one goes, so that an event in between is not missed; seen twice it is
  // still one event.
  parts_.index.add(source.name, source.subscription(subscriber));
  if (before.has_value()) parts_.index.remove(*before, subscriber);
  triggers::tell_watcher(parts_.host, call.deadline);
  return with_backfill(call, std::move(subscription));
}

Result<EventSubscription> EventService::with_backfill(const Call& call,
                                                      EventSubscription subscription) const {
  NSL_TRY(auto backfill,
          triggers::Backfiller::find(parts_.vault,
                                     {subscriber_of(call, subscription.name()), subscription.id()},
                                     call.deadline));
  if (backfill.has_value()) *subscription.mutable_backfill() = *std::move(backfill);
  return subscription;
}

Result<nsl::v1::EventSubscriptionList> EventService::list_subscriptions(
    const Call& call, const nsl::v1::ListSubscriptionsRequest& request) {
  NSL_TRY(auto all, all_records(call));
  nsl::v1::EventSubscriptionList reply;
  reply.set_next_cursor(records::cut_page(all, records::page_size(request.limit()),
                                          request.cursor(),
                                          [](const SubscriptionRecord& item) -> std::string_view {
                                            return item.value.subscription().name();
                                          }));
  for (SubscriptionRecord& item : all) {
    *reply.add_items() = std::move(*item.value.mutable_subscription());
  }
  return reply;
}

Result<EventSubscription> EventService::get_subscription(
    const Call& call, const nsl::v1::GetSubscriptionRequest& request) {
  NSL_TRY(SubscriptionRecord record, get_record(call, request.name()));
  return with_backfill(call, std::move(*record.value.mutable_subscription()));
}

Result<nsl::v1::Empty> EventService::delete_subscription(
    const Call& call, const nsl::v1::DeleteSubscriptionRequest& request) {
  NSL_TRY(const SubscriptionRecord record, get_record(call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  NSL_TRY(const EventSource source, triggers::source_of(record.value));
  const std::string& id = record.value.subscription().id();
  vault::Batch batch;
  batch.erase(subscription_key(call.account(), request.name()), record.version);
  batch.erase(watch_key(call.account(), request.name()), record.version);
  NSL_TRY(const auto history, records::find_record<stored::EventHistoryRecord>(
                                  parts_.vault, history_key(call.account(), id), call.deadline));
  if (history.has_value()) batch.erase(history_key(call.account(), id), history->version);
  NSL_TRY_VOID(records::erase_all(parts_.vault, seen_kind(id), call.account(), call.deadline));
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  parts_.index.remove(source.name, subscriber_of(call, request.name()));
  triggers::tell_watcher(parts_.host, call.deadline);
  return nsl::v1::Empty();
}

Result<nsl::v1::EventList> EventService::list(const Call& call,
                                              const nsl::v1::ListEventsRequest& request) {
  NSL_TRY(EventSearch search, EventSearch::parse(request));
  std::vector<SubscriptionRecord> subscriptions;
  if (request.subscription().empty()) {
    NSL_TRY(subscriptions, all_records(call));
    std::ranges::sort(subscriptions, {}, [](const SubscriptionRecord& record) {
      return std::string_view(record.value.subscription().name());
    });
  } else {
    NSL_TRY(SubscriptionRecord record, get_record(call, request.subscription()));
    subscriptions.push_back(std::move(record));
  }
  for (const SubscriptionRecord& record : subscriptions) {
    const EventSubscription& subscription = record.value.subscription();
    if (!search.wants_subscription(subscription.name())) continue;
    NSL_TRY(auto history, parts_.book.history(call.account(), subscription.id(), call.deadline));
    if (!search.look_at(subscription.name(), std::move(history))) break;
  }
  return search.take_page();
}

}  // namespace nsl::enclave::events
