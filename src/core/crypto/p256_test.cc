#include "core/crypto/p256.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

using codec::encode_hex;

constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

Bytes hex(std::string_view text) { return codec::decode_hex(text).value(); }

Result<P256PrivateKey> key_of(std::string_view text) {
  return P256PrivateKey::from_secret(
      Secret<32>::copy_of(codec::decode_hex_array<32>(text).value()));
}

// RFC 6979 appendix A.2.5.
constexpr std::string_view kRfcKey =
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view kRfcPublicKey =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr std::string_view kRfcSample =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
constexpr std::string_view kRfcTest =
    "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
    "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";

TEST(P256, SignsTheVectorsOfRfc6979) {
  const P256PrivateKey key = key_of(kRfcKey).value();
  EXPECT_EQ(encode_hex(key.public_key().uncompressed()), kRfcPublicKey);
  EXPECT_EQ(encode_hex(p256_sign(key, as_bytes("sample"))), kRfcSample);
  EXPECT_EQ(encode_hex(p256_sign(key, as_bytes("test"))), kRfcTest);
}

TEST(P256, BatchesGiveTheSameSignatures) {
  SeededRandom random(21);
  std::vector<P256PrivateKey> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(P256PrivateKey::generate(random));
  for (std::size_t count = 0; count < 18; ++count) {
    std::vector<P256SignRequest> requests;
    for (std::size_t i = 0; i < count; ++i) {
      requests.push_back({.key = &keys[i % keys.size()], .digest = random.bytes<32>()});
    }
    const std::vector<P256Signature> signatures = p256_sign_batch(requests);
    ASSERT_EQ(signatures.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(signatures[i], p256_sign_digest(*requests[i].key, requests[i].digest));
    }
  }
}

TEST(P256, OpenSslVerifiesTwoThousandRandomSignatures) {
  SeededRandom random(22);
  for (int round = 0; round < 100; ++round) {
    const P256PrivateKey key = P256PrivateKey::generate(random);
    for (int i = 0; i < 20; ++i) {
      const Digest32 digest = random.bytes<32>();
      const P256Signature signature = p256_sign_digest(key, digest);
      ASSERT_TRUE(p256_verify_digest(key.public_key(), digest, signature));
      Digest32 other = digest;
      other[0] ^= 1;
      ASSERT_FALSE(p256_verify_digest(key.public_key(), other, signature));
    }
  }
}

TEST(P256, SignsDigestsAboveTheOrderAndZero) {
  const P256PrivateKey key = key_of(kRfcKey).value();
  Digest32 largest{};
  largest.fill(0xff);
  for (const Digest32& digest : {Digest32{}, largest}) {
    EXPECT_TRUE(p256_verify_digest(key.public_key(), digest, p256_sign_digest(key, digest)));
  }
}

TEST(P256, RefusesEveryFlippedBitOfASignature) {
  const P256PrivateKey key = key_of(kRfcKey).value();
  const P256Signature signature = p256_sign(key, as_bytes("sample"));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    P256Signature changed = signature;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(p256_verify(key.public_key(), as_bytes("sample"), changed));
  }
}

TEST(P256, VerifiesTheOtherFormOfSAsNeoDoes) {
  const P256PrivateKey key = key_of(kRfcKey).value();
  // n - s of the RFC's "test" signature.
  const Bytes other =
      hex("f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
          "fe60beeb8bd5d4ec42da6d94b639b6ea5dc07c4cd3965338e6f1887217f424ce");
  EXPECT_TRUE(p256_verify(key.public_key(), as_bytes("test"), other));
}

TEST(P256, RefusesSignaturesOutOfRangeOrOfAnotherLength) {
  const P256PrivateKey key = key_of(kRfcKey).value();
  const std::string zero(64, '0');
  const std::string r(kRfcSample.substr(0, 64));
  const std::string s(kRfcSample.substr(64));
  const std::string order(kOrder);
  for (const std::string& text : {zero + zero, zero + s, r + zero, order + s, r + order,
                                  std::string(128, 'f'), r, r + s + "00", std::string()}) {
    EXPECT_FALSE(p256_verify(key.public_key(), as_bytes("sample"), hex(text))) << text;
  }
}

TEST(P256, AcceptsPrivateKeysFromOneToOrderMinusOne) {
  const std::string one = std::string(63, '0') + "1";
  const std::string last(std::string(kOrder.substr(0, 63)) + "0");
  EXPECT_TRUE(key_of(one).has_value());
  EXPECT_TRUE(key_of(last).has_value());
  EXPECT_EQ(key_of(std::string(64, '0')).error().code(), Code::invalid_key);
  EXPECT_EQ(key_of(kOrder).error().code(), Code::invalid_key);
  EXPECT_EQ(key_of(std::string(64, 'f')).error().code(), Code::invalid_key);
}

// FIPS 186-4 D.1.2.3: the base point; key n - 1 is its negative.
TEST(P256, DerivesTheBasePointAndItsNegative) {
  const std::string x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
  const std::string y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
  const P256PrivateKey one = key_of(std::string(63, '0') + "1").value();
  const P256PrivateKey last = key_of(std::string(kOrder.substr(0, 63)) + "0").value();
  EXPECT_EQ(encode_hex(one.public_key().uncompressed()), "04" + x + y);
  EXPECT_EQ(encode_hex(one.public_key().compressed()), "03" + x);
  EXPECT_EQ(encode_hex(last.public_key().compressed()), "02" + x);
}

TEST(P256, ParsesBothFormsOfAPublicKey) {
  SeededRandom random(23);
  for (int i = 0; i < 50; ++i) {
    const P256PublicKey key = P256PrivateKey::generate(random).public_key();
    EXPECT_EQ(P256PublicKey::parse(key.compressed()).value(), key);
    EXPECT_EQ(P256PublicKey::parse(key.uncompressed()).value(), key);
  }
}

TEST(P256, RefusesPublicKeysNotOnTheCurveOrInAnotherForm) {
  const Bytes good = hex(kRfcPublicKey);
  Bytes hybrid = good;
  hybrid[0] = 0x07;
  Bytes off_curve = good;
  off_curve.back() ^= 1;
  Bytes compressed_with_long_tail = good;
  compressed_with_long_tail[0] = 0x02;
  const std::string field_prime =
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
  for (const Bytes& bytes :
       {Bytes{}, Bytes{0x00}, Bytes(33), Bytes(65), hybrid, off_curve, compressed_with_long_tail,
        hex("02" + field_prime), hex("02" + std::string(64, 'f')),
        hex("04" + std::string(128, '0')), Bytes(good.begin(), good.end() - 1),
        hex(std::string(kRfcPublicKey) + "00")}) {
    const auto result = P256PublicKey::parse(bytes);
    ASSERT_FALSE(result.has_value()) << encode_hex(bytes);
    EXPECT_EQ(result.error().code(), Code::invalid_key);
  }
}

// NIST CAVP, KAS ECC CDH primitive, P-256, COUNT = 0.
TEST(P256, AgreesOnTheSharedXOfTheNistVector) {
  const P256PrivateKey key =
      key_of("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534").value();
  const P256PublicKey peer =
      P256PublicKey::parse(hex("04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
                               "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"))
          .value();
  EXPECT_EQ(encode_hex(p256_ecdh(key, peer).reveal()),
            "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
}

TEST(P256, BothSidesAgree) {
  SeededRandom random(24);
  const P256PrivateKey alice = P256PrivateKey::generate(random);
  const P256PrivateKey bob = P256PrivateKey::generate(random);
  EXPECT_TRUE(equal(p256_ecdh(alice, bob.public_key()).reveal(),
                    p256_ecdh(bob, alice.public_key()).reveal()));
}

}  // namespace
}  // namespace nsl::crypto
