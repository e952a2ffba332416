#include "host/gateway/rate_limiter.h"

#include <gtest/gtest.h>

namespace nsl::host::gateway {
namespace {

ClientAddress v4(std::uint8_t last) {
  ClientAddress address{};
  address[10] = address[11] = 0xff;
  address[12] = 127;
  address[15] = last;
  return address;
}

TEST(RateLimiter, AllowsTheQuotaAtOnceAndRefillsEvenly) {
  RateLimiter limiter(60, 10);
  for (int i = 0; i < 60; ++i) {
    EXPECT_TRUE(limiter.take(v4(1), MonotonicTime(0)).is_allowed) << i;
  }
  const auto refused = limiter.take(v4(1), MonotonicTime(0));
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(refused.retry_after_seconds, 1);
  EXPECT_EQ(refused.reset_seconds, 60);
  EXPECT_FALSE(limiter.take(v4(1), MonotonicTime(999)).is_allowed);
  EXPECT_TRUE(limiter.take(v4(1), MonotonicTime(1000)).is_allowed);
  EXPECT_FALSE(limiter.take(v4(1), MonotonicTime(1000)).is_allowed);
  EXPECT_EQ(limiter.take(v4(1), MonotonicTime(1000 + 60000)).remaining, 59);
}

TEST(RateLimiter, CountsEachAddressByItself) {
  RateLimiter limiter(1, 10);
  EXPECT_TRUE(limiter.take(v4(1), MonotonicTime(0)).is_allowed);
  EXPECT_FALSE(limiter.take(v4(1), MonotonicTime(0)).is_allowed);
  EXPECT_TRUE(limiter.take(v4(2), MonotonicTime(0)).is_allowed);
}

TEST(RateLimiter, CountsAnIpv6NetworkAsOneClient) {
  RateLimiter limiter(1, 10);
  ClientAddress one{0x20, 0x01, 0x0d, 0xb8};
  ClientAddress two = one;
  two[15] = 7;
  EXPECT_TRUE(limiter.take(one, MonotonicTime(0)).is_allowed);
  EXPECT_FALSE(limiter.take(two, MonotonicTime(0)).is_allowed);
  two[7] = 1;
  EXPECT_TRUE(limiter.take(two, MonotonicTime(0)).is_allowed);
}

TEST(RateLimiter, ForgetsTheAddressIdleLongestWhenItIsFull) {
  RateLimiter limiter(1, 2);
  EXPECT_TRUE(limiter.take(v4(1), MonotonicTime(0)).is_allowed);
  EXPECT_TRUE(limiter.take(v4(2), MonotonicTime(0)).is_allowed);
  EXPECT_FALSE(limiter.take(v4(1), MonotonicTime(0)).is_allowed);
  EXPECT_TRUE(limiter.take(v4(3), MonotonicTime(0)).is_allowed);
  // 1 was seen after 2, so 2 was forgotten.
  EXPECT_FALSE(limiter.take(v4(1), MonotonicTime(0)).is_allowed);
  EXPECT_TRUE(limiter.take(v4(2), MonotonicTime(0)).is_allowed);
}

}  // namespace
}  // namespace nsl::host::gateway
