#include "core/crypto/committed_aead.h"

#include <gtest/gtest.h>

namespace nsl::crypto {
namespace {

Secret<32> key_of(std::uint8_t fill) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(fill);
  return Secret<32>::copy_of(bytes);
}

class CommittedAead : public testing::Test {
 protected:
  SeededRandom random_{7};
  Secret<32> key_ = key_of(1);
  CommittedContext context_{
      .key = key_, .info = as_bytes("secret"), .associated_data = as_bytes("account 1, version 3")};
};

TEST_F(CommittedAead, OpensWhatItSealed) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}}) {
    const Bytes plaintext(size, 0x5a);
    const Bytes sealed = seal_committed(context_, plaintext, random_);
    EXPECT_EQ(sealed.size(), size + kCommittedOverheadBytes);
    EXPECT_EQ(open_committed(context_, sealed).value(), plaintext);
    EXPECT_TRUE(equal(open_committed_secret(context_, sealed).value().reveal(), plaintext));
  }
}

TEST_F(CommittedAead, NeverSealsTheSameWayTwice) {
  EXPECT_NE(seal_committed(context_, as_bytes("same"), random_),
            seal_committed(context_, as_bytes("same"), random_));
}

TEST_F(CommittedAead, RefusesEveryFlippedBit) {
  const Bytes sealed = seal_committed(context_, as_bytes("the plaintext"), random_);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_EQ(open_committed(context_, changed).error().code(),
              bit < 64 * 8 ? Code::commitment_mismatch : Code::decryption_failed);
  }
}

TEST_F(CommittedAead, RefusesAnotherKeyOrPurposeByTheCommitment) {
  const Bytes sealed = seal_committed(context_, as_bytes("the plaintext"), random_);
  const Secret<32> other_key = key_of(2);
  const CommittedContext with_other_key{
      .key = other_key, .info = context_.info, .associated_data = context_.associated_data};
  const CommittedContext with_other_info{
      .key = key_, .info = as_bytes("wallet"), .associated_data = context_.associated_data};
  EXPECT_EQ(open_committed(with_other_key, sealed).error().code(), Code::commitment_mismatch);
  EXPECT_EQ(open_committed(with_other_info, sealed).error().code(), Code::commitment_mismatch);
}

TEST_F(CommittedAead, RefusesAnotherRecordsData) {
  const Bytes sealed = seal_committed(context_, as_bytes("the plaintext"), random_);
  const CommittedContext other{
      .key = key_, .info = context_.info, .associated_data = as_bytes("account 2, version 3")};
  EXPECT_EQ(open_committed(other, sealed).error().code(), Code::decryption_failed);
}

TEST_F(CommittedAead, RefusesEveryTruncation) {
  const Bytes sealed = seal_committed(context_, as_bytes("the plaintext"), random_);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(open_committed(context_, ByteView(sealed).first(size)).has_value());
    EXPECT_FALSE(open_committed_secret(context_, ByteView(sealed).first(size)).has_value());
  }
}

}  // namespace
}  // namespace nsl::crypto
