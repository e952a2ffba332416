// Signatures and keys at the edges, in the manner of Project Wycheproof's ECDSA tests: values that
// a sloppy verifier takes, and rare ones that a strict verifier must still take.
#include <gtest/gtest.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "core/codec/hex.h"
#include "core/crypto/openssl_handle.h"
#include "core/crypto/p256.h"
#include "core/crypto/p256_scalar.h"

namespace nsl::crypto {
namespace {

using internal::Handle;
using internal::Residue;
using internal::Scalar;
using Number = Handle<BIGNUM, BN_free>;
using Point = Handle<EC_POINT, EC_POINT_free>;
using ScalarBytes = std::array<std::uint8_t, 32>;

// FIPS 186-4 D.1.2.3.
constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kPrime =
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

ScalarBytes bytes_of(std::string_view hex) { return codec::decode_hex_array<32>(hex).value(); }

// value + offset, which must fit 32 bytes.
ScalarBytes offset_by(std::string_view hex, int offset) {
  ScalarBytes bytes = bytes_of(hex);
  int carry = offset;
  for (std::size_t i = bytes.size(); i-- > 0 && carry != 0;) {
    const int sum = bytes[i] + carry;
    bytes[i] = static_cast<std::uint8_t>(sum & 0xff);
    carry = sum >> 8;
  }
  return bytes;
}

Bytes joined(const ScalarBytes& r, const ScalarBytes& s) {
  Bytes signature(r.begin(), r.end());
  append(signature, s);
  return signature;
}

Scalar scalar_of(const ScalarBytes& bytes) { return Scalar::from_bytes_reduced(bytes); }
ScalarBytes bytes_of(const Scalar& scalar) {
  ScalarBytes bytes{};
  scalar.to_bytes(bytes);
  return bytes;
}

P256PrivateKey test_key() {
  SeededRandom random(91);
  return P256PrivateKey::generate(random);
}

TEST(P256Edges, NoSignatureOfBoundaryNumbersIsValid) {
  const P256PrivateKey key = test_key();
  const std::string zero(64, '0');
  std::vector<ScalarBytes> values = {bytes_of(zero), bytes_of(std::string(64, 'f'))};
  for (const int offset : {1, 2}) values.push_back(offset_by(zero, offset));
  for (const int offset : {-2, -1, 0, 1}) {
    values.push_back(offset_by(kOrder, offset));
    values.push_back(offset_by(kPrime, offset));
  }
  for (const Digest32& digest : {sha256(as_bytes("edge")), Digest32{}}) {
    for (const ScalarBytes& r : values) {
      for (const ScalarBytes& s : values) {
        EXPECT_FALSE(p256_verify_digest(key.public_key(), digest, joined(r, s)))
            << codec::encode_hex(joined(r, s));
      }
    }
  }
}

// With the nonce 1 the digest can be chosen so that s is any number: s = digest + r * secret.
TEST(P256Edges, SignaturesWhoseSIsOneOrOrderMinusOneAreValid) {
  const P256PrivateKey key = test_key();
  const ScalarBytes base_x =
      bytes_of("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
  const Scalar r = scalar_of(base_x);
  const Residue secret = Residue::from(Scalar::from_bytes_reduced(key.secret().reveal()));
  const Residue product = multiply(Residue::from(r), secret);
  for (const ScalarBytes& s : {offset_by(std::string(64, '0'), 1), offset_by(kOrder, -1)}) {
    // -1 is the largest scalar, so multiplying by it negates.
    const Residue minus_one = Residue::from(scalar_of(offset_by(kOrder, -1)));
    const Residue digest_residue = add(Residue::from(scalar_of(s)), multiply(product, minus_one));
    const Digest32 digest = bytes_of(digest_residue.to_scalar());
    EXPECT_TRUE(p256_verify_digest(key.public_key(), digest, joined(bytes_of(r), s)));
    Digest32 other = digest;
    other[31] ^= 1;
    EXPECT_FALSE(p256_verify_digest(key.public_key(), other, joined(bytes_of(r), s)));
  }
}

// A point whose x is not below n: r is x - n. Found by walking x up from n; its key is
// r^-1 (s R - digest G) with s = 1.
TEST(P256Edges, AnXAboveTheOrderIsReducedAndNeverTakenAsItIs) {
  const Handle<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Handle<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const Point point(EC_POINT_new(group.get()));
  ScalarBytes x{};
  for (int offset = 1;; ++offset) {
    x = offset_by(kOrder, offset);
    const Number number(BN_bin2bn(x.data(), 32, nullptr));
    if (EC_POINT_set_compressed_coordinates(group.get(), point.get(), number.get(), 0,
                                            context.get()) == 1) {
      break;
    }
  }
  const Digest32 digest = sha256(as_bytes("large x"));
  const Scalar r = scalar_of(x);
  const ScalarBytes inverse = bytes_of(invert(Residue::from(r)).to_scalar());
  const Number r_inverse(BN_bin2bn(inverse.data(), 32, nullptr));
  const Number message(BN_bin2bn(digest.data(), 32, nullptr));
  const Point base(EC_POINT_new(group.get()));
  ASSERT_EQ(EC_POINT_mul(group.get(), base.get(), message.get(), nullptr, nullptr, context.get()),
            1);
  ASSERT_EQ(EC_POINT_invert(group.get(), base.get(), context.get()), 1);
  ASSERT_EQ(EC_POINT_add(group.get(), base.get(), base.get(), point.get(), context.get()), 1);
  const Point public_point(EC_POINT_new(group.get()));
  ASSERT_EQ(EC_POINT_mul(group.get(), public_point.get(), nullptr, base.get(), r_inverse.get(),
                         context.get()),
            1);
  Bytes encoded(65);
  ASSERT_EQ(EC_POINT_point2oct(group.get(), public_point.get(), POINT_CONVERSION_UNCOMPRESSED,
                               encoded.data(), encoded.size(), context.get()),
            65U);
  const P256PublicKey key = P256PublicKey::parse(encoded).value();
  const ScalarBytes one = offset_by(std::string(64, '0'), 1);
  EXPECT_TRUE(p256_verify_digest(key, digest, joined(bytes_of(r), one)));
  EXPECT_FALSE(p256_verify_digest(key, digest, joined(x, one)));
}

// Keys whose product or sum with the base point meets the special cases of point addition.
TEST(P256Edges, SignsAndVerifiesWithTheSmallestAndLargestKeys) {
  for (const int offset : {1, 2, 3, -1, -2, -3}) {
    const ScalarBytes secret =
        offset > 0 ? offset_by(std::string(64, '0'), offset) : offset_by(kOrder, offset);
    const P256PrivateKey key =
        P256PrivateKey::from_secret(Secret<32>::copy_of(std::span(secret))).value();
    EXPECT_EQ(P256PublicKey::parse(key.public_key().compressed()).value(), key.public_key());
    for (const Digest32& digest :
         {sha256(as_bytes("a")), Digest32{}, offset_by(kOrder, 0), offset_by(kOrder, -1)}) {
      const P256Signature signature = p256_sign_digest(key, digest);
      EXPECT_TRUE(p256_verify_digest(key.public_key(), digest, signature));
    }
  }
}

TEST(P256Edges, PublicKeysThatAreNoPointsAreRefused) {
  const ScalarBytes x =
      bytes_of("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
  const ScalarBytes y =
      bytes_of("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
  const auto encoded = [](std::uint8_t form, std::initializer_list<ScalarBytes> coordinates) {
    Bytes bytes = {form};
    for (const ScalarBytes& each : coordinates) append(bytes, each);
    return bytes;
  };
  ASSERT_TRUE(P256PublicKey::parse(encoded(0x04, {x, y})).has_value());
  // Swapped and changed coordinates, x = y = 0, coordinates not below the prime, infinity, and
  // the x 1, which no point has; 5 is the x of two.
  ScalarBytes five{};
  five.back() = 5;
  ScalarBytes one{};
  one.back() = 1;
  for (const Bytes& bytes :
       {encoded(0x04, {y, x}), encoded(0x04, {x, offset_by(codec::encode_hex(y), 1)}),
        encoded(0x04, {ScalarBytes{}, ScalarBytes{}}), encoded(0x02, {bytes_of(kPrime)}),
        encoded(0x04, {bytes_of(kPrime), y}), encoded(0x00, {}), encoded(0x02, {one}),
        encoded(0x06, {x, y}), encoded(0x03, {x, y}), encoded(0x04, {x})}) {
    EXPECT_FALSE(P256PublicKey::parse(bytes).has_value()) << codec::encode_hex(bytes);
  }
  EXPECT_TRUE(P256PublicKey::parse(encoded(0x02, {five})).has_value());
}

TEST(P256Edges, TheSignatureItselfIsNotOverReadWhenItIsShort) {
  const P256PrivateKey key = test_key();
  const Digest32 digest = sha256(as_bytes("short"));
  const P256Signature signature = p256_sign_digest(key, digest);
  for (std::size_t size = 0; size < signature.size(); ++size) {
    EXPECT_FALSE(p256_verify_digest(key.public_key(), digest, ByteView(signature).first(size)));
  }
}

}  // namespace
}  // namespace nsl::crypto
