#include "core/neo/key.h"

#include <gtest/gtest.h>

#include "core/neo/address.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

TEST(Key, DerivesPublicKeyAndAddressOfPublishedKeys) {
  for (const KeyVector& row : kKeyVectors) {
    const PrivateKey key = private_key_of(row.private_key);
    EXPECT_EQ(to_text(key.public_key()), row.public_key);
    EXPECT_EQ(to_address(key.public_key()), row.address);
    EXPECT_EQ(parse_public_key_text(row.public_key).value(), key.public_key());
  }
}

TEST(Key, WritesAndReadsPublishedWifs) {
  for (const KeyVector& row : kKeyVectors) {
    const PrivateKey key = private_key_of(row.private_key);
    EXPECT_EQ(as_text(to_wif(key).reveal()), row.wif);
    const Result<PrivateKey> read = parse_wif(row.wif);
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(equal(read->secret().reveal(), key.secret().reveal()));
  }
}

TEST(Key, RefusesEveryChangedCharacterOfAWif) {
  const std::string_view wif = kKeyVectors[0].wif;
  for (std::size_t i = 0; i < wif.size(); ++i) {
    std::string changed(wif);
    changed[i] = changed[i] == '2' ? '3' : '2';
    const Result<PrivateKey> key = parse_wif(changed);
    ASSERT_FALSE(key.has_value()) << changed;
    EXPECT_EQ(key.error().code(), Code::invalid_wif);
  }
}

TEST(Key, RefusesWifsOfOtherKinds) {
  // An uncompressed Bitcoin WIF, an address, a NEP-2 key, and nothing.
  for (const std::string_view text :
       {"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i",
        "6PYUUUFei9PBBfVkSn8q7hFCnewWFRBKPxcn6Kz6Bmk3FqWyLyuTQE2XFH", ""}) {
    EXPECT_FALSE(parse_wif(text).has_value()) << text;
  }
}

TEST(Key, RefusesPublicKeysThatAreNoPoint) {
  const Bytes good = from_hex(kKeyVectors[0].public_key);
  Bytes uncompressed =
      to_bytes(ByteView(private_key_of(kKeyVectors[0].private_key).public_key().uncompressed()));
  EXPECT_FALSE(parse_public_key(uncompressed).has_value()) << "only the compressed form";
  Bytes bad = good;
  bad[0] = 0x04;
  EXPECT_EQ(parse_public_key(bad).error().code(), Code::invalid_public_key);
  // x above the field's prime.
  EXPECT_FALSE(parse_public_key_text("02" + std::string(64, 'f')).has_value());
  EXPECT_FALSE(parse_public_key(Bytes{0x00}).has_value()) << "infinity";
  EXPECT_FALSE(parse_public_key(ByteView(good).first(32)).has_value());
}

TEST(Address, ReadsWhatItWrites) {
  for (const KeyVector& row : kKeyVectors) {
    const UInt160 account = account_of(private_key_of(row.private_key).public_key());
    EXPECT_EQ(parse_address(row.address).value(), account);
    EXPECT_EQ(parse_account(row.address).value(), account);
    EXPECT_EQ(parse_account(account.to_text()).value(), account);
    EXPECT_EQ(to_address(account), row.address);
  }
}

TEST(Address, RefusesOtherVersionsLengthsAndChecksums) {
  const UInt160 account = parse_address(kKeyVectors[0].address).value();
  // Neo Legacy's version.
  const std::string other_version = to_address(account, 0x17);
  EXPECT_FALSE(parse_address(other_version).has_value());
  EXPECT_EQ(parse_address(other_version, 0x17).value(), account);
  std::string changed(kKeyVectors[0].address);
  changed.back() = 'j';
  EXPECT_EQ(parse_address(changed).error().code(), Code::invalid_address);
  EXPECT_FALSE(parse_address(kKeyVectors[0].wif).has_value());
  EXPECT_FALSE(parse_address("").has_value());
  EXPECT_FALSE(parse_account("0x12").has_value());
}

}  // namespace
}  // namespace nsl::neo
