#include "core/rest/json_reader.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "nsl/v1/account.pb.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"
#include "nsl/v1/trigger.pb.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::rest {
namespace {

template <class Message>
Checked<Message> read(std::string_view text, FieldNames names = FieldNames::declared) {
  Message message;
  NSL_TRY_VOID(read_json(text, names, message));
  return message;
}

// "NSL-API-0002 /valeu": the code and the pointers of a refusal.
template <class Message>
std::string refusal(std::string_view text) {
  auto message = read<Message>(text);
  if (message.has_value()) return "accepted";
  std::string result(code_name(message.error().code));
  for (const auto& violation : message.error().violations) result += " " + violation.pointer;
  return result;
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

TEST(JsonReader, ReadsEveryKindOfField) {
  const auto function = read<v1::PutFunctionRequest>(R"({
    "name": "a", "runtime": "javascript", "source": "line\n\u00e9\ud83d\ude00",
    "limits": {"wall_ms": 4294967295, "cpu_ms": "7"},
    "secrets": ["x", "y"], "environment": {"K": "v", "k": ""}})");
  ASSERT_TRUE(function.has_value()) << function.error().message;
  EXPECT_EQ(function->runtime(), v1::PutFunctionRequest::javascript);
  EXPECT_EQ(function->source(), "line\n\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(function->limits().wall_ms(), 4294967295U);
  EXPECT_EQ(function->limits().cpu_ms(), 7U);
  EXPECT_EQ(function->secrets_size(), 2);
  EXPECT_EQ(function->environment().at("K"), "v");
  EXPECT_EQ(function->environment_size(), 2);
}

TEST(JsonReader, ReadsSixtyFourBitNumbersAsTextAndAsNumbers) {
  for (const char* text : {R"({"memory_peak_bytes": "18446744073709551615"})",
                           R"({"memory_peak_bytes": 18446744073709551615})"}) {
    const auto stats = read<v1::RunStats>(text);
    ASSERT_TRUE(stats.has_value()) << text;
    EXPECT_EQ(stats->memory_peak_bytes(), 18446744073709551615ULL);
  }
}

TEST(JsonReader, ReadsBothAlphabetsOfBase64) {
  for (const char* text : {R"({"data": "+/8="})", R"({"data": "-_8"})"}) {
    const auto request = read<v1::SignRequest>(text);
    ASSERT_TRUE(request.has_value()) << text;
    EXPECT_EQ(request->data(), "\xfb\xff");
  }
  EXPECT_EQ(refusal<v1::SignRequest>(R"({"data": "+/8=="})"), "invalid_argument /data");
  EXPECT_EQ(refusal<v1::SignRequest>(R"({"data": "a b"})"), "invalid_argument /data");
}

TEST(JsonReader, TakesNullAsAbsent) {
  const auto request = read<v1::PutFunctionRequest>(R"({"name": null, "limits": null})");
  ASSERT_TRUE(request.has_value());
  EXPECT_FALSE(request->has_limits());
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"secrets": [null]})"),
            "invalid_argument /secrets/0");
}

TEST(JsonReader, RefusesEverythingThatIsNotStrictJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "{'name': 'a'}",
                           "{name: \"a\"}",
                           R"({"name": "a",})",
                           R"({"name": "a"} x)",
                           R"({"name": "a"}{})",
                           "{\"name\": \"a\tb\"}",
                           R"({"name": "\x"})",
                           R"({"name": "\ud800"})",
                           R"({"name": 01})",
                           R"({"name": .5})",
                           R"({"name": +1})",
                           R"({"name": NaN})",
                           R"({"name": "a" // no
        })",
                           R"({"name": undefined})",
                           R"({"name": tru})",
                           "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(refusal<v1::PutFunctionRequest>(text), "malformed_json") << text;
  }
  EXPECT_EQ(refusal<v1::PutFunctionRequest>("{\"name\": \"\xff\"}"), "malformed_utf8");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>("{\"name\": \"\xc0\xaf\"}"), "malformed_utf8");
}

TEST(JsonReader, RefusesAMemberGivenTwice) {
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"name": "a", "name": "a"})"),
            "malformed_json /name");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"name": "a", "na\u006de": "b"})"),
            "malformed_json /name");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"environment": {"a": "1", "a": "2"}})"),
            "malformed_json /environment/a");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"name": null, "name": "a"})"),
            "malformed_json /name");
}

TEST(JsonReader, NamesAnUnknownFieldAndTheNearestKnownOne) {
  auto message = read<v1::PutFunctionRequest>(R"({"limits": {"wall_sm": 1}, "sorce": ""})");
  ASSERT_FALSE(message.has_value());
  const Rejection& rejection = message.error();
  EXPECT_EQ(rejection.code, Code::unknown_field);
  ASSERT_EQ(rejection.violations.size(), 2U);
  EXPECT_EQ(rejection.violations[0].pointer, "/limits/wall_sm");
  EXPECT_EQ(rejection.violations[0].message, "is no known field; did you mean \"wall_ms\"?");
  EXPECT_EQ(rejection.violations[1].message, "is no known field; did you mean \"source\"?");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"a/b~c": 1})"), "unknown_field /a~1b~0c");
}

TEST(JsonReader, PointsAtEveryFieldOfTheWrongType) {
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(
                R"({"name": 1, "runtime": 1, "limits": [], "secrets": "a", "environment": []})"),
            "invalid_argument /name /runtime /limits /secrets /environment");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>(R"({"secrets": ["a", {}]})"),
            "invalid_argument /secrets/1");
  EXPECT_EQ(refusal<v1::PutGrantRequest>(R"({"contracts": [{"methods": [true]}], "sign": 1})"),
            "invalid_argument /contracts/0/methods/0 /sign");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>("[]"), "invalid_argument ");
  EXPECT_EQ(refusal<v1::PutFunctionRequest>("1"), "invalid_argument ");
}

TEST(JsonReader, RefusesNumbersOutOfRange) {
  for (const char* number : {"4294967296", "-1", "1.5", "1e2", "\"\"", "\" 1\"", "\"+1\"",
                             "\"0x1\"", "\"1 \"", "true"}) {
    EXPECT_EQ(refusal<v1::FunctionLimits>("{\"wall_ms\": " + std::string(number) + "}"),
              "invalid_argument /wall_ms")
        << number;
  }
}

TEST(JsonReader, RefusesAnUnknownEnumValueAndNamesTheNearest) {
  auto message = read<v1::PutFunctionRequest>(R"({"runtime": "JavaScript"})");
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().violations[0].message,
            "is no known value; did you mean \"javascript\"?");
}

TEST(JsonReader, RefusesTwoMembersOfAChoice) {
  EXPECT_EQ(refusal<v1::CreateSessionRequest>(R"({"api_key": "a", "neo": {}})"),
            "invalid_argument /neo");
  EXPECT_TRUE(read<v1::CreateSessionRequest>(R"({"api_key": "a", "neo": null})").has_value());
}

TEST(JsonReader, TakesCamelCaseNamesOnlyWhereAsked) {
  constexpr std::string_view kText = R"({"allowedFunctions": ["a"]})";
  EXPECT_FALSE(read<v1::PutGrantRequest>(R"({"maxSystemFee": "1"})").has_value());
  auto grant = read<v1::PutGrantRequest>(R"({"maxSystemFee": "1", "max_network_fee": "2"})",
                                         FieldNames::declared_or_camel_case);
  ASSERT_TRUE(grant.has_value());
  EXPECT_EQ(grant->max_system_fee(), "1");
  EXPECT_EQ(grant->max_network_fee(), "2");
  EXPECT_FALSE(read<v1::PutGrantRequest>(R"({"maxSystemFee": "1", "max_system_fee": "2"})",
                                         FieldNames::declared_or_camel_case)
                   .has_value());
  EXPECT_FALSE(read<v1::PutGrantRequest>(kText, FieldNames::declared_or_camel_case).has_value());
}

TEST(JsonReader, BoundsTheViolationsItNames) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += "\"unknown" + std::to_string(i) + "\": 1,";
  text.back() = '}';
  auto message = read<v1::PutFunctionRequest>(text);
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().violations.size(), static_cast<std::size_t>(limits::kViolationsMax));
}

TEST(JsonReader, BoundsTheDepth) {
  const int depth = static_cast<int>(limits::kJsonDepthMax);
  EXPECT_TRUE(check_json(nested(depth - 1)).has_value());
  auto deep = check_json(nested(depth + 1));
  ASSERT_FALSE(deep.has_value());
  EXPECT_EQ(deep.error().code, Code::limit_exceeded);
  EXPECT_FALSE(check_json(nested(100000)).has_value());
}

TEST(JsonReader, ChecksTextThatIsPassedOn) {
  for (const char* text : {"null", "1", "\"a\"", R"({"a": [1, {"b": 2.5e3}], "c": {"a": 1}})"}) {
    EXPECT_TRUE(check_json(text).has_value()) << text;
  }
  for (const char* text :
       {"", R"({"a": 1, "a": 2})", R"([{"a": {"b": 1, "b": 1}}])", "[1,]", "1 2", "nul"}) {
    auto checked = check_json(text);
    ASSERT_FALSE(checked.has_value()) << text;
    EXPECT_EQ(checked.error().code, Code::malformed_json);
  }
}

TEST(JsonReader, SetsScalarsFromText) {
  v1::ListRunsRequest request;
  const auto& type = *request.GetDescriptor();
  EXPECT_TRUE(set_from_text("10", *type.FindFieldByName("limit"), request).has_value());
  EXPECT_TRUE(set_from_text("f", *type.FindFieldByName("function"), request).has_value());
  EXPECT_EQ(request.limit(), 10U);
  EXPECT_EQ(request.function(), "f");
  auto wrong = set_from_text("ten", *type.FindFieldByName("limit"), request);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().violations[0].pointer, "/limit");
  v1::CreateRunRequest run;
  const auto& wait = *run.GetDescriptor()->FindFieldByName("wait");
  EXPECT_TRUE(set_from_text("true", wait, run).has_value());
  EXPECT_TRUE(run.wait());
  EXPECT_FALSE(set_from_text("1", wait, run).has_value());
  v1::PutTriggerRequest trigger;
  EXPECT_FALSE(set_from_text("{}", *trigger.GetDescriptor()->FindFieldByName("source"), trigger)
                   .has_value());
}

}  // namespace
}  // namespace nsl::rest
