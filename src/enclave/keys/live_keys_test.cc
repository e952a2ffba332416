#include "enclave/keys/live_keys.h"

#include <gtest/gtest.h>

namespace nsl::enclave::keys {
namespace {

TEST(LiveKeys, DifferBetweenPurposesAndBoots) {
  SeededRandom random(1);
  const LiveKeys first = make_live_keys(random);
  const LiveKeys second = make_live_keys(random);
  EXPECT_NE(first.sealing.public_key(), first.receipt.public_key());
  EXPECT_NE(first.sealing.public_key(), second.sealing.public_key());
  EXPECT_NE(first.receipt.public_key(), second.receipt.public_key());
  EXPECT_NE(first.boot_id, second.boot_id);
}

}  // namespace
}  // namespace nsl::enclave::keys
