#include "core/base/secret.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "core/base/limits.h"

namespace nsl {
namespace {

TEST(Secret, CannotBeCopiedOrCompared) {
  static_assert(!std::is_copy_constructible_v<SecretBytes>);
  static_assert(!std::is_copy_assignable_v<SecretBytes>);
  static_assert(!std::is_copy_constructible_v<Secret<32>>);
  static_assert(std::is_nothrow_move_constructible_v<Secret<32>>);
  static_assert(!std::equality_comparable<SecretBytes>);
}

TEST(Secret, GivesItsMemoryBackZeroed) {
  const std::size_t used = secret_arena_bytes_used();
  const std::uint8_t* where = nullptr;
  {
    SecretBytes secret = SecretBytes::copy_of(as_bytes("attack at dawn"));
    where = secret.reveal().data();
    EXPECT_GT(secret_arena_bytes_used(), used);
    EXPECT_EQ(as_text(secret.reveal()), "attack at dawn");
  }
  EXPECT_EQ(secret_arena_bytes_used(), used);
  for (int i = 0; i < 14; ++i) EXPECT_EQ(where[i], 0);
}

TEST(Secret, ReusesFreedRangesWithoutGrowing) {
  const std::size_t used = secret_arena_bytes_used();
  for (int round = 0; round < 1000; ++round) {
    SecretBytes a(1000);
    SecretBytes b(33);
    SecretBytes c(100000);
    a = std::move(b);
  }
  EXPECT_EQ(secret_arena_bytes_used(), used);
}

TEST(Secret, ComparesInConstantTimeByContent) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("sama")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("longer")));
}

TEST(Secret, TruncatesToAPrefix) {
  SecretBytes secret = SecretBytes::copy_of(as_bytes("prefix and rest"));
  secret.truncate(6);
  EXPECT_EQ(as_text(secret.reveal()), "prefix");
}

TEST(SecretDeathTest, AFullArenaIsTheEnd) {
  const SecretBytes nearly_all(static_cast<std::size_t>(limits::kSecretArenaBytes) / 2);
  EXPECT_DEATH(SecretBytes(static_cast<std::size_t>(limits::kSecretArenaBytes) / 2 + 1),
               "secret arena: full");
}

}  // namespace
}  // namespace nsl
