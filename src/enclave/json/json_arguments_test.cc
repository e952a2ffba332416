#include "enclave/json/json_arguments.h"

#include <gtest/gtest.h>

namespace nsl::enclave::json {
namespace {

JsonArguments arguments(const char* text) { return JsonArguments::parse(text).value(); }

TEST(JsonArguments, AreAnObjectOfStrictJson) {
  EXPECT_TRUE(JsonArguments::parse("{}").has_value());
  for (const char* bad : {"", "[]", "1", "{'a':1}", "{\"a\":1,}", "{} {}", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(JsonArguments::parse(bad).error().code(), Code::malformed_json) << bad;
  }
}

TEST(JsonArguments, NamesTheFieldThatIsWrong) {
  const JsonArguments parsed = arguments(R"({"a": 1})");
  EXPECT_EQ(parsed.get_text("a").error().message(), "a: must be a text");
  EXPECT_EQ(parsed.get_text("b").error().message(), "b: is needed");
  EXPECT_EQ(parsed.get_unsigned("a").value(), 1U);
  EXPECT_FALSE(arguments(R"({"a": -1})").get_unsigned("a").has_value());
}

TEST(JsonArguments, KeepsAFieldsOwnJson) {
  EXPECT_EQ(arguments(R"({"v": {"x": [1, 2.50, "é"]}})").raw("v"), R"({"x":[1,2.5,"é"]})");
  EXPECT_EQ(arguments("{}").raw("v"), "null");
}

TEST(JsonArguments, TurnsPlainValuesIntoContractArguments) {
  const auto items = arguments(R"({"args": [1, "text", true, null, ["a"]]})")
                         .get_contract_arguments("args")
                         .value();
  ASSERT_EQ(items.size(), 5U);
  EXPECT_EQ(items[0], neo::StackItem::integer(std::int64_t{1}));
  EXPECT_EQ(items[1], neo::StackItem::byte_string(std::string_view("text")));
  EXPECT_EQ(items[2], neo::StackItem::boolean(true));
  EXPECT_TRUE(items[3].is_null());
}

TEST(JsonArguments, TakesTypedContractArguments) {
  const auto items = arguments(R"({"args": [
      {"type": "Integer", "value": "123456789012345678901234567890"},
      {"type": "ByteArray", "value": "AQI="},
      {"type": "Hash160", "value": "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i"}]})")
                         .get_contract_arguments("args")
                         .value();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[1], neo::StackItem::byte_string(Bytes{1, 2}));
  EXPECT_EQ(items[2].to_bytes()->size(), 20U);
}

TEST(JsonArguments, RefusesContractArgumentsThatWouldLoseMeaning) {
  for (const char* bad : {R"({"args": [1.5]})", R"({"args": [{"value": 1}]})",
                          R"({"args": [{"type": "Map", "value": []}]})", R"({"args": {}})",
                          R"({"args": [[[[[[[[[[[[1]]]]]]]]]]]]})"}) {
    EXPECT_FALSE(arguments(bad).get_contract_arguments("args").has_value()) << bad;
  }
}

}  // namespace
}  // namespace nsl::enclave::json
