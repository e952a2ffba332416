#include "enclave/webhooks/signature.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "enclave/webhooks/retry.h"

namespace nsl::enclave::webhooks {
namespace {

// The example of the Standard Webhooks reference libraries (standard-webhooks/standard-webhooks,
// libraries/python/tests/test_webhooks.py, test_sign_function).
TEST(WebhookSignature, IsThatOfTheReferenceLibraries) {
  const Bytes secret = codec::decode_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
  EXPECT_EQ(sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                 as_bytes(R"({"test": 2432232314})")),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, CoversIdTimeAndBody) {
  const Bytes secret(32, 1);
  const std::string whole = sign(secret, "a", "1", as_bytes("b"));
  EXPECT_NE(sign(secret, "x", "1", as_bytes("b")), whole);
  EXPECT_NE(sign(secret, "a", "2", as_bytes("b")), whole);
  EXPECT_NE(sign(secret, "a", "1", as_bytes("c")), whole);
  EXPECT_NE(sign(Bytes(32, 2), "a", "1", as_bytes("b")), whole);
}

TEST(WebhookSignature, SecretsAreWrittenWithTheirPrefix) {
  EXPECT_EQ(to_text(Secret<kSecretSize>()), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  EXPECT_EQ(timestamp_text(WallTime(1'614'265'330'999)), "1614265330");
}

TEST(WebhookRetry, GrowsFromTheShortestToTheLongestPause) {
  SeededRandom random(7);
  std::int64_t before = 0;
  for (std::uint32_t attempt = 1; attempt < 40; ++attempt) {
    const std::int64_t pause = retry_pause_ms(attempt, random);
    EXPECT_GE(pause, limits::kWebhookRetryMsMin / 2);
    EXPECT_LE(pause, limits::kWebhookRetryMsMax);
    // Three times as long, whatever the jitter, until the longest one.
    EXPECT_TRUE(pause > before || attempt > 8) << attempt;
    before = pause;
  }
  EXPECT_GE(before, limits::kWebhookRetryMsMax / 2);
}

TEST(WebhookRetry, ScattersThePausesOfManyDeliveries) {
  SeededRandom random(7);
  EXPECT_NE(retry_pause_ms(5, random), retry_pause_ms(5, random));
}

TEST(WebhookRetry, WaitsAsLongAsTheReceiverAsksWithinTheLongestPause) {
  EXPECT_EQ(parse_retry_after_ms("120"), 120'000);
  EXPECT_EQ(parse_retry_after_ms("999999999"), limits::kWebhookRetryMsMax);
  for (const char* none :
       {"", "-1", "1.5", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999999999999999"}) {
    EXPECT_EQ(parse_retry_after_ms(none), 0) << none;
  }
}

}  // namespace
}  // namespace nsl::enclave::webhooks
