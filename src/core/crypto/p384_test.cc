#include "core/crypto/p384.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"
#include "core/crypto/p384_sign.h"

namespace nsl::crypto {
namespace {

Bytes hex(std::string_view text) { return codec::decode_hex(text).value(); }

// RFC 6979 appendix A.2.6, SHA-384 over "sample".
constexpr std::string_view kSecret =
    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2ed"
    "f5";
constexpr std::string_view kPublicKey =
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480"
    "bc13"
    "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"
    "20";
constexpr std::string_view kSignature =
    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe"
    "46"
    "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628a"
    "c8";
constexpr std::string_view kOrder =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc529"
    "73";

TEST(P384, VerifiesTheVectorOfRfc6979) {
  const P384PublicKey key = P384PublicKey::parse(hex(kPublicKey)).value();
  EXPECT_TRUE(p384_verify(key, as_bytes("sample"), hex(kSignature)));
  EXPECT_FALSE(p384_verify(key, as_bytes("test"), hex(kSignature)));
}

TEST(P384, RefusesFlippedBitsOfASignature) {
  const P384PublicKey key = P384PublicKey::parse(hex(kPublicKey)).value();
  for (std::size_t byte = 0; byte < kP384SignatureBytes; ++byte) {
    Bytes changed = hex(kSignature);
    changed[byte] ^= static_cast<std::uint8_t>(1U << (byte % 8));
    EXPECT_FALSE(p384_verify(key, as_bytes("sample"), changed));
  }
}

TEST(P384, RefusesSignaturesOutOfRangeOrOfAnotherLength) {
  const P384PublicKey key = P384PublicKey::parse(hex(kPublicKey)).value();
  const std::string zero(96, '0');
  const std::string r(kSignature.substr(0, 96));
  const std::string s(kSignature.substr(96));
  const std::string order(kOrder);
  for (const std::string& text :
       {zero + zero, r + zero, zero + s, order + s, r + order, r, r + s + "00", std::string()}) {
    EXPECT_FALSE(p384_verify(key, as_bytes("sample"), hex(text)));
  }
}

TEST(P384, RefusesPublicKeysNotOnTheCurveOrInAnotherForm) {
  Bytes off_curve = hex(kPublicKey);
  off_curve.back() ^= 1;
  Bytes hybrid = hex(kPublicKey);
  hybrid[0] = 0x06;
  Bytes compressed(hybrid.begin(), hybrid.begin() + 49);
  compressed[0] = 0x02;
  for (const Bytes& bytes : {Bytes{}, Bytes{0}, Bytes(97), off_curve, hybrid, compressed}) {
    EXPECT_EQ(P384PublicKey::parse(bytes).error().code(), Code::invalid_key);
  }
}

TEST(P384, VerifiesWhatItSigns) {
  SeededRandom random(41);
  for (int i = 0; i < 10; ++i) {
    const P384PrivateKey key = P384PrivateKey::generate(random);
    EXPECT_TRUE(
        p384_verify(key.public_key(), as_bytes("message"), p384_sign(key, as_bytes("message"))));
  }
}

TEST(P384, DerivesThePublicKeyOfRfc6979AndRefusesSecretsOutOfRange) {
  const auto secret = [](std::string_view text) {
    return P384PrivateKey::from_secret(
        Secret<48>::copy_of(codec::decode_hex_array<48>(text).value()));
  };
  EXPECT_EQ(codec::encode_hex(secret(kSecret).value().public_key().uncompressed()), kPublicKey);
  EXPECT_FALSE(secret(std::string(96, '0')).has_value());
  EXPECT_FALSE(secret(kOrder).has_value());
}

}  // namespace
}  // namespace nsl::crypto
