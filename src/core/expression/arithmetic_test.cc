#include "core/expression/arithmetic.h"

#include <gtest/gtest.h>

#include <random>

namespace nsl::expression {
namespace {

using neo::Integer;

constexpr std::string_view kLargest =
    "57896044618658097711785492504343953926634992332820282019728792003956564819967";
constexpr std::string_view kLeast =
    "-57896044618658097711785492504343953926634992332820282019728792003956564819968";

Integer integer(std::string_view text) { return Integer::parse_decimal(text).value(); }

std::string text_of(const std::optional<Integer>& value) {
  return value ? value->to_decimal() : "overflow";
}

// Any number of bytes up to `bytes_max`, so that all magnitudes are as likely.
Integer random_integer(std::mt19937_64& random, std::size_t bytes_max) {
  Bytes bytes(random() % (bytes_max + 1));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() & 0xFF);
  return Integer::parse_little_endian(bytes).value();
}

TEST(ExpressionArithmetic, SaysWhenAResultDoesNotFit) {
  const Integer largest = integer(kLargest);
  const Integer least = integer(kLeast);
  const Integer one(1);
  EXPECT_EQ(text_of(checked_add(largest, one)), "overflow");
  EXPECT_EQ(text_of(checked_subtract(least, one)), "overflow");
  EXPECT_EQ(text_of(checked_negate(least)), "overflow");
  EXPECT_EQ(text_of(checked_multiply(least, Integer(-1))), "overflow");
  EXPECT_EQ(text_of(checked_divide(least, Integer(-1))), "overflow");
  EXPECT_EQ(text_of(checked_multiply(largest, Integer(2))), "overflow");
  EXPECT_EQ(text_of(checked_multiply(least, least)), "overflow");
  EXPECT_EQ(text_of(checked_add(least, least)), "overflow");
  EXPECT_EQ(text_of(checked_subtract(Integer(), least)), "overflow");
}

TEST(ExpressionArithmetic, ReachesTheBounds) {
  const Integer largest = integer(kLargest);
  const Integer least = integer(kLeast);
  EXPECT_EQ(text_of(checked_add(largest, least)), "-1");
  EXPECT_EQ(text_of(checked_negate(largest)), text_of(checked_add(least, Integer(1))));
  EXPECT_EQ(text_of(checked_subtract(Integer(-1), largest)), kLeast);
  EXPECT_EQ(text_of(checked_divide(least, Integer(1))), kLeast);
  EXPECT_EQ(text_of(checked_divide(least, least)), "1");
  EXPECT_EQ(text_of(checked_divide(largest, least)), "0");
  EXPECT_EQ(remainder(largest, least), largest);
  EXPECT_EQ(remainder(least, Integer(-1)), Integer());
  EXPECT_EQ(text_of(checked_multiply(integer("-28948022309329048855892746252171976963317496166410"
                                             "141009864396001978282409984"),
                                     Integer(2))),
            kLeast);
}

TEST(ExpressionArithmetic, LeavesSixtyFourBitsWithoutALoss) {
  const Integer largest(INT64_MAX);
  const Integer least(INT64_MIN);
  EXPECT_EQ(text_of(checked_add(largest, Integer(1))), "9223372036854775808");
  EXPECT_EQ(text_of(checked_subtract(least, Integer(1))), "-9223372036854775809");
  EXPECT_EQ(text_of(checked_multiply(least, least)), "85070591730234615865843651857942052864");
  EXPECT_EQ(text_of(checked_negate(least)), "9223372036854775808");
  EXPECT_EQ(text_of(checked_divide(least, Integer(-1))), "9223372036854775808");
  EXPECT_EQ(remainder(least, Integer(-1)), Integer());
}

// Expected values were computed with Python's integers.
TEST(ExpressionArithmetic, DividesTowardsZero) {
  EXPECT_EQ(text_of(checked_divide(Integer(-7), Integer(2))), "-3");
  EXPECT_EQ(remainder(Integer(-7), Integer(2)), Integer(-1));
  const Integer big = integer("123456789012345678901234567890123456789012345678901234567890");
  const Integer divisor = integer("-987654321098765432109876543210");
  EXPECT_EQ(text_of(checked_divide(big, divisor)), "-124999998860937500014238281249");
  EXPECT_EQ(remainder(big, divisor).to_decimal(), "935329860093532986009353298600");
}

TEST(ExpressionArithmetic, QuotientAndRemainderGiveTheDividendBack) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20000; ++round) {
    const Integer dividend = random_integer(random, 32);
    const Integer divisor = random_integer(random, 32);
    if (divisor.is_zero()) continue;
    const std::optional<Integer> quotient = checked_divide(dividend, divisor);
    if (!quotient) continue;
    const Integer rest = remainder(dividend, divisor);
    EXPECT_TRUE(rest.is_zero() || rest.is_negative() == dividend.is_negative());
    const std::optional<Integer> product = checked_multiply(*quotient, divisor);
    ASSERT_TRUE(product.has_value());
    EXPECT_EQ(checked_add(*product, rest), dividend);
    EXPECT_EQ(checked_subtract(dividend, *product), rest);
  }
}

TEST(ExpressionArithmetic, ProductsDistributeOverSums) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 20000; ++round) {
    const Integer a = random_integer(random, 15);
    const Integer b = random_integer(random, 15);
    const Integer c = random_integer(random, 15);
    const Integer left = checked_multiply(checked_add(a, b).value(), c).value();
    const Integer right =
        checked_add(checked_multiply(a, c).value(), checked_multiply(b, c).value()).value();
    EXPECT_EQ(left, right);
    EXPECT_EQ(checked_subtract(checked_add(a, b).value(), b), a);
  }
}

}  // namespace
}  // namespace nsl::expression
