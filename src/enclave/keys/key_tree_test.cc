#include "enclave/keys/key_tree.h"

#include <gtest/gtest.h>

#include <array>

#include "core/codec/hex.h"
#include "core/crypto/hmac.h"

namespace nsl::enclave::keys {
namespace {

Secret<32> seed(std::uint8_t fill) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(fill);
  return Secret<32>::copy_of(bytes);
}

bool same(const Secret<32>& left, const Secret<32>& right) {
  return equal_in_constant_time(left.reveal(), right.reveal());
}

TEST(KeyTree, DerivesTheSameKeysFromTheSameSeed) {
  const KeyTree first(seed(1), Epoch(1));
  const KeyTree second(seed(1), Epoch(1));
  EXPECT_TRUE(same(first.account_key(Epoch(1), "a"), second.account_key(Epoch(1), "a")));
  EXPECT_TRUE(same(first.name_key(), second.name_key()));
  EXPECT_TRUE(same(first.token_key(), second.token_key()));
  EXPECT_EQ(first.derive_signing_key("a", "w").public_key(),
            second.derive_signing_key("a", "w").public_key());
}

TEST(KeyTree, GivesEachPurposeAccountEpochAndSeedItsOwnKey) {
  const KeyTree tree(seed(1), Epoch(1));
  const KeyTree other_seed(seed(2), Epoch(1));
  const Secret<32> key = tree.account_key(Epoch(1), "a");
  EXPECT_FALSE(same(key, tree.account_key(Epoch(1), "b")));
  EXPECT_FALSE(same(key, tree.account_key(Epoch(2), "a")));
  EXPECT_FALSE(same(key, other_seed.account_key(Epoch(1), "a")));
  EXPECT_FALSE(same(key, tree.token_key()));
  EXPECT_FALSE(same(tree.token_key(), tree.name_key()));
}

TEST(KeyTree, ReadsRecordsOfAnOlderEpoch) {
  const KeyTree before(seed(1), Epoch(1));
  const KeyTree after(seed(1), Epoch(2));
  EXPECT_TRUE(same(before.account_key(Epoch(1), "a"), after.account_key(Epoch(1), "a")));
  EXPECT_FALSE(same(before.token_key(), after.token_key()));
  EXPECT_TRUE(same(before.name_key(), after.name_key()));
  EXPECT_EQ(before.derive_signing_key("a", "w").public_key(),
            after.derive_signing_key("a", "w").public_key());
}

TEST(KeyTree, KeepsPathsApartWhosePartsRunTogether) {
  const KeyTree tree(seed(1), Epoch(1));
  EXPECT_NE(tree.derive_signing_key("ab", "c").public_key(),
            tree.derive_signing_key("a", "bc").public_key());
  EXPECT_NE(tree.derive_signing_key("a", "w1").public_key(),
            tree.derive_signing_key("a", "w2").public_key());
}

// The whole path spelled out: funds depend on it, so it may never change.
TEST(KeyTree, SigningKeyFollowsTheDocumentedPath) {
  const KeyTree tree(seed(7), Epoch(3));
  Bytes path = to_bytes(std::string_view("nsl signing key 1"));
  append(path, Bytes{0, 0, 0, 5});
  append(path, as_bytes("acc_1"));
  append(path, Bytes{0, 0, 0, 5});
  append(path, as_bytes("wal_1"));
  append(path, Bytes{0, 0, 0, 0});
  Secret<32> expected;
  crypto::hkdf_sha256_expand(seed(7).reveal(), path, expected.reveal_mutable());
  EXPECT_TRUE(same(tree.derive_signing_key("acc_1", "wal_1").secret(), expected));
}

}  // namespace
}  // namespace nsl::enclave::keys
