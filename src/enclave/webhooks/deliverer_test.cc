#include "enclave/webhooks/deliverer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "enclave/webhooks/signature.h"
#include "enclave/webhooks/webhooks_testing.h"

namespace nsl::enclave::webhooks {
namespace {

using nsl::v1::Delivery;
class DelivererTest : public WebhookTest {
 protected:
  // Delivers to endpoints whose receivers each wait for the next one; how many were called.
  std::size_t call_crowd(std::size_t accounts, std::size_t endpoints_each) {
    std::vector<std::string> jobs;
    for (std::size_t account = 0; account < accounts; ++account) {
      for (std::size_t endpoint = 0; endpoint < endpoints_each; ++endpoint) {
        const std::string owner = fmt::format("acc_{}", account);
        nsl::v1::PutWebhookRequest asked = request();
        asked.set_name(fmt::format("h{}", endpoint));
        EXPECT_TRUE(service_.put(call_of(owner.c_str()), asked).has_value());
        vault::Batch batch;
        EXPECT_TRUE(book_
                        .add_to_batch(batch,
                                      {.account = owner,
                                       .webhook = asked.name(),
                                       .subscription = {},
                                       .event = {},
                                       .body = "1",
                                       .now = clock_.wall_time()},
                                      random_, deadline_)
                        .has_value());
        EXPECT_TRUE(vault_->commit(std::move(batch), deadline_).has_value());
        jobs.push_back(job_of(owner, asked.name()));
      }
    }
    std::size_t next = 1;
    std::size_t most = 0;
    receiver_.on_request = [&] {
      most = std::max(most, next);
      if (next < jobs.size()) {
        const std::string job = jobs[next++];
        EXPECT_TRUE(deliverer_.carry_out(job, late_).has_value());
      }
    };
    EXPECT_TRUE(deliverer_.carry_out(jobs[0], late_).has_value());
    return most;
  }
};

Bytes key_of(const std::string& secret) {
  return codec::decode_base64(secret.substr(std::string("whsec_").size())).value();
}

TEST_F(DelivererTest, SendsABodyAsItIsWithTheSignatureOfItsSecret) {
  const nsl::v1::Webhook made = put();
  const std::string id = accept(R"({"a":1})");
  EXPECT_TRUE(work()->is_done);
  ASSERT_EQ(receiver_.requests.size(), 1U);
  const outcall::HttpRequest& sent = receiver_.requests[0];
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://receiver.example:8443/in?key=7");
  EXPECT_EQ(sent.body, R"({"a":1})");
  EXPECT_EQ(receiver_.header(0, "content-type"), "application/json");
  EXPECT_EQ(receiver_.header(0, "webhook-id"), id);
  const std::string timestamp = receiver_.header(0, "webhook-timestamp");
  EXPECT_EQ(timestamp, timestamp_text(clock_.wall_time()));
  EXPECT_EQ(receiver_.header(0, "webhook-signature"),
            sign(key_of(made.secret()), id, timestamp, as_bytes(sent.body)));
  EXPECT_EQ(delivery(id).state(), Delivery::SUCCEEDED);
  EXPECT_EQ(delivery(id).status(), 204U);
  EXPECT_EQ(delivery(id).attempts(), 1U);
}

TEST_F(DelivererTest, CallsNothingButTheEndpointsOwnHostAndFollowsNoRedirect) {
  put();
  const std::string id = accept("1");
  receiver_.status = 302;
  receiver_.headers = {{.name = "Location", .value = "https://elsewhere.example/"}};
  EXPECT_FALSE(work()->is_done);
  ASSERT_EQ(receiver_.requests.size(), 1U);
  EXPECT_EQ(receiver_.policies[0].allowed_hosts, std::vector<std::string>{"receiver.example:8443"});
  EXPECT_EQ(receiver_.policies[0].plain_http, outcall::PlainHttp::refused);
  EXPECT_EQ(receiver_.policies[0].redirects, outcall::RedirectRule::give_back);
  EXPECT_EQ(delivery(id).status(), 302U);
}

TEST_F(DelivererTest, SendsWhatWasTakenNeverAgain) {
  put();
  accept("1");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(receiver_.requests.size(), 1U);
}

TEST_F(DelivererTest, TriesAgainUnderTheSameIdAndANewTime) {
  put();
  const std::string id = accept("1");
  receiver_.status = 500;
  const auto first = work();
  EXPECT_FALSE(first->is_done);
  EXPECT_GE(first->retry_after_ms, limits::kWebhookRetryMsMin / 2);
  EXPECT_LE(first->retry_after_ms, limits::kWebhookRetryMsMin);
  EXPECT_EQ(delivery(id).state(), Delivery::PENDING);
  // The host asks too early: no attempt.
  EXPECT_FALSE(work()->is_done);
  EXPECT_EQ(receiver_.requests.size(), 1U);
  clock_.advance_ms(limits::kWebhookRetryMsMin);
  receiver_.status = 200;
  EXPECT_TRUE(work()->is_done);
  ASSERT_EQ(receiver_.requests.size(), 2U);
  EXPECT_EQ(receiver_.header(1, "webhook-id"), id);
  EXPECT_NE(receiver_.header(1, "webhook-timestamp"), receiver_.header(0, "webhook-timestamp"));
  EXPECT_EQ(delivery(id).attempts(), 2U);
  EXPECT_EQ(delivery(id).last_error(), "");
}

TEST_F(DelivererTest, SaysWhyAnAttemptFailed) {
  put();
  const std::string id = accept("1");
  receiver_.status = 503;
  EXPECT_FALSE(work()->is_done);
  EXPECT_EQ(delivery(id).last_error(), "NSL-WEBHOOK-0006 The receiver answered 503");
  clock_.advance_ms(limits::kWebhookRetryMsMax);
  receiver_.failure = Code::private_address_refused;
  EXPECT_FALSE(work()->is_done);
  EXPECT_TRUE(delivery(id).last_error().starts_with(code_text(Code::private_address_refused)));
  EXPECT_EQ(delivery(id).status(), 0U);
}

TEST_F(DelivererTest, GivesUpAfterTheLastAttempt) {
  put();
  const std::string id = accept("1");
  receiver_.failure = Code::tls_failed;
  EXPECT_EQ(work_until_ended(id).state(), Delivery::DEAD);
  EXPECT_EQ(delivery(id).attempts(), limits::kWebhookAttemptsMax);
  EXPECT_EQ(receiver_.requests.size(), static_cast<std::size_t>(limits::kWebhookAttemptsMax));
  EXPECT_TRUE(work()->is_done);
}

TEST_F(DelivererTest, GivesUpEarlierWhereTheEndpointSaysSo) {
  put([](auto& asked) { asked.set_attempts(2); });
  const std::string id = accept("1");
  receiver_.status = 404;
  EXPECT_EQ(work_until_ended(id).attempts(), 2U);
  EXPECT_EQ(delivery(id).state(), Delivery::DEAD);
}

TEST_F(DelivererTest, WaitsAsLongAsTheReceiverAsks) {
  put();
  const std::string id = accept("1");
  receiver_.status = 429;
  receiver_.headers = {{.name = "Retry-After", .value = "600"}};
  EXPECT_EQ(work()->retry_after_ms, 600'000);
  EXPECT_EQ(delivery(id).next_attempt_at(),
            to_rfc3339(WallTime(clock_.wall_time().value() + 600'000)));
}

TEST_F(DelivererTest, AReceiverThatIsGoneIsNotCalledAgain) {
  put();
  const std::string first = accept("1");
  receiver_.status = 410;
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(delivery(first).state(), Delivery::DEAD);
  EXPECT_TRUE(webhook().disabled());
  const std::string second = accept("2");
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(receiver_.requests.size(), 1U);
  EXPECT_EQ(delivery(second).state(), Delivery::PENDING);
}

TEST_F(DelivererTest, WhatCameWhileItWasDisabledGoesOutAfterwards) {
  put([](auto& asked) { asked.set_disabled(true); });
  const std::string id = accept("1");
  EXPECT_TRUE(work()->is_done);
  EXPECT_TRUE(receiver_.requests.empty());
  put();
  EXPECT_EQ(host_.jobs().back(), kJob);
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(delivery(id).state(), Delivery::SUCCEEDED);
}

TEST_F(DelivererTest, AnOrderedEndpointsNextWaitsForTheOneBefore) {
  put([](auto& asked) { asked.set_ordered(true); });
  accept("1");
  receiver_.status = 500;
  EXPECT_FALSE(work()->is_done);
  accept("2");
  accept("3");
  EXPECT_FALSE(work()->is_done);
  EXPECT_EQ(receiver_.bodies(), "1");
  clock_.advance_ms(limits::kWebhookRetryMsMin);
  receiver_.status = 200;
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(receiver_.bodies(), "1123");
}

TEST_F(DelivererTest, AnOrderedEndpointGoesOnBehindADeadLetter) {
  put([](auto& asked) {
    asked.set_ordered(true);
    asked.set_attempts(1);
  });
  const std::string first = accept("1");
  const std::string second = accept("2");
  receiver_.status = 500;
  receiver_.on_request = [this] {
    if (receiver_.requests.size() == 2) receiver_.status = 200;
  };
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(delivery(first).state(), Delivery::DEAD);
  EXPECT_EQ(delivery(second).state(), Delivery::SUCCEEDED);
}

TEST_F(DelivererTest, OneFailureHoldsUpNoOtherDeliveryOfAnUnorderedEndpoint) {
  put();
  accept("1");
  receiver_.status = 500;
  EXPECT_FALSE(work()->is_done);
  accept("2");
  receiver_.status = 200;
  EXPECT_FALSE(work()->is_done);
  EXPECT_EQ(receiver_.bodies(), "12");
}

TEST_F(DelivererTest, WhatTheHostsTroubleKeepsFromBeingSentIsNoAttempt) {
  put();
  const std::string id = accept("1");
  for (const Code trouble : {Code::unavailable, Code::cancelled, Code::overloaded}) {
    receiver_.failure = trouble;
    const auto outcome = work();
    EXPECT_TRUE(!outcome.has_value() || !outcome->is_done);
  }
  EXPECT_EQ(delivery(id).attempts(), 0U);
  receiver_.failure.reset();
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(delivery(id).attempts(), 1U);
}

TEST_F(DelivererTest, GoesOnInAnotherLife) {
  put();
  const std::string id = accept("1");
  Deliverer next({.vault = *vault_, .http = receiver_, .clock = clock_, .random = random_});
  EXPECT_TRUE(next.carry_out(kJob, late_)->is_done);
  EXPECT_EQ(delivery(id).state(), Delivery::SUCCEEDED);
}

TEST_F(DelivererTest, SignsWithTheOldSecretTooForADayAfterARotation) {
  const std::string old_secret = put().secret();
  nsl::v1::RotateWebhookRequest rotate;
  rotate.set_name("hook");
  const std::string new_secret = service_.rotate(alice(), rotate)->secret();
  EXPECT_NE(new_secret, old_secret);
  const auto signature = [&](std::size_t request, const std::string& secret) {
    return sign(key_of(secret), receiver_.header(request, "webhook-id"),
                receiver_.header(request, "webhook-timestamp"),
                as_bytes(receiver_.requests[request].body));
  };
  accept("1");
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(receiver_.header(0, "webhook-signature"),
            signature(0, new_secret) + " " + signature(0, old_secret));
  clock_.advance_ms(limits::kWebhookSecretOverlapMs);
  accept("2");
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(receiver_.header(1, "webhook-signature"), signature(1, new_secret));
}

TEST_F(DelivererTest, EndsItsTurnInTime) {
  put();
  for (int i = 0; i < 5; ++i) accept("x");
  receiver_.on_request = [this] { clock_.advance_ms(limits::kWebhookTurnMsMax / 2); };
  EXPECT_FALSE(work()->is_done);
  EXPECT_EQ(receiver_.requests.size(), 2U);
  EXPECT_EQ(webhook().pending(), 3U);
}

TEST_F(DelivererTest, TheSameEndpointIsDeliveredToOnceAtATime) {
  put();
  accept("1");
  receiver_.on_request = [this] { EXPECT_FALSE(work()->is_done); };
  EXPECT_TRUE(work()->is_done);
  EXPECT_EQ(receiver_.requests.size(), 1U);
}

TEST_F(DelivererTest, LeavesRoomForOtherJobs) {
  static_assert(limits::kWebhookTurnsMax < limits::kJobsParallelMax);
  EXPECT_EQ(call_crowd(static_cast<std::size_t>(limits::kWebhookTurnsMax) + 3, 1),
            static_cast<std::size_t>(limits::kWebhookTurnsMax));
}

TEST_F(DelivererTest, OneAccountDoesNotTakeEveryTurn) {
  EXPECT_EQ(call_crowd(1, static_cast<std::size_t>(limits::kWebhookTurnsPerAccountMax) + 3),
            static_cast<std::size_t>(limits::kWebhookTurnsPerAccountMax));
}

TEST_F(DelivererTest, JobsTheHostInventsDoNothing) {
  put();
  accept("1");
  for (const char* job : {"webhook", "webhook/acc_alice", "webhook//", "execute/acc_alice/hook"}) {
    EXPECT_FALSE(deliverer_.carry_out(job, late_).has_value()) << job;
  }
  for (const char* job : {"webhook/acc_bob/hook", "webhook/acc_alice/other"}) {
    EXPECT_TRUE(deliverer_.carry_out(job, late_)->is_done) << job;
  }
  EXPECT_TRUE(receiver_.requests.empty());
}

TEST_F(DelivererTest, ShowsTheHostNeitherUrlNorBodyNorSecret) {
  const std::string secret = put().secret();
  accept("the-body");
  EXPECT_EQ(host_.everything().find("receiver.example"), std::string::npos);
  EXPECT_EQ(host_.everything().find("the-body"), std::string::npos);
  EXPECT_EQ(host_.everything().find(as_text(key_of(secret))), std::string::npos);
}

}  // namespace
}  // namespace nsl::enclave::webhooks
