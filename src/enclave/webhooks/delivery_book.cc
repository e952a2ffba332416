#include "enclave/webhooks/delivery_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/records/names.h"

namespace nsl::enclave::webhooks {
namespace {

namespace kind = records::kind;
using nsl::v1::Delivery;
using Queue = stored::WebhookQueueRecord;

// Forgotten at once, so that the list is read once for so many.
constexpr std::size_t kForgottenAtOnce = 50;
// The endpoint's queue may be changed by others meanwhile, which they do not go on with for long.
constexpr int kConflictsMax = 16;

auto find_pending(Queue& queue, const std::string& delivery_id) {
  return std::ranges::find(*queue.mutable_pending(), delivery_id, &Queue::Pending::delivery);
}

void end(Delivery& delivery, Delivery::State state, WallTime now) {
  delivery.set_state(state);
  delivery.clear_next_attempt_at();
  delivery.set_ended_at(to_rfc3339(now));
}

void add_pending(Queue& queue, Delivery& delivery, WallTime now) {
  Queue::Pending& pending = *queue.add_pending();
  pending.set_delivery(delivery.id());
  pending.set_due_ms(now.value());
  delivery.set_state(Delivery::PENDING);
  delivery.set_next_attempt_at(to_rfc3339(now));
}

bool is_full(const Queue& queue) { return queue.pending_size() >= limits::kWebhookPendingMax; }

}  // namespace

vault::RecordKey webhook_key(const std::string& account, const std::string& name) {
  return {kind::kWebhook, account, name};
}

vault::RecordKey secret_key(const std::string& account, const std::string& webhook_id,
                            std::uint32_t version) {
  return {kind::kWebhookSecret, account, fmt::format("{}/{}", webhook_id, version)};
}

vault::RecordKey queue_key(const std::string& account, const std::string& webhook_id) {
  return {kind::kWebhookQueue, account, webhook_id};
}

std::string delivery_kind(const std::string& webhook_id) {
  return fmt::format("{}/{}", kind::kWebhookDelivery, webhook_id);
}

vault::RecordKey delivery_key(const std::string& account, const std::string& webhook_id,
                              const std::string& delivery_id) {
  return {delivery_kind(webhook_id), account, delivery_id};
}

std::string job_of(const std::string& account, const std::string& webhook_name) {
  return fmt::format("{}/{}/{}", kJobWord, account, webhook_name);
}

Result<WebhookRecord> DeliveryBook::get_webhook(const std::string& account, const std::string& name,
                                                const Deadline& deadline) const {
  NSL_TRY(auto record, records::find_record<stored::WebhookRecord>(
                           vault_, webhook_key(account, name), deadline));
  if (!record.has_value()) return fail(Code::webhook_not_found);
  return *std::move(record);
}

Result<QueueRecord> DeliveryBook::get_queue(const std::string& account,
                                            const std::string& webhook_id,
                                            const Deadline& deadline) const {
  NSL_TRY(auto record,
          records::find_record<Queue>(vault_, queue_key(account, webhook_id), deadline));
  return record.has_value() ? *std::move(record) : QueueRecord();
}

Result<DeliveryRecord> DeliveryBook::get_delivery(const std::string& account,
                                                  const std::string& webhook_id,
                                                  const std::string& delivery_id,
                                                  const Deadline& deadline) const {
  NSL_TRY(auto record, records::find_record<stored::DeliveryRecord>(
                           vault_, delivery_key(account, webhook_id, delivery_id), deadline));
  if (!record.has_value()) return fail(Code::delivery_not_found);
  return *std::move(record);
}

Result<std::string> DeliveryBook::add_to_batch(vault::Batch& batch, const NewDelivery& added,
                                               Random& random, const Deadline& deadline) const {
  NSL_TRY(const WebhookRecord webhook, get_webhook(added.account, added.webhook, deadline));
  const std::string& webhook_id = webhook.value.webhook().id();
  NSL_TRY(QueueRecord queue, get_queue(added.account, webhook_id, deadline));
  stored::DeliveryRecord record;
  record.set_body(added.body);
  Delivery& delivery = *record.mutable_delivery();
  delivery.set_id(codec::make_id("dlv", added.now, random));
  delivery.set_webhook(added.webhook);
  delivery.set_subscription(added.subscription);
  delivery.set_event(added.event);
  delivery.set_created_at(to_rfc3339(added.now));
  if (is_full(queue.value)) {
    delivery.set_last_error(fmt::format("{} {}", code_text(Code::webhook_queue_full),
                                        code_title(Code::webhook_queue_full)));
    end(delivery, Delivery::DEAD, added.now);
  } else {
    add_pending(queue.value, delivery, added.now);
    batch.enqueue(job_of(added.account, added.webhook), 0);
  }
  NSL_TRY_VOID(forget_oldest(batch, added.account, webhook_id, queue.value, deadline));
  queue.value.set_kept(queue.value.kept() + 1);
  records::put_record(batch, queue_key(added.account, webhook_id), queue.value, queue.version);
  records::put_record(batch, delivery_key(added.account, webhook_id, delivery.id()), record, 0);
  return delivery.id();
}

Result<void> DeliveryBook::forget_oldest(vault::Batch& batch, const std::string& account,
                                         const std::string& webhook_id, Queue& queue,
                                         const Deadline& deadline) const {
  if (std::int64_t{queue.kept()} < limits::kWebhookDeliveriesKeptMax) return {};
  NSL_TRY(auto all, records::list_records<stored::DeliveryRecord>(vault_, delivery_kind(webhook_id),
                                                                  account, deadline));
  std::erase_if(all, [](const DeliveryRecord& record) {
    return record.value.delivery().state() == Delivery::PENDING;
  });
  // Ids sort by time.
  std::ranges::sort(all, {}, [](const DeliveryRecord& record) -> const std::string& {
    return record.value.delivery().id();
  });
  if (all.size() > kForgottenAtOnce) all.resize(kForgottenAtOnce);
  for (const DeliveryRecord& record : all) {
    batch.erase(delivery_key(account, webhook_id, record.value.delivery().id()), record.version);
  }
  queue.set_kept(queue.kept() - static_cast<std::uint32_t>(all.size()));
  return {};
}

Result<void> DeliveryBook::note_attempt(const std::string& account, const std::string& webhook_name,
                                        const std::string& delivery_id, const Attempt& attempt,
                                        WallTime now, const Deadline& deadline) const {
  Result<void> noted;
  for (int i = 0; i < kConflictsMax; ++i) {
    noted = note_once(account, webhook_name, delivery_id, attempt, now, deadline);
    if (noted.has_value() || noted.error().code() != Code::version_conflict) break;
  }
  return noted;
}

Result<void> DeliveryBook::note_once(const std::string& account, const std::string& webhook_name,
                                     const std::string& delivery_id, const Attempt& attempt,
                                     WallTime now, const Deadline& deadline) const {
  NSL_TRY(WebhookRecord webhook, get_webhook(account, webhook_name, deadline));
  const std::string webhook_id = webhook.value.webhook().id();
  NSL_TRY(QueueRecord queue, get_queue(account, webhook_id, deadline));
  const auto pending = find_pending(queue.value, delivery_id);
  if (pending == queue.value.mutable_pending()->end()) return {};
  NSL_TRY(DeliveryRecord record, get_delivery(account, webhook_id, delivery_id, deadline));
  Delivery& delivery = *record.value.mutable_delivery();
  pending->set_attempts(pending->attempts() + 1);
  delivery.set_attempts(pending->attempts());
  delivery.set_status(attempt.status);
  delivery.set_last_error(attempt.error);
  const bool is_taken = attempt.outcome == Attempt::Outcome::taken;
  const bool is_gone = attempt.outcome == Attempt::Outcome::gone;
  vault::Batch batch;
  if (is_taken || is_gone || pending->attempts() >= webhook.value.webhook().attempts()) {
    end(delivery, is_taken ? Delivery::SUCCEEDED : Delivery::DEAD, now);
    queue.value.mutable_pending()->erase(pending);
  } else {
    const WallTime due(now.value() + attempt.pause_ms);
    pending->set_due_ms(due.value());
    delivery.set_next_attempt_at(to_rfc3339(due));
  }
  if (is_gone) {
    webhook.value.mutable_webhook()->set_disabled(true);
    webhook.value.mutable_webhook()->set_etag(records::to_etag(webhook.version + 1));
    records::put_record(batch, webhook_key(account, webhook_name), webhook.value, webhook.version);
  }
  records::put_record(batch, queue_key(account, webhook_id), queue.value, queue.version);
  records::put_record(batch, delivery_key(account, webhook_id, delivery_id), record.value,
                      record.version);
  return vault_.commit(std::move(batch), deadline);
}

Result<Delivery> DeliveryBook::replay(const std::string& account, const WebhookRecord& webhook,
                                      const std::string& delivery_id, WallTime now,
                                      const Deadline& deadline) const {
  const std::string& webhook_id = webhook.value.webhook().id();
  NSL_TRY(DeliveryRecord record, get_delivery(account, webhook_id, delivery_id, deadline));
  NSL_TRY(QueueRecord queue, get_queue(account, webhook_id, deadline));
  Delivery& delivery = *record.value.mutable_delivery();
  if (delivery.state() == Delivery::PENDING) return fail(Code::delivery_pending);
  if (is_full(queue.value)) return fail(Code::webhook_queue_full);
  delivery.clear_attempts();
  delivery.clear_ended_at();
  add_pending(queue.value, delivery, now);
  vault::Batch batch;
  records::put_record(batch, queue_key(account, webhook_id), queue.value, queue.version);
  records::put_record(batch, delivery_key(account, webhook_id, delivery_id), record.value,
                      record.version);
  batch.enqueue(job_of(account, webhook.value.webhook().name()), 0);
  NSL_TRY_VOID(vault_.commit(std::move(batch), deadline));
  return delivery;
}

}  // namespace nsl::enclave::webhooks
