#include "core/neo/integer.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

struct Row {
  std::string_view decimal;
  std::string_view little_endian;
};

// neo-go pkg/encoding/bigint/bigint_test.go and the limits of 256 bits.
constexpr Row kRows[] = {
    {"0", ""},
    {"1", "01"},
    {"-1", "ff"},
    {"127", "7f"},
    {"128", "8000"},
    {"-128", "80"},
    {"-129", "7fff"},
    {"255", "ff00"},
    {"256", "0001"},
    {"-256", "00ff"},
    {"-65536", "0000ff"},
    {"32767", "ff7f"},
    {"2147483647", "ffffff7f"},
    {"-2147483648", "00000080"},
    {"9223372036854775807", "ffffffffffffff7f"},
    {"-9223372036854775808", "0000000000000080"},
    {"9223372036854775808", "000000000000008000"},
    {"57896044618658097711785492504343953926634992332820282019728792003956564819967",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"-57896044618658097711785492504343953926634992332820282019728792003956564819968",
     "0000000000000000000000000000000000000000000000000000000000000080"},
};

TEST(Integer, HasTheBytesAndDecimalsOfTheVirtualMachine) {
  for (const Row& row : kRows) {
    const Result<Integer> value = Integer::parse_decimal(row.decimal);
    ASSERT_TRUE(value.has_value()) << row.decimal;
    EXPECT_EQ(codec::encode_hex(value->to_little_endian()), row.little_endian) << row.decimal;
    EXPECT_EQ(value->to_decimal(), row.decimal);
    EXPECT_EQ(Integer::parse_little_endian(from_hex(row.little_endian)).value(), *value);
  }
}

TEST(Integer, RefusesMoreThan256Bits) {
  for (const std::string_view text :
       {"57896044618658097711785492504343953926634992332820282019728792003956564819968",
        "-57896044618658097711785492504343953926634992332820282019728792003956564819969",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "115792089237316195423570985008687907853269984665640564039457584007913129639937",
        "999999999999999999999999999999999999999999999999999999999999999999999999999999"}) {
    EXPECT_FALSE(Integer::parse_decimal(text).has_value()) << text;
  }
  EXPECT_FALSE(Integer::parse_little_endian(Bytes(33)).has_value());
}

TEST(Integer, RefusesTextThatIsNotCanonical) {
  for (const std::string_view text : {"", "-", "-0", "00", "01", "-01", "+1", " 1", "1 ", "1a"}) {
    EXPECT_FALSE(Integer::parse_decimal(text).has_value()) << text;
  }
}

TEST(Integer, TakesLongerBytesAndGivesTheShortest) {
  EXPECT_EQ(Integer::parse_little_endian(from_hex("0100000000")).value(), Integer(1));
  EXPECT_EQ(Integer::parse_little_endian(from_hex("ffffffffff")).value(), Integer(-1));
  EXPECT_TRUE(Integer::parse_little_endian(Bytes(32)).value().to_little_endian().empty());
}

TEST(Integer, KnowsWhetherItFits64Bits) {
  EXPECT_EQ(Integer(INT64_MIN).to_int64(), INT64_MIN);
  EXPECT_EQ(Integer(INT64_MAX).to_int64(), INT64_MAX);
  EXPECT_EQ(Integer::parse_decimal("9223372036854775808").value().to_int64(), std::nullopt);
  EXPECT_EQ(Integer::parse_decimal("-9223372036854775809").value().to_int64(), std::nullopt);
}

TEST(Integer, OrdersByValue) {
  const Integer huge = Integer::parse_decimal(kRows[17].decimal).value();
  EXPECT_LT(Integer(-2), Integer(-1));
  EXPECT_LT(Integer(-1), Integer(0));
  EXPECT_LT(Integer(1), Integer(256));
  EXPECT_LT(Integer(INT64_MAX), huge);
}

TEST(Integer, EveryByteStringRoundTripsThroughDecimal) {
  SeededRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes(random.bytes<1>()[0] % 33U);
    random.fill(bytes);
    const Integer value = Integer::parse_little_endian(bytes).value();
    EXPECT_EQ(Integer::parse_decimal(value.to_decimal()).value(), value);
    EXPECT_EQ(Integer::parse_little_endian(value.to_little_endian()).value(), value);
    EXPECT_LE(value.to_little_endian().size(), bytes.size());
  }
}

}  // namespace
}  // namespace nsl::neo
