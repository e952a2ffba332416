#include "enclave/webhooks/delivery_book.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/webhooks/webhooks_testing.h"

namespace nsl::enclave::webhooks {
namespace {

using nsl::v1::Delivery;
using DeliveryBookTest = WebhookTest;

TEST_F(DeliveryBookTest, WhatIsAcceptedWaitsWithItsJob) {
  put();
  const std::string id = accept("1");
  EXPECT_EQ(host_.jobs().back(), kJob);
  EXPECT_EQ(delivery(id).state(), Delivery::PENDING);
  EXPECT_EQ(delivery(id).webhook(), "hook");
  EXPECT_EQ(delivery(id).subscription(), "all");
  EXPECT_EQ(delivery(id).event(), "0x01/Application/0");
  EXPECT_NE(delivery(id).next_attempt_at(), "");
  EXPECT_EQ(webhook().pending(), 1U);
}

TEST_F(DeliveryBookTest, NothingIsAcceptedForAnEndpointThatIsNotThere) {
  vault::Batch batch;
  const NewDelivery added{.account = "acc_bob",
                          .webhook = "hook",
                          .subscription = {},
                          .event = {},
                          .body = "1",
                          .now = clock_.wall_time()};
  put();
  EXPECT_EQ(book_.add_to_batch(batch, added, random_, deadline_).error().code(),
            Code::webhook_not_found);
  EXPECT_TRUE(batch.empty());
}

TEST_F(DeliveryBookTest, WhatFindsAFullQueueIsADeadLetter) {
  put();
  for (std::int64_t i = 0; i < limits::kWebhookPendingMax; ++i) accept("1");
  const std::string id = accept("2");
  EXPECT_EQ(webhook().pending(), limits::kWebhookPendingMax);
  EXPECT_EQ(delivery(id).state(), Delivery::DEAD);
  EXPECT_TRUE(delivery(id).last_error().starts_with("NSL-WEBHOOK-0005"));
  EXPECT_EQ(replay(id).error().code(), Code::webhook_queue_full);
}

TEST_F(DeliveryBookTest, ForgetsTheOldestEndedDeliveriesAboveTheBound) {
  put();
  const std::string first = accept("first");
  receiver_.status = 500;
  EXPECT_FALSE(work()->is_done);
  receiver_.status = 200;
  std::string oldest_ended;
  for (std::int64_t i = 0; i < limits::kWebhookDeliveriesKeptMax + 20; ++i) {
    const std::string id = accept("1");
    if (oldest_ended.empty()) oldest_ended = id;
    ASSERT_TRUE(work().has_value());
  }
  const auto all = vault_->list(delivery_kind(webhook().id()), "acc_alice", deadline_).value();
  EXPECT_LE(all.size(), static_cast<std::size_t>(limits::kWebhookDeliveriesKeptMax));
  EXPECT_EQ(book_.get_delivery("acc_alice", webhook().id(), oldest_ended, deadline_).error().code(),
            Code::delivery_not_found);
  // What waits is never forgotten.
  EXPECT_EQ(delivery(first).state(), Delivery::PENDING);
}

TEST_F(DeliveryBookTest, TwoWritersNeverBothSucceed) {
  put();
  const NewDelivery added{.account = "acc_alice",
                          .webhook = "hook",
                          .subscription = {},
                          .event = {},
                          .body = "1",
                          .now = clock_.wall_time()};
  vault::Batch one;
  vault::Batch two;
  ASSERT_TRUE(book_.add_to_batch(one, added, random_, deadline_).has_value());
  ASSERT_TRUE(book_.add_to_batch(two, added, random_, deadline_).has_value());
  EXPECT_TRUE(vault_->commit(std::move(one), deadline_).has_value());
  EXPECT_EQ(vault_->commit(std::move(two), deadline_).error().code(), Code::version_conflict);
}

TEST_F(DeliveryBookTest, AnAttemptIsNotedThoughAnotherDeliveryCameMeanwhile) {
  put();
  const std::string id = accept("1");
  receiver_.on_request = [this] {
    if (receiver_.requests.size() == 1) accept("2");
  };
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(delivery(id).state(), Delivery::SUCCEEDED);
  EXPECT_EQ(receiver_.bodies(), "12");
  EXPECT_EQ(webhook().pending(), 0U);
}

}  // namespace
}  // namespace nsl::enclave::webhooks
