#include "core/neo/json.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kBytesMax = 4096;

Code code_of(std::string_view text) { return parse_json(text, kBytesMax).error().code(); }

TEST(Json, PrintsWhatItReads) {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-9223372036854775808", "18446744073709551615", "1.5", "1.0",
        "-0.0", "1e+300", R"("a\"b\\c")", "[]", "{}", R"([1,[2,"x"],{"b":null,"a":[true]}])"}) {
    const JsonValue value = parse_json(text, kBytesMax).value();
    EXPECT_EQ(to_text(value), text);
    EXPECT_EQ(parse_json(to_text(value), kBytesMax).value(), value);
  }
}

TEST(Json, KeepsTheOrderOfMembers) {
  JsonValue value = JsonValue::object();
  value.add("z", JsonValue::integer(1)).add("a", JsonValue::array().add(JsonValue()));
  EXPECT_EQ(to_text(value), R"({"z":1,"a":[null]})");
  EXPECT_EQ(value.find("z")->to_int64(), 1);
  EXPECT_EQ(value.find("b"), nullptr);
  EXPECT_EQ(JsonValue().find("b"), nullptr);
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"", "nul", "{'a':1}", "[1,]", "{\"a\":1,}", "01", "1 2",
                                      "\"\xff\"", "{\"a\":1,\"a\":2}", "18446744073709551616"}) {
    EXPECT_EQ(code_of(text), Code::malformed_json) << text;
  }
}

TEST(Json, RefusesWhatIsTooDeepOrTooLong) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(limits::kJsonDepthMax - 1), kBytesMax).has_value());
  EXPECT_EQ(code_of(nested(limits::kJsonDepthMax + 1)), Code::malformed_json);
  EXPECT_EQ(parse_json("[1,2]", 4).error().code(), Code::limit_exceeded);
}

TEST(Json, ReadsNumbersWithEveryDigit) {
  EXPECT_EQ(parse_json("18446744073709551615", kBytesMax)->to_uint64(), UINT64_MAX);
  EXPECT_EQ(parse_json("18446744073709551615", kBytesMax)->to_int64(), std::nullopt);
  EXPECT_EQ(parse_json("-1", kBytesMax)->to_int64(), -1);
  EXPECT_EQ(parse_json("-1", kBytesMax)->to_uint64(), std::nullopt);
  EXPECT_EQ(parse_json("1.0", kBytesMax)->to_int64(), std::nullopt);
  EXPECT_EQ(JsonValue::unsigned_integer(7), JsonValue::integer(7));
  EXPECT_NE(JsonValue::real(7), JsonValue::integer(7));
}

TEST(JsonMembers, NamesTheMemberThatIsWrong) {
  const JsonValue value =
      parse_json(R"({"text":"x","flag":true,"count":7,"list":[1,2],"none":null})", kBytesMax)
          .value();
  const JsonMembers members(value, Code::invalid_nep6);
  EXPECT_EQ(members.get_string("text").value(), "x");
  EXPECT_EQ(members.get_boolean("flag").value(), true);
  EXPECT_EQ(members.get_unsigned("count", 7).value(), 7U);
  EXPECT_EQ(members.get_array("list", 2)->get().size(), 2U);
  EXPECT_EQ(members.find("none"), nullptr);
  EXPECT_EQ(members.get_string("none").error().message(), "The member none is missing");
  EXPECT_EQ(members.get_string("flag").error().code(), Code::invalid_nep6);
  EXPECT_FALSE(members.get_boolean("text").has_value());
  EXPECT_FALSE(members.get_unsigned("count", 6).has_value());
  EXPECT_FALSE(members.get_unsigned("text", 6).has_value());
  EXPECT_FALSE(members.get_array("list", 1).has_value());
  EXPECT_FALSE(members.get_array("text", 1).has_value());
  EXPECT_FALSE(JsonMembers(JsonValue(), Code::invalid_nep6).get("text").has_value());
}

}  // namespace
}  // namespace nsl::neo
