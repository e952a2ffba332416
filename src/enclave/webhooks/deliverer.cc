#include "enclave/webhooks/deliverer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "enclave/outcall/url.h"
#include "enclave/records/names.h"
#include "enclave/webhooks/retry.h"
#include "enclave/webhooks/signature.h"

namespace nsl::enclave::webhooks {
namespace {

using jobs::JobOutcome;
using Pending = stored::WebhookQueueRecord::Pending;

constexpr std::int64_t kBusyMs = 250;
// RFC 9110 section 15.5.11: gone for good. Standard Webhooks: no longer to be called.
constexpr int kStatusGone = 410;

// The delivery whose turn it is; nothing when none waits. An ordered endpoint's is the oldest one.
const Pending* next_of(const stored::WebhookQueueRecord& queue, bool is_ordered) {
  if (queue.pending().empty()) return nullptr;
  if (is_ordered) return &queue.pending(0);
  return &*std::ranges::min_element(queue.pending(), {}, &Pending::due_ms);
}

// The exchange did not take place because of this machine or its host.
bool is_our_trouble(Code code) {
  return code == Code::unavailable || code == Code::cancelled || code == Code::overloaded;
}

Attempt judge(const Result<outcall::HttpReply>& reply) {
  if (!reply.has_value()) {
    return {.error =
                fmt::format("{} {}", code_text(reply.error().code()), reply.error().message())};
  }
  const auto status = static_cast<std::uint32_t>(reply->status);
  if (reply->status >= 200 && reply->status < 300) {
    return {.outcome = Attempt::Outcome::taken, .status = status, .error = {}};
  }
  return {
      .outcome = reply->status == kStatusGone ? Attempt::Outcome::gone : Attempt::Outcome::failed,
      .status = status,
      .error =
          fmt::format("{} The receiver answered {}", code_text(Code::webhook_refused), status)};
}

}  // namespace

Deliverer::Deliverer(Parts parts)
    : parts_(parts),
      book_(parts.vault),
      under_way_({.all = limits::kWebhookTurnsMax,
                  .of_one_account = limits::kWebhookTurnsPerAccountMax}) {}

Result<JobOutcome> Deliverer::carry_out(const std::string& job, const Deadline& deadline) {
  const std::size_t first = job.find('/');
  const std::size_t second = first == std::string::npos ? first : job.find('/', first + 1);
  if (second == std::string::npos || job.substr(0, first) != kJobWord) {
    return fail(Code::invalid_argument, "Not a job");
  }
  const Endpoint endpoint{.account = job.substr(first + 1, second - first - 1),
                          .name = job.substr(second + 1)};
  NSL_TRY_VOID(records::check_name(endpoint.name, "job"));
  const jobs::UnderWay::Turn turn(under_way_, endpoint.account, endpoint.name);
  if (!turn) return JobOutcome{.is_done = false, .retry_after_ms = kBusyMs};
  return jobs::keep_in_queue(deliver_due(endpoint, deadline));
}

Result<JobOutcome> Deliverer::deliver_due(const Endpoint& endpoint, const Deadline& deadline) {
  const Deadline turn_end = Deadline::after_ms(parts_.clock, limits::kWebhookTurnMsMax);
  for (;;) {
    const Result<WebhookRecord> webhook =
        book_.get_webhook(endpoint.account, endpoint.name, deadline);
    if (!webhook.has_value() && webhook.error().code() == Code::webhook_not_found) {
      return JobOutcome{};
    }
    if (!webhook.has_value()) return fail(webhook.error());
    const nsl::v1::Webhook& view = webhook->value.webhook();
    // Enabling it asks for this job again.
    if (view.disabled()) return JobOutcome{};
    NSL_TRY(const QueueRecord queue, book_.get_queue(endpoint.account, view.id(), deadline));
    const Pending* const next = next_of(queue.value, view.ordered());
    if (next == nullptr) return JobOutcome{};
    const WallTime now = parts_.clock.wall_time();
    if (next->due_ms() > now.value()) {
      return JobOutcome{.is_done = false, .retry_after_ms = next->due_ms() - now.value()};
    }
    if (turn_end.has_passed(parts_.clock)) {
      return JobOutcome{.is_done = false, .retry_after_ms = kBusyMs};
    }
    NSL_TRY(const Attempt made, attempt(endpoint, *webhook, *next, deadline));
    NSL_TRY_VOID(book_.note_attempt(endpoint.account, endpoint.name, next->delivery(), made,
                                    parts_.clock.wall_time(), deadline));
  }
}

Result<Attempt> Deliverer::attempt(const Endpoint& endpoint, const WebhookRecord& webhook,
                                   const Pending& pending, const Deadline& deadline) {
  const nsl::v1::Webhook& view = webhook.value.webhook();
  NSL_TRY(const DeliveryRecord delivery,
          book_.get_delivery(endpoint.account, view.id(), pending.delivery(), deadline));
  NSL_TRY(const outcall::Url url, outcall::parse_url(view.url()));
  const std::string timestamp = timestamp_text(parts_.clock.wall_time());
  NSL_TRY(std::string signature,
          signatures(endpoint, webhook, delivery.value, timestamp, deadline));
  outcall::HttpRequest request{.method = "POST", .url = view.url(), .headers = {}, .body = {}};
  request.headers = {{.name = "Content-Type", .value = "application/json"},
                     {.name = "Webhook-Id", .value = pending.delivery()},
                     {.name = "Webhook-Timestamp", .value = timestamp},
                     {.name = "Webhook-Signature", .value = std::move(signature)}};
  request.body = delivery.value.body();
  outcall::EgressPolicy policy;
  policy.allowed_hosts = {outcall::authority_of(url)};
  policy.redirects = outcall::RedirectRule::give_back;
  const Result<outcall::HttpReply> reply = parts_.http.exchange(request, policy, deadline);
  if (!reply.has_value() && is_our_trouble(reply.error().code())) return fail(reply.error());
  Attempt made = judge(reply);
  made.pause_ms = retry_pause_ms(pending.attempts() + 1, parts_.random);
  if (reply.has_value()) {
    made.pause_ms = std::max(made.pause_ms, parse_retry_after_ms(reply->header("retry-after")));
  }
  return made;
}

Result<std::string> Deliverer::signatures(const Endpoint& endpoint, const WebhookRecord& webhook,
                                          const stored::DeliveryRecord& delivery,
                                          const std::string& timestamp, const Deadline& deadline) {
  const std::uint32_t newest = webhook.value.secret_version();
  const bool has_old =
      newest > 1 && parts_.clock.wall_time().value() < webhook.value.old_secret_until_ms();
  std::string text;
  for (std::uint32_t version = newest; version > newest - (has_old ? 2 : 1); --version) {
    NSL_TRY(const auto secret,
            parts_.vault.find_secret(
                secret_key(endpoint.account, webhook.value.webhook().id(), version), deadline));
    if (!secret.has_value()) return fail(Code::record_missing);
    if (!text.empty()) text += ' ';
    text += sign(secret->value.reveal(), delivery.delivery().id(), timestamp,
                 as_bytes(delivery.body()));
  }
  return text;
}

}  // namespace nsl::enclave::webhooks
