// A fixture: an account with an endpoint "hook", a receiver that answers as a test says, and the
// jobs in between.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "enclave/outcall/http.h"
#include "enclave/testing/service_test.h"
#include "enclave/webhooks/deliverer.h"
#include "enclave/webhooks/webhook_service.h"

namespace nsl::enclave::webhooks {

class Receiver final : public outcall::HttpExchanger {
 public:
  Result<outcall::HttpReply> exchange(const outcall::HttpRequest& request,
                                      const outcall::EgressPolicy& policy,
                                      const Deadline& /*deadline*/) override {
    requests.push_back(request);
    policies.push_back(policy);
    if (on_request) on_request();
    if (failure.has_value()) return fail(*failure);
    outcall::HttpReply reply;
    reply.status = status;
    reply.headers = headers;
    return reply;
  }
  std::string header(std::size_t request, std::string_view name) const {
    for (const outcall::HttpHeader& header : requests.at(request).headers) {
      if (outcall::is_same_header(header.name, name)) return header.value;
    }
    return {};
  }
  // The subscriptions of the bodies, in the order they came.
  std::string bodies() const {
    std::string all;
    for (const auto& request : requests) all += request.body;
    return all;
  }

  int status = 204;
  std::vector<outcall::HttpHeader> headers;
  std::optional<Code> failure;
  std::function<void()> on_request;
  std::vector<outcall::HttpRequest> requests;
  std::vector<outcall::EgressPolicy> policies;
};

class WebhookTest : public testing::ServiceTest {
 protected:
  static constexpr const char* kJob = "webhook/acc_alice/hook";

  static nsl::v1::PutWebhookRequest request() {
    nsl::v1::PutWebhookRequest result;
    result.set_name("hook");
    result.set_url("https://receiver.example:8443/in?key=7");
    return result;
  }
  nsl::v1::Webhook put(const std::function<void(nsl::v1::PutWebhookRequest&)>& change = {}) {
    nsl::v1::PutWebhookRequest asked = request();
    if (change) change(asked);
    const auto webhook = service_.put(alice(), asked);
    EXPECT_TRUE(webhook.has_value()) << webhook.error().message();
    return webhook.value_or(nsl::v1::Webhook());
  }
  nsl::v1::Webhook webhook() {
    nsl::v1::GetWebhookRequest asked;
    asked.set_name("hook");
    return service_.get(alice(), asked).value();
  }
  // Accepts one more delivery, a moment later than the one before.
  std::string accept(const std::string& body) {
    clock_.advance_ms(1);
    vault::Batch batch;
    const auto id = book_.add_to_batch(batch,
                                       {.account = "acc_alice",
                                        .webhook = "hook",
                                        .subscription = "all",
                                        .event = "0x01/Application/0",
                                        .body = body,
                                        .now = clock_.wall_time()},
                                       random_, deadline_);
    EXPECT_TRUE(id.has_value()) << id.error().message();
    const auto stored = vault_->commit(std::move(batch), deadline_);
    EXPECT_TRUE(stored.has_value()) << stored.error().message();
    return id.value_or("");
  }
  nsl::v1::Delivery delivery(const std::string& id) {
    return book_.get_delivery("acc_alice", webhook().id(), id, deadline_)->value.delivery();
  }
  nsl::v1::DeliveryList deliveries(nsl::v1::Delivery::State state = nsl::v1::Delivery::UNKNOWN) {
    nsl::v1::ListDeliveriesRequest asked;
    asked.set_name("hook");
    asked.set_state(state);
    asked.set_limit(200);
    return service_.list_deliveries(alice(), asked).value();
  }
  Result<nsl::v1::Delivery> replay(const std::string& id) {
    nsl::v1::ReplayDeliveryRequest asked;
    asked.set_name("hook");
    asked.set_delivery(id);
    return service_.replay(alice(), asked);
  }
  Result<jobs::JobOutcome> work() { return deliverer_.carry_out(kJob, late_); }
  // Works until the delivery has ended, however long it must wait in between.
  nsl::v1::Delivery work_until_ended(const std::string& id) {
    for (int i = 0; i < 100 && delivery(id).state() == nsl::v1::Delivery::PENDING; ++i) {
      const auto outcome = work();
      EXPECT_TRUE(outcome.has_value());
      clock_.advance_ms(outcome->retry_after_ms);
    }
    return delivery(id);
  }

  Receiver receiver_;
  WebhookService service_{*vault_};
  DeliveryBook book_{*vault_};
  Deliverer deliverer_{{.vault = *vault_, .http = receiver_, .clock = clock_, .random = random_}};
  Deadline late_ = Deadline::after_ms(clock_, INT64_C(1) << 40);
};

}  // namespace nsl::enclave::webhooks
