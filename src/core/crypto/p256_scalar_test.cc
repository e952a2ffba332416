#include "core/crypto/p256_scalar.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include <openssl/bn.h>

#include "core/base/random.h"
#include "core/codec/hex.h"
#include "core/crypto/openssl_handle.h"

namespace nsl::crypto::internal {
namespace {

using Number = Handle<BIGNUM, BN_free>;
using Context = Handle<BN_CTX, BN_CTX_free>;
using ScalarBytes = std::array<std::uint8_t, 32>;

// FIPS 186-4 D.1.2.3.
constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

ScalarBytes bytes_of(std::string_view hex) { return codec::decode_hex_array<32>(hex).value(); }
ScalarBytes bytes_of(const Scalar& scalar) {
  ScalarBytes bytes{};
  scalar.to_bytes(bytes);
  return bytes;
}

// OpenSSL's big numbers, an independent implementation of the same arithmetic.
class P256Scalar : public testing::Test {
 protected:
  Number number(const ScalarBytes& bytes) {
    return Number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  }
  ScalarBytes reduced(const BIGNUM* value) {
    const Number result(BN_new());
    EXPECT_EQ(BN_nnmod(result.get(), value, order_.get(), context_.get()), 1);
    ScalarBytes bytes{};
    EXPECT_EQ(BN_bn2binpad(result.get(), bytes.data(), 32), 32);
    return bytes;
  }

  // Border values and random ones.
  std::vector<ScalarBytes> samples() {
    std::vector<ScalarBytes> values;
    for (const int offset : {-2, -1, 0, 1, 2}) {
      const Number value(BN_dup(order_.get()));
      if (offset < 0) BN_sub_word(value.get(), static_cast<BN_ULONG>(-offset));
      if (offset > 0) BN_add_word(value.get(), static_cast<BN_ULONG>(offset));
      ScalarBytes bytes{};
      EXPECT_EQ(BN_bn2binpad(value.get(), bytes.data(), 32), 32);
      values.push_back(bytes);
    }
    values.push_back(ScalarBytes{});
    for (std::size_t byte = 0; byte < 32; ++byte) {
      ScalarBytes single{};
      single[byte] = 0x01;
      values.push_back(single);
      single.fill(0xff);
      single[byte] = 0x00;
      values.push_back(single);
    }
    ScalarBytes largest{};
    largest.fill(0xff);
    values.push_back(largest);
    SeededRandom random(11);
    for (int i = 0; i < 60; ++i) values.push_back(random.bytes<32>());
    return values;
  }

  Number order_{number(bytes_of(kOrder))};
  Context context_{BN_CTX_new()};
};

TEST_F(P256Scalar, ReducesAsOpenSslDoes) {
  for (const ScalarBytes& value : samples()) {
    EXPECT_EQ(bytes_of(Scalar::from_bytes_reduced(value)), reduced(number(value).get()));
  }
}

TEST_F(P256Scalar, ConvertsToMontgomeryFormAndBack) {
  for (const ScalarBytes& value : samples()) {
    const Scalar scalar = Scalar::from_bytes_reduced(value);
    EXPECT_EQ(Residue::from(scalar).to_scalar().limbs, scalar.limbs);
  }
}

TEST_F(P256Scalar, AddsAndMultipliesAsOpenSslDoes) {
  const std::vector<ScalarBytes> values = samples();
  for (const ScalarBytes& left : values) {
    for (const ScalarBytes& right : values) {
      const Residue a = Residue::from(Scalar::from_bytes_reduced(left));
      const Residue b = Residue::from(Scalar::from_bytes_reduced(right));
      const Number result(BN_new());
      ASSERT_EQ(BN_add(result.get(), number(left).get(), number(right).get()), 1);
      ASSERT_EQ(bytes_of(add(a, b).to_scalar()), reduced(result.get()));
      ASSERT_EQ(BN_mul(result.get(), number(left).get(), number(right).get(), context_.get()), 1);
      ASSERT_EQ(bytes_of(multiply(a, b).to_scalar()), reduced(result.get()));
    }
  }
}

TEST_F(P256Scalar, InvertsAsOpenSslDoes) {
  for (const ScalarBytes& value : samples()) {
    const Scalar scalar = Scalar::from_bytes_reduced(value);
    const Scalar inverse = invert(Residue::from(scalar)).to_scalar();
    if (scalar.is_zero() != 0) {
      EXPECT_NE(inverse.is_zero(), 0U);
      continue;
    }
    const Number expected(
        BN_mod_inverse(nullptr, number(value).get(), order_.get(), context_.get()));
    EXPECT_EQ(bytes_of(inverse), reduced(expected.get()));
  }
}

TEST_F(P256Scalar, InvertsManyAsOneByOne) {
  SeededRandom random(12);
  for (std::size_t count = 0; count < 20; ++count) {
    std::vector<Residue> values(count);
    for (Residue& value : values) {
      value = Residue::from(Scalar::from_bytes_reduced(random.bytes<32>()));
    }
    std::vector<Residue> inverses = values;
    invert_all(inverses);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(inverses[i].limbs, invert(values[i]).limbs);
      EXPECT_EQ(multiply(inverses[i], values[i]).limbs, Residue::one().limbs);
    }
  }
}

TEST_F(P256Scalar, AcceptsOnlyOneToOrderMinusOne) {
  const Number limit(BN_dup(order_.get()));
  for (const ScalarBytes& value : samples()) {
    const Number plain = number(value);
    const bool is_in_range = BN_is_zero(plain.get()) == 0 && BN_cmp(plain.get(), limit.get()) < 0;
    Mask is_valid = 0;
    (void)Scalar::from_bytes_checked(value, is_valid);
    EXPECT_EQ(is_valid, is_in_range ? UINT64_MAX : 0);
  }
}

}  // namespace
}  // namespace nsl::crypto::internal
