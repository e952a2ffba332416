#include "enclave/hooks/hook_message.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.h"
#include "core/codec/base64.h"

namespace nsl::enclave::hooks {
namespace {

// From the tests of the reference libraries (github.com/standard-webhooks/standard-webhooks,
// libraries/*/tests): secret, id, time and body, and the signature they expect.
constexpr const char* kSecret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kTimestamp = "1614265330";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

Bytes secret() { return codec::decode_base64(kSecret).value(); }

HookMessage message() {
  return {.id = kId, .timestamp = kTimestamp, .signatures = kSignature, .body = kBody};
}

nsl::v1::ReceiveHookRequest request(const std::vector<std::pair<std::string, std::string>>& headers,
                                    const std::string& body) {
  nsl::v1::ReceiveHookRequest result;
  for (const auto& [name, value] : headers) {
    auto* header = result.add_headers();
    header->set_name(name);
    header->set_value(value);
  }
  result.set_body(body);
  return result;
}

TEST(HookMessage, TakesTheSignatureOfTheReferenceLibraries) {
  EXPECT_TRUE(is_signed(message(), secret()));
}

TEST(HookMessage, TakesOneGoodSignatureAmongSeveral) {
  HookMessage several = message();
  const std::string text = "v1,bm90IGl0 v1a,other " + std::string(kSignature) + " v2,x";
  several.signatures = text;
  EXPECT_TRUE(is_signed(several, secret()));
}

TEST(HookMessage, RefusesWhateverWasChanged) {
  const auto is_taken_with = [](void (*change)(HookMessage&)) {
    HookMessage changed = message();
    change(changed);
    return is_signed(changed, secret());
  };
  EXPECT_FALSE(is_taken_with([](HookMessage& m) { m.body = R"({"test": 2432232315})"; }));
  EXPECT_FALSE(is_taken_with([](HookMessage& m) { m.id = "msg_other"; }));
  EXPECT_FALSE(is_taken_with([](HookMessage& m) { m.id = ""; }));
  EXPECT_FALSE(is_taken_with([](HookMessage& m) { m.timestamp = "1614265331"; }));
  EXPECT_FALSE(is_taken_with([](HookMessage& m) { m.signatures = ""; }));
  EXPECT_FALSE(is_taken_with([](HookMessage& m) { m.signatures = m.signatures.substr(3); }));
  EXPECT_FALSE(is_signed(message(), as_bytes("another secret")));
}

TEST(HookMessage, AnIdWithADotIsNone) {
  // "a.1" at 2 with body "b" has the signature of "a" at 1 with body "2.b".
  EXPECT_EQ(parse_message(request({{"webhook-id", "a.1"}}, "")).id, "");
  EXPECT_EQ(parse_message(request({{"webhook-id", "a-1"}}, "")).id, "a-1");
}

TEST(HookMessage, AnIdBeyondTheBoundIsNone) {
  const auto longest = static_cast<std::size_t>(limits::kHookIdBytesMax);
  EXPECT_EQ(parse_message(request({{"webhook-id", std::string(longest, 'a')}}, "")).id.size(),
            longest);
  EXPECT_EQ(parse_message(request({{"webhook-id", std::string(longest + 1, 'a')}}, "")).id, "");
}

TEST(HookMessage, IsOfNowWithinTheSkew) {
  const std::int64_t time_ms = 1614265330'000;
  for (const std::int64_t sign : {-1, 1}) {
    EXPECT_TRUE(is_of_now(message(), WallTime(time_ms + sign * limits::kHookSkewMsMax)));
    EXPECT_FALSE(is_of_now(message(), WallTime(time_ms + sign * (limits::kHookSkewMsMax + 1))));
  }
  for (const char* text : {"", "x", "1614265330.5", "-1", " 1614265330", "99999999999999999999"}) {
    HookMessage other = message();
    other.timestamp = text;
    EXPECT_FALSE(is_of_now(other, WallTime(time_ms))) << text;
  }
}

TEST(HookMessage, AnEmptyHashIsNobodysToken) {
  EXPECT_FALSE(has_token("", ""));
  EXPECT_FALSE(has_token("token", ""));
}

TEST(HookMessage, ShowsTheFunctionTheHeadersOfTheTrigger) {
  nsl::v1::WebhookSource source;
  source.add_headers("x-kind");
  const auto input = to_input(request({{"content-type", "text/plain"},
                                       {"webhook-id", "m1"},
                                       {"webhook-signature", "v1,x"},
                                       {"x-kind", "push \"now\""},
                                       {"x-other", "no"}},
                                      "a\nb"),
                              source);
  EXPECT_EQ(input.value(), R"({"id":"m1","method":"POST","headers":{"content-type":"text/plain",)"
                           R"("webhook-id":"m1","x-kind":"push \"now\""},"body":"a\u000ab"})");
}

TEST(HookMessage, ABodyThatIsNoTextIsBase64) {
  const auto input = to_input(request({}, "\xff\x01"), {});
  EXPECT_EQ(input.value(), R"({"id":null,"method":"POST","headers":{},"body_base64":"/wE="})");
}

TEST(HookMessage, RefusesWhatNoFunctionCanTake) {
  const auto large = static_cast<std::size_t>(limits::kHookBodyBytesMax);
  EXPECT_TRUE(to_input(request({}, std::string(large, 'a')), {}).has_value());
  // Each of these bytes is six in JSON.
  const auto input = to_input(request({}, std::string(large, '\x01')), {});
  EXPECT_EQ(input.error().code(), Code::payload_too_large);
}

}  // namespace
}  // namespace nsl::enclave::hooks
