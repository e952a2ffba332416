#include "enclave/identity/token.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/random.h"

namespace nsl::enclave::identity {
namespace {

Secret<32> key_of(std::uint64_t seed) {
  Secret<32> key;
  SeededRandom(seed).fill(key.reveal_mutable());
  return key;
}

stored::AccessTokenClaims claims() {
  stored::AccessTokenClaims result;
  result.set_account("acc_1");
  result.set_token_id("t");
  return result;
}

TEST(TokenAuthority, VerifiesWhatItIssued) {
  ManualClock clock{WallTime(1000)};
  const TokenAuthority authority(key_of(1), clock);
  const auto verified = authority.verify(authority.issue(claims(), nullptr));
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->account(), "acc_1");
}

TEST(TokenAuthority, RefusesAnExpiredToken) {
  ManualClock clock{WallTime(1000)};
  const TokenAuthority authority(key_of(1), clock);
  const std::string token = authority.issue(claims(), nullptr);
  clock.advance_ms(limits::kAccessTokenTtlMs - 1);
  EXPECT_TRUE(authority.verify(token).has_value());
  clock.advance_ms(1);
  EXPECT_EQ(authority.verify(token).error().code(), Code::token_expired);
}

TEST(TokenAuthority, RefusesATokenOfAnotherKey) {
  ManualClock clock{WallTime(1000)};
  const std::string token = TokenAuthority(key_of(1), clock).issue(claims(), nullptr);
  EXPECT_EQ(TokenAuthority(key_of(2), clock).verify(token).error().code(), Code::token_invalid);
}

TEST(TokenAuthority, RefusesEveryChangedCharacter) {
  ManualClock clock{WallTime(1000)};
  const TokenAuthority authority(key_of(1), clock);
  const std::string token = authority.issue(claims(), nullptr);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(authority.verify(changed).has_value()) << i;
  }
}

}  // namespace
}  // namespace nsl::enclave::identity
