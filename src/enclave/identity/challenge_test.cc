#include "enclave/identity/challenge.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::identity {
namespace {

constexpr const char* kAddress = "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i";

class ChallengeTest : public ::testing::Test {
 protected:
  ManualClock clock_{WallTime(1'700'000'000'000)};
  SeededRandom random_{7};
  ChallengeBook book_{"example.org", 56753, clock_, random_};
};

TEST_F(ChallengeTest, NamesWhatTheSignerAgreesTo) {
  const Challenge challenge = book_.issue(kAddress).value();
  for (const char* part : {"example.org", kAddress, "56753", "2023-11-14T22:13:20.000Z"}) {
    EXPECT_NE(challenge.message.find(part), std::string::npos) << part;
  }
}

TEST_F(ChallengeTest, IsGoodForOneTry) {
  const Challenge challenge = book_.issue(kAddress).value();
  EXPECT_EQ(book_.redeem(challenge.id)->message, challenge.message);
  EXPECT_EQ(book_.redeem(challenge.id).error().code(), Code::challenge_expired);
}

TEST_F(ChallengeTest, ExpiresAfterFiveMinutes) {
  const Challenge challenge = book_.issue(kAddress).value();
  clock_.advance_ms(limits::kChallengeTtlMs);
  EXPECT_EQ(book_.redeem(challenge.id).error().code(), Code::challenge_expired);
}

TEST_F(ChallengeTest, IsBoundedAndRecoversWhenOldOnesExpire) {
  for (std::int64_t i = 0; i < limits::kChallengesMax; ++i) {
    ASSERT_TRUE(book_.issue(kAddress).has_value());
  }
  EXPECT_EQ(book_.issue(kAddress).error().code(), Code::overloaded);
  clock_.advance_ms(limits::kChallengeTtlMs);
  EXPECT_TRUE(book_.issue(kAddress).has_value());
}

}  // namespace
}  // namespace nsl::enclave::identity
