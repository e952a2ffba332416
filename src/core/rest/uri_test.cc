#include "core/rest/uri.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/random.h"

namespace nsl::rest {
namespace {

TEST(Uri, DecodesPercentEscapes) {
  EXPECT_EQ(decode_percent("a%20b%2F%c3%A9+").value(), "a b/\xc3\xa9+");
  for (const char* text : {"%", "%1", "%1g", "a%", "%%20", "%ff", "%ed%a0%80"}) {
    EXPECT_FALSE(decode_percent(text).has_value()) << text;
  }
}

TEST(Uri, RoundTripsAnyText) {
  SeededRandom random(3);
  for (int round = 0; round < 100; ++round) {
    std::string text;
    for (const std::uint8_t byte : random.bytes<24>()) text += static_cast<char>(byte & 0x7fU);
    EXPECT_EQ(decode_percent(encode_percent(text)).value(), text);
  }
}

TEST(Uri, SplitsAQuery) {
  const auto query = parse_query("limit=10&cursor=a%3Db&&flag&x=1+2&limit=").value();
  const QueryParameters expected = {
      {"limit", "10"}, {"cursor", "a=b"}, {"flag", ""}, {"x", "1 2"}, {"limit", ""}};
  EXPECT_EQ(query, expected);
  EXPECT_TRUE(parse_query("").value().empty());
  EXPECT_FALSE(parse_query("a=%").has_value());
  EXPECT_FALSE(parse_query("%ff=1").has_value());
}

TEST(Uri, BoundsTheParameters) {
  std::string text;
  for (std::int64_t i = 0; i < limits::kQueryParametersMax; ++i) text += "a=1&";
  EXPECT_TRUE(parse_query(text).has_value());
  auto refused = parse_query(text + "b");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Code::limit_exceeded);
}

}  // namespace
}  // namespace nsl::rest
