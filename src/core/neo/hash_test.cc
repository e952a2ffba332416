#include "core/neo/hash.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace nsl::neo {
namespace {

constexpr std::string_view kGas = "0xd2a4cff31913016155e38e474a2c06d08be276cf";

TEST(Hash, PrintsBigEndianAndKeepsLittleEndian) {
  const UInt160 gas = UInt160::parse(kGas).value();
  EXPECT_EQ(gas.to_text(), kGas);
  EXPECT_EQ(gas.little_endian().front(), 0xcf);
  EXPECT_EQ(gas.little_endian().back(), 0xd2);
  EXPECT_EQ(UInt160::parse_little_endian(gas.little_endian()).value(), gas);
}

TEST(Hash, TakesTheTextWithoutPrefixAndInUpperCase) {
  EXPECT_EQ(UInt160::parse(kGas.substr(2)).value(), UInt160::parse(kGas).value());
  EXPECT_EQ(UInt160::parse("0xD2A4CFF31913016155E38E474A2C06D08BE276CF").value(),
            UInt160::parse(kGas).value());
}

TEST(Hash, RefusesOtherLengthsAndCharacters) {
  for (const std::string_view text :
       {"", "0x", "0x12", "0Xd2a4cff31913016155e38e474a2c06d08be276cf",
        "0xg2a4cff31913016155e38e474a2c06d08be276cf",
        "0xd2a4cff31913016155e38e474a2c06d08be276cf00"}) {
    const Result<UInt160> hash = UInt160::parse(text);
    ASSERT_FALSE(hash.has_value()) << text;
    EXPECT_EQ(hash.error().code(), Code::invalid_hash);
  }
  EXPECT_FALSE(UInt256::parse(kGas).has_value());
  EXPECT_FALSE(UInt160::parse_little_endian(Bytes(19)).has_value());
}

TEST(Hash, OrdersLikeTheText) {
  const UInt160 low = UInt160::parse("0x01000000000000000000000000000000000000ff").value();
  const UInt160 high = UInt160::parse("0x0200000000000000000000000000000000000000").value();
  EXPECT_LT(low, high);
  EXPECT_LT(UInt160(), low);
  EXPECT_TRUE(UInt160().is_zero());
}

TEST(Hash, CanBeAKeyOfAnUnorderedContainer) {
  std::unordered_set<UInt160> set;
  set.insert(UInt160::parse(kGas).value());
  EXPECT_TRUE(set.contains(UInt160::parse(kGas).value()));
  EXPECT_FALSE(set.contains(UInt160()));
}

}  // namespace
}  // namespace nsl::neo
