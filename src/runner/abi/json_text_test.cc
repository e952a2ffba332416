#include "runner/abi/json_text.h"

#include <gtest/gtest.h>

#include <string>

using namespace nsl::runner::abi;

namespace {

TEST(JsonText, AcceptsEveryKindOfValue) {
  for (const char* text : {"null", "true", "false", "0", "-0", "10", "-1.5", "1e9", "1.25E-3",
                           "\"\"", "\"a\\u00e4\\n\"", "[]", "{}", " [ 1 , 2 ] ",
                           "{\"a\":[{\"b\":{}},null],\"c\":\"d\"}", "[[[]],[]]"}) {
    EXPECT_TRUE(is_json_text(text)) << text;
  }
}

TEST(JsonText, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "nullx",
                           "01",
                           "+1",
                           "1.",
                           ".5",
                           "1e",
                           "NaN",
                           "Infinity",
                           "'a'",
                           "\"",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\n\"",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{a:1}",
                           "{\"a\"}",
                           "{\"a\":1,}",
                           "{\"a\" 1}",
                           "[}",
                           "{]",
                           "[1]]",
                           "1 2",
                           "[",
                           "{",
                           "{\"a\":",
                           "\xef\xbb\xbf{}"}) {
    EXPECT_FALSE(is_json_text(text)) << text;
  }
}

TEST(JsonText, RefusesNestingDeeperThanItsLimit) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(is_json_text(nested(kJsonDepthMax)));
  EXPECT_FALSE(is_json_text(nested(kJsonDepthMax + 1)));
  EXPECT_FALSE(is_json_text(std::string(10'000'000, '[')));
}

TEST(JsonText, RefusesTextThatIsNotUtf8) {
  EXPECT_TRUE(is_json_text("\"\xc3\xa4\""));
  EXPECT_FALSE(is_json_text("\"\xc3\""));
  EXPECT_FALSE(is_json_text("\"\xed\xa0\x80\""));
}

}  // namespace
