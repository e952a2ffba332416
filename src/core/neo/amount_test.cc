#include "core/neo/amount.h"

#include <gtest/gtest.h>

#include "core/neo/integer.h"

namespace nsl::neo {
namespace {

TEST(GasAmount, ReadsAndPrintsDecimalText) {
  const std::pair<std::string_view, std::int64_t> rows[] = {{"0", 0},
                                                            {"1", 100000000},
                                                            {"12.5", 1250000000},
                                                            {"0.00000001", 1},
                                                            {"92233720368.54775807", INT64_MAX}};
  for (const auto& [text, datoshi] : rows) {
    const Result<GasAmount> amount = GasAmount::parse(text);
    ASSERT_TRUE(amount.has_value()) << text;
    EXPECT_EQ(amount->datoshi(), datoshi);
    EXPECT_EQ(amount->to_text(), text);
  }
  EXPECT_EQ(GasAmount::parse("1.50000000").value().to_text(), "1.5");
}

TEST(GasAmount, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", ".", "1.", ".5", "-1", "+1", "01", "00", "1e3", "1,5", " 1", "1 ", "0x1", "1.000000001",
        "92233720368.54775808", "99999999999999999999", "1.2.3", "NaN"}) {
    const Result<GasAmount> amount = GasAmount::parse(text);
    ASSERT_FALSE(amount.has_value()) << text;
    EXPECT_EQ(amount.error().code(), Code::invalid_amount);
  }
}

TEST(GasAmount, ReadsDatoshiAsNodesWriteThem) {
  EXPECT_EQ(GasAmount::parse_datoshi_text("997780").value().datoshi(), 997780);
  for (const std::string_view text : {"", "-1", "1.5", "9223372036854775808", "01"}) {
    EXPECT_FALSE(GasAmount::parse_datoshi_text(text).has_value()) << text;
  }
  EXPECT_FALSE(GasAmount::parse_datoshi(-1).has_value());
}

TEST(GasAmount, SumsAndDifferencesDoNotWrap) {
  const GasAmount most = GasAmount::parse_datoshi(INT64_MAX).value();
  const GasAmount one = GasAmount::parse_datoshi(1).value();
  EXPECT_FALSE(most.plus(one).has_value());
  EXPECT_EQ(most.minus(one).value().datoshi(), INT64_MAX - 1);
  EXPECT_FALSE(one.minus(most).has_value());
  EXPECT_LT(one, most);
}

TEST(TokenAmount, FollowsTheDecimalsOfTheToken) {
  EXPECT_EQ(parse_token_amount("7", 0).value(), Integer(7));
  EXPECT_FALSE(parse_token_amount("7.0", 0).has_value());
  EXPECT_EQ(parse_token_amount("0.001", 18).value().to_decimal(), "1000000000000000");
  EXPECT_EQ(to_token_amount(Integer(7), 0), "7");
  EXPECT_EQ(to_token_amount(Integer(-1250000000), 8), "-12.5");
  EXPECT_EQ(to_token_amount(Integer(5), 8), "0.00000005");
  EXPECT_FALSE(parse_token_amount("1", 255).has_value()) << "above 256 bits";
}

}  // namespace
}  // namespace nsl::neo
