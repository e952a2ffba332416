#include "enclave/webhooks/webhook_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/outcall/url.h"
#include "enclave/records/names.h"
#include "enclave/webhooks/signature.h"

namespace nsl::enclave::webhooks {
namespace {

namespace kind = records::kind;
using nsl::v1::Delivery;
using nsl::v1::Webhook;
using router::Call;

Result<std::string> parse_endpoint(const std::string& text) {
  const Result<outcall::Url> url = outcall::parse_url(text);
  if (!url.has_value()) {
    return fail(Code::webhook_invalid, "/url: " + url.error().message());
  }
  if (url->scheme != outcall::Url::Scheme::https) {
    return fail(Code::webhook_invalid, "/url: must start with https://");
  }
  return outcall::to_text(*url);
}

Result<std::uint32_t> parse_attempts(std::uint32_t asked) {
  const auto most = static_cast<std::uint32_t>(limits::kWebhookAttemptsMax);
  if (asked > most) {
    return fail(Code::webhook_invalid, fmt::format("/attempts: at most {}", most));
  }
  return asked == 0 ? most : asked;
}

// The secret's text, and the secret itself in the batch.
std::string make_secret(const Call& call, const stored::WebhookRecord& record,
                        vault::Batch& batch) {
  Secret<kSecretSize> secret;
  call.random.fill(secret.reveal_mutable());
  batch.put_secret(secret_key(call.account(), record.webhook().id(), record.secret_version()),
                   SecretBytes::copy_of(secret.reveal()), 0);
  return to_text(secret);
}

}  // namespace

Result<void> WebhookService::check_room(const Call& call) const {
  NSL_TRY(const auto all, vault_.list(kind::kWebhook, call.account(), call.deadline));
  if (all.size() < static_cast<std::size_t>(limits::kWebhooksPerAccountMax)) return {};
  return fail(Code::limit_exceeded, "The account has its maximum of webhooks");
}

Result<Webhook> WebhookService::store(const Call& call, WebhookRecord record,
                                      vault::Batch batch) const {
  Webhook& webhook = *record.value.mutable_webhook();
  webhook.set_etag(records::to_etag(record.version + 1));
  // Only in the reply.
  std::string secret;
  webhook.mutable_secret()->swap(secret);
  records::put_record(batch, webhook_key(call.account(), webhook.name()), record.value,
                      record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  NSL_TRY(Webhook reply, with_pending(call, std::move(webhook)));
  reply.set_secret(std::move(secret));
  return reply;
}

Result<Webhook> WebhookService::with_pending(const Call& call, Webhook webhook) const {
  NSL_TRY(const QueueRecord queue, book_.get_queue(call.account(), webhook.id(), call.deadline));
  webhook.set_pending(static_cast<std::uint32_t>(queue.value.pending_size()));
  return webhook;
}

Result<Webhook> WebhookService::put(const Call& call, const nsl::v1::PutWebhookRequest& request) {
  NSL_TRY_VOID(records::check_name(request.name(), "name"));
  NSL_TRY(std::string url, parse_endpoint(request.url()));
  NSL_TRY(const std::uint32_t attempts, parse_attempts(request.attempts()));
  NSL_TRY(const auto present,
          records::find_record<stored::WebhookRecord>(
              vault_, webhook_key(call.account(), request.name()), call.deadline));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  WebhookRecord record = present.value_or(WebhookRecord{.value = {}, .version = 0});
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  Webhook& webhook = *record.value.mutable_webhook();
  vault::Batch batch;
  if (!present.has_value()) {
    webhook.set_id(codec::make_id("whk", call.now, call.random));
    webhook.set_name(request.name());
    webhook.set_created_at(to_rfc3339(call.now));
    record.value.set_secret_version(1);
    webhook.set_secret(make_secret(call, record.value, batch));
  }
  webhook.set_url(std::move(url));
  webhook.set_ordered(request.ordered());
  webhook.set_disabled(request.disabled());
  webhook.set_attempts(attempts);
  // What waited while it was disabled.
  if (!request.disabled()) batch.enqueue(job_of(call.account(), request.name()), 0);
  return store(call, std::move(record), std::move(batch));
}

Result<nsl::v1::WebhookList> WebhookService::list(const Call& call,
                                                  const nsl::v1::ListWebhooksRequest& request) {
  NSL_TRY(auto all, records::list_records<stored::WebhookRecord>(vault_, kind::kWebhook,
                                                                 call.account(), call.deadline));
  nsl::v1::WebhookList reply;
  reply.set_next_cursor(records::cut_page(
      all, records::page_size(request.limit()), request.cursor(),
      [](const WebhookRecord& item) -> std::string_view { return item.value.webhook().name(); }));
  for (WebhookRecord& item : all) {
    NSL_TRY(*reply.add_items(), with_pending(call, std::move(*item.value.mutable_webhook())));
  }
  return reply;
}

Result<Webhook> WebhookService::get(const Call& call, const nsl::v1::GetWebhookRequest& request) {
  NSL_TRY(WebhookRecord record, book_.get_webhook(call.account(), request.name(), call.deadline));
  return with_pending(call, std::move(*record.value.mutable_webhook()));
}

Result<Webhook> WebhookService::rotate(const Call& call,
                                       const nsl::v1::RotateWebhookRequest& request) {
  NSL_TRY(WebhookRecord record, book_.get_webhook(call.account(), request.name(), call.deadline));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  const std::uint32_t version = record.value.secret_version();
  vault::Batch batch;
  // Of the last two only; each secret record was written once.
  if (version > 1) {
    batch.erase(secret_key(call.account(), record.value.webhook().id(), version - 1), 1);
  }
  record.value.set_secret_version(version + 1);
  record.value.set_old_secret_until_ms(call.now.value() + limits::kWebhookSecretOverlapMs);
  record.value.mutable_webhook()->set_secret(make_secret(call, record.value, batch));
  return store(call, std::move(record), std::move(batch));
}

Result<nsl::v1::Empty> WebhookService::remove(const Call& call,
                                              const nsl::v1::DeleteWebhookRequest& request) {
  NSL_TRY(const WebhookRecord record,
          book_.get_webhook(call.account(), request.name(), call.deadline));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  const std::string& id = record.value.webhook().id();
  NSL_TRY_VOID(records::erase_all(vault_, delivery_kind(id), call.account(), call.deadline));
  NSL_TRY(const QueueRecord queue, book_.get_queue(call.account(), id, call.deadline));
  vault::Batch batch;
  if (queue.version > 0) batch.erase(queue_key(call.account(), id), queue.version);
  const std::uint32_t newest = record.value.secret_version();
  for (std::uint32_t version = newest > 1 ? newest - 1 : newest; version <= newest; ++version) {
    batch.erase(secret_key(call.account(), id, version), 1);
  }
  batch.erase(webhook_key(call.account(), request.name()), record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return nsl::v1::Empty();
}

Result<nsl::v1::DeliveryList> WebhookService::list_deliveries(
    const Call& call, const nsl::v1::ListDeliveriesRequest& request) {
  NSL_TRY(const WebhookRecord webhook,
          book_.get_webhook(call.account(), request.name(), call.deadline));
  NSL_TRY(auto all,
          records::list_records<stored::DeliveryRecord>(
              vault_, delivery_kind(webhook.value.webhook().id()), call.account(), call.deadline));
  std::erase_if(all, [&](const DeliveryRecord& record) {
    const Delivery& delivery = record.value.delivery();
    const bool is_other =
        request.state() != Delivery::UNKNOWN && delivery.state() != request.state();
    // Ids sort by time; newest first means everything before the cursor.
    return is_other || (!request.cursor().empty() && delivery.id() >= request.cursor());
  });
  std::ranges::sort(all, std::ranges::greater(), [](const DeliveryRecord& record) {
    return std::string_view(record.value.delivery().id());
  });
  nsl::v1::DeliveryList reply;
  const std::size_t limit = records::page_size(request.limit());
  if (all.size() > limit) {
    all.resize(limit);
    reply.set_next_cursor(all.back().value.delivery().id());
  }
  for (DeliveryRecord& record : all) {
    *reply.add_items() = std::move(*record.value.mutable_delivery());
  }
  return reply;
}

Result<Delivery> WebhookService::replay(const Call& call,
                                        const nsl::v1::ReplayDeliveryRequest& request) {
  NSL_TRY(const WebhookRecord webhook,
          book_.get_webhook(call.account(), request.name(), call.deadline));
  return book_.replay(call.account(), webhook, request.delivery(), call.now, call.deadline);
}

}  // namespace nsl::enclave::webhooks
