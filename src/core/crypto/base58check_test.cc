#include "core/crypto/base58check.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

// Bitcoin wiki, "Wallet import format": a private key with version byte 0x80.
constexpr std::string_view kWif = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
constexpr std::string_view kPayload =
    "800c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d";

TEST(Base58Check, MatchesThePublishedVector) {
  const Bytes payload = codec::decode_hex(kPayload).value();
  EXPECT_EQ(encode_base58check(payload), kWif);
  EXPECT_EQ(decode_base58check(kWif).value(), payload);
  EXPECT_TRUE(equal(decode_base58check_secret(kWif).value().reveal(), payload));
}

TEST(Base58Check, RefusesEveryChangedCharacter) {
  for (std::size_t i = 0; i < kWif.size(); ++i) {
    std::string changed(kWif);
    changed[i] = changed[i] == 'z' ? 'y' : 'z';
    EXPECT_EQ(decode_base58check(changed).error().code(), Code::malformed_base58);
    EXPECT_EQ(decode_base58check_secret(changed).error().code(), Code::malformed_base58);
  }
}

TEST(Base58Check, RefusesTextShorterThanAChecksum) {
  EXPECT_FALSE(decode_base58check("").has_value());
  EXPECT_FALSE(decode_base58check("1").has_value());
  EXPECT_FALSE(decode_base58check("111").has_value());
}

}  // namespace
}  // namespace nsl::crypto
