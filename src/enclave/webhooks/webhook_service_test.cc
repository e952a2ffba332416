#include "enclave/webhooks/webhook_service.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/limits.h"
#include "enclave/records/names.h"
#include "enclave/webhooks/webhooks_testing.h"

namespace nsl::enclave::webhooks {
namespace {

using nsl::v1::Delivery;

class WebhookServiceTest : public WebhookTest {
 protected:
  Code refusal_of(const std::function<void(nsl::v1::PutWebhookRequest&)>& change) {
    nsl::v1::PutWebhookRequest asked = request();
    change(asked);
    const auto refused = service_.put(alice(), asked);
    return refused.has_value() ? Code::internal : refused.error().code();
  }
  static nsl::v1::DeleteWebhookRequest delete_request() {
    nsl::v1::DeleteWebhookRequest asked;
    asked.set_name("hook");
    return asked;
  }
};

TEST_F(WebhookServiceTest, ShowsASecretOnceAndKeepsItWhenItIsSetAgain) {
  const nsl::v1::Webhook made = put();
  EXPECT_TRUE(made.id().starts_with("whk_"));
  EXPECT_TRUE(made.secret().starts_with("whsec_"));
  EXPECT_EQ(made.attempts(), limits::kWebhookAttemptsMax);
  EXPECT_EQ(webhook().secret(), "");
  EXPECT_EQ(service_.list(alice(), {})->items(0).secret(), "");
  const nsl::v1::Webhook again = put([](auto& asked) { asked.set_ordered(true); });
  EXPECT_EQ(again.id(), made.id());
  EXPECT_EQ(again.secret(), "");
  EXPECT_TRUE(again.ordered());
  EXPECT_NE(again.etag(), made.etag());
}

TEST_F(WebhookServiceTest, RefusesAnEndpointThatIsNone) {
  for (const char* url :
       {"", "http://receiver.example/", "https://", "ftp://receiver.example/",
        "https://user@receiver.example/", "https://0x7f.1/", "receiver.example"}) {
    EXPECT_EQ(refusal_of([url](auto& asked) { asked.set_url(url); }), Code::webhook_invalid) << url;
  }
  EXPECT_EQ(refusal_of([](auto& asked) {
              asked.set_attempts(static_cast<std::uint32_t>(limits::kWebhookAttemptsMax) + 1);
            }),
            Code::webhook_invalid);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_name("No Name"); }), Code::invalid_argument);
}

TEST_F(WebhookServiceTest, HonoursIfMatch) {
  put();
  auto stale = alice();
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.put(stale, request()).error().code(), Code::precondition_failed);
  EXPECT_EQ(service_.remove(stale, delete_request()).error().code(), Code::precondition_failed);
  nsl::v1::RotateWebhookRequest rotate;
  rotate.set_name("hook");
  EXPECT_EQ(service_.rotate(stale, rotate).error().code(), Code::precondition_failed);
}

TEST_F(WebhookServiceTest, RotatesMoreThanOnce) {
  put();
  nsl::v1::RotateWebhookRequest rotate;
  rotate.set_name("hook");
  std::set<std::string> secrets;
  for (int i = 0; i < 4; ++i) {
    const auto rotated = service_.rotate(alice(), rotate);
    ASSERT_TRUE(rotated.has_value()) << rotated.error().message();
    secrets.insert(rotated->secret());
  }
  EXPECT_EQ(secrets.size(), 4U);
  EXPECT_TRUE(service_.remove(alice(), delete_request()).has_value());
}

TEST_F(WebhookServiceTest, LeavesNothingOfADeletedEndpoint) {
  const std::string id = put().id();
  const std::string delivered = accept("1");
  ASSERT_TRUE(service_.remove(alice(), delete_request()).has_value());
  EXPECT_TRUE(vault_->list(delivery_kind(id), "acc_alice", deadline_)->empty());
  EXPECT_FALSE(vault_->find_secret(secret_key("acc_alice", id, 1), deadline_)->has_value());
  EXPECT_TRUE(work()->is_done);
  EXPECT_TRUE(receiver_.requests.empty());
  // One of the same name is another one.
  EXPECT_NE(put().id(), id);
  EXPECT_EQ(replay(delivered).error().code(), Code::delivery_not_found);
}

TEST_F(WebhookServiceTest, ReplaysOnlyWhatHasEnded) {
  put();
  const std::string id = accept("1");
  EXPECT_EQ(replay(id).error().code(), Code::delivery_pending);
  ASSERT_TRUE(work()->is_done);
  const auto again = replay(id);
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(again->state(), Delivery::PENDING);
  EXPECT_EQ(host_.jobs().back(), kJob);
  EXPECT_TRUE(work()->is_done);
  ASSERT_EQ(receiver_.requests.size(), 2U);
  EXPECT_EQ(receiver_.header(1, "webhook-id"), id);
  EXPECT_EQ(delivery(id).attempts(), 1U);
}

TEST_F(WebhookServiceTest, ReplaysADeadLetterWithAllItsAttempts) {
  put([](auto& asked) { asked.set_attempts(2); });
  const std::string id = accept("1");
  receiver_.status = 500;
  EXPECT_EQ(work_until_ended(id).state(), Delivery::DEAD);
  ASSERT_TRUE(replay(id).has_value());
  EXPECT_EQ(work_until_ended(id).state(), Delivery::DEAD);
  EXPECT_EQ(receiver_.requests.size(), 4U);
}

TEST_F(WebhookServiceTest, ListsDeliveriesNewestFirstAndByState) {
  put();
  const std::string first = accept("1");
  const std::string second = accept("2");
  ASSERT_TRUE(work()->is_done);
  const std::string third = accept("3");
  ASSERT_EQ(deliveries().items_size(), 3);
  EXPECT_EQ(deliveries().items(0).id(), third);
  EXPECT_EQ(deliveries().items(2).id(), first);
  EXPECT_EQ(deliveries(Delivery::SUCCEEDED).items_size(), 2);
  EXPECT_EQ(deliveries(Delivery::PENDING).items(0).id(), third);
  nsl::v1::ListDeliveriesRequest page;
  page.set_name("hook");
  page.set_limit(2);
  page.set_cursor(service_.list_deliveries(alice(), page)->next_cursor());
  EXPECT_EQ(page.cursor(), second);
  EXPECT_EQ(service_.list_deliveries(alice(), page)->items(0).id(), first);
}

TEST_F(WebhookServiceTest, HidesOneAccountsWebhooksFromAnother) {
  put();
  nsl::v1::GetWebhookRequest get;
  get.set_name("hook");
  EXPECT_EQ(service_.get(bob(), get).error().code(), Code::webhook_not_found);
  EXPECT_EQ(service_.remove(bob(), delete_request()).error().code(), Code::webhook_not_found);
  nsl::v1::RotateWebhookRequest rotate;
  rotate.set_name("hook");
  EXPECT_EQ(service_.rotate(bob(), rotate).error().code(), Code::webhook_not_found);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
  // Of the same name, and another one.
  EXPECT_NE(service_.put(bob(), request())->id(), webhook().id());
}

TEST_F(WebhookServiceTest, HidesOneAccountsDeliveriesFromAnother) {
  put();
  ASSERT_TRUE(service_.put(bob(), request()).has_value());
  const std::string id = accept("1");
  ASSERT_TRUE(work()->is_done);
  nsl::v1::ReplayDeliveryRequest asked;
  asked.set_name("hook");
  asked.set_delivery(id);
  EXPECT_EQ(service_.replay(bob(), asked).error().code(), Code::delivery_not_found);
  nsl::v1::ListDeliveriesRequest all;
  all.set_name("hook");
  EXPECT_EQ(service_.list_deliveries(bob(), all)->items_size(), 0);
}

TEST_F(WebhookServiceTest, BoundsTheWebhooksOfAnAccount) {
  fill(records::kind::kWebhook, limits::kWebhooksPerAccountMax - 1);
  EXPECT_TRUE(service_.put(alice(), request()).has_value());
  auto one_more = request();
  one_more.set_name("one-more");
  EXPECT_EQ(service_.put(alice(), one_more).error().code(), Code::limit_exceeded);
  EXPECT_TRUE(service_.put(alice(), request()).has_value());
}

}  // namespace
}  // namespace nsl::enclave::webhooks
