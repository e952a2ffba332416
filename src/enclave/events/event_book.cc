#include "enclave/events/event_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "enclave/json/json_arguments.h"
#include "enclave/triggers/event_filter.h"
#include "enclave/triggers/event_run.h"

namespace nsl::enclave::events {
namespace {

namespace kind = records::kind;
using triggers::ConfirmedEvent;

// Others write to the same endpoint or history; they do not go on with it for long.
constexpr int kConflictsMax = 16;

vault::RecordKey seen_key(const stored::EventSubscriptionRecord& record, std::uint64_t number) {
  return {seen_kind(record.subscription().id()), record.account(), fmt::format("{:020}", number)};
}

nsl::v1::Event to_event(const ConfirmedEvent& confirmed, const std::string& subscription) {
  nsl::v1::Event event;
  event.set_id(confirmed.event.id());
  event.set_block(confirmed.event.block());
  event.set_transaction(confirmed.event.transaction());
  event.set_index(confirmed.index);
  event.set_contract(confirmed.event.contract());
  event.set_event(confirmed.event.event());
  event.set_arguments(confirmed.arguments_json);
  event.set_proof(confirmed.event.proof());
  event.set_seen_at(confirmed.event.seen_at());
  event.set_subscription(subscription);
  return event;
}

std::string error_text(const Error& error) {
  return fmt::format("{} {}", code_text(error.code()), error.message());
}

}  // namespace

vault::RecordKey subscription_key(const std::string& account, const std::string& name) {
  return {kind::kEventSubscription, account, name};
}

vault::RecordKey history_key(const std::string& account, const std::string& subscription_id) {
  return {kind::kEventHistory, account, subscription_id};
}

std::string seen_kind(const std::string& subscription_id) {
  return fmt::format("{}/{}", kind::kSeenEvent, subscription_id);
}

Result<std::optional<std::string>> EventBook::receive(const triggers::Subscriber& subscriber,
                                                      const ConfirmedEvent& event,
                                                      const Deadline& deadline) {
  for (int i = 0;; ++i) {
    NSL_TRY(const auto subscription,
            records::find_record<stored::EventSubscriptionRecord>(
                parts_.vault, subscription_key(subscriber.account, subscriber.name), deadline));
    if (!subscription.has_value()) return std::nullopt;
    auto run = store(*subscription, event, deadline);
    if (run.has_value() || run.error().code() != Code::version_conflict) return run;
    if (i >= kConflictsMax) return fail(run.error());
  }
}

Result<std::optional<std::string>> EventBook::store(const SubscriptionRecord& subscription,
                                                    const ConfirmedEvent& confirmed,
                                                    const Deadline& deadline) {
  const stored::EventSubscriptionRecord& record = subscription.value;
  const nsl::v1::EventSubscription& view = record.subscription();
  const bool is_too_old = confirmed.origin == triggers::Origin::live &&
                          confirmed.event.block() < record.live_from_block();
  if (is_too_old) return std::nullopt;
  const vault::RecordKey key =
      triggers::accepted_key(record.account(), view.id(), confirmed.event.id());
  NSL_TRY(const auto accepted,
          records::find_record<stored::AcceptedEventRecord>(parts_.vault, key, deadline));
  if (accepted.has_value()) {
    const std::string& run = accepted->value.run();
    return run.empty() ? std::nullopt : std::optional(run);
  }
  const Result<bool> is_met =
      triggers::meets_filter(view.filter(), confirmed.event, confirmed.arguments_json);
  if (is_met.has_value() && !*is_met) return std::nullopt;

  nsl::v1::Event event = to_event(confirmed, view.name());
  vault::Batch batch;
  if (is_met.has_value()) {
    NSL_TRY_VOID(add_delivery(batch, record, confirmed, event, deadline));
    NSL_TRY_VOID(add_run(batch, record, confirmed, event, deadline));
  } else {
    // An event is not dropped because its filter is wrong about it: the history says so.
    event.set_error(error_text(is_met.error()));
  }
  stored::AcceptedEventRecord mark;
  mark.set_run(event.run());
  records::put_record(batch, key, mark, 0);
  NSL_TRY_VOID(add_to_history(batch, record, std::move(event), deadline));
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
  return mark.run().empty() ? std::nullopt : std::optional(mark.run());
}

Result<void> EventBook::add_delivery(vault::Batch& batch,
                                     const stored::EventSubscriptionRecord& record,
                                     const ConfirmedEvent& confirmed, nsl::v1::Event& event,
                                     const Deadline& deadline) {
  const nsl::v1::EventSubscription& view = record.subscription();
  if (view.webhook().empty()) return {};
  webhooks::NewDelivery delivery{.account = record.account(),
                                 .webhook = view.webhook(),
                                 .subscription = view.name(),
                                 .event = event.id(),
                                 .body = {},
                                 .now = parts_.clock.wall_time()};
  delivery.body = fmt::format(
      R"({{"type":"neo.contract.event","timestamp":{},"data":{{"network":{},"subscription":{},"proof":{},"event":{}}}}})",
      json::json_text(to_rfc3339(delivery.now)), parts_.network.value(),
      json::json_text(view.name()), json::json_text(event.proof()), confirmed.input);
  auto added = deliveries_.add_to_batch(batch, delivery, parts_.random, deadline);
  if (!added.has_value() && added.error().code() == Code::webhook_not_found) {
    event.set_error(error_text(added.error()));
    return {};
  }
  if (!added.has_value()) return fail(added.error());
  event.set_delivery(*std::move(added));
  return {};
}

Result<void> EventBook::add_run(vault::Batch& batch, const stored::EventSubscriptionRecord& record,
                                const ConfirmedEvent& confirmed, nsl::v1::Event& event,
                                const Deadline& deadline) {
  const nsl::v1::EventSubscription& view = record.subscription();
  if (view.function().empty()) return {};
  NSL_TRY(const runs::NewRun run,
          triggers::make_event_run(functions_,
                                   {.account = record.account(),
                                    .function = view.function(),
                                    .trigger = fmt::format("subscription/{}", view.name()),
                                    .now = parts_.clock.wall_time()},
                                   confirmed, parts_.random, deadline));
  runs::RunBook::add_to_batch(batch, run);
  event.set_run(run.run_id);
  return {};
}

Result<void> EventBook::add_to_history(vault::Batch& batch,
                                       const stored::EventSubscriptionRecord& record,
                                       nsl::v1::Event event, const Deadline& deadline) {
  const vault::RecordKey key = history_key(record.account(), record.subscription().id());
  NSL_TRY(const auto present,
          records::find_record<stored::EventHistoryRecord>(parts_.vault, key, deadline));
  stored::EventHistoryRecord history;
  if (present.has_value()) history = present->value;
  stored::SeenEventRecord seen;
  *seen.mutable_event() = std::move(event);
  seen.set_number(history.next());
  records::put_record(batch, seen_key(record, history.next()), seen, 0);
  history.set_next(history.next() + 1);
  if (history.next() - history.first() > static_cast<std::uint64_t>(limits::kEventsKeptMax)) {
    // Written once, so that its version is known.
    batch.erase(seen_key(record, history.first()), 1);
    history.set_first(history.first() + 1);
  }
  records::put_record(batch, key, history, present.has_value() ? present->version : 0);
  return {};
}

Result<std::vector<SeenEvent>> EventBook::history(const std::string& account,
                                                  const std::string& subscription_id,
                                                  const Deadline& deadline) const {
  NSL_TRY(auto all, records::list_records<stored::SeenEventRecord>(
                        parts_.vault, seen_kind(subscription_id), account, deadline));
  std::ranges::sort(all, std::ranges::greater(),
                    [](const SeenEvent& seen) { return seen.value.number(); });
  return all;
}

}  // namespace nsl::enclave::events
