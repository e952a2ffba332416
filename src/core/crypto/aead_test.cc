#include "core/crypto/aead.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

using codec::encode_hex;

Bytes hex(std::string_view text) { return codec::decode_hex(text).value(); }

struct GcmVector {
  const char* key;
  const char* nonce;
  const char* associated_data;
  const char* plaintext;
  const char* sealed;
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: cases 1, 4, 13, 14, 16.
constexpr GcmVector kVectors[] = {
    {"00000000000000000000000000000000", "000000000000000000000000", "", "",
     "58e2fccefa7e3061367f1d57a4e7455a"},
    {"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"}};

TEST(Aead, MatchesThePublishedGcmVectorsBothWays) {
  for (const GcmVector& vector : kVectors) {
    const Bytes key = hex(vector.key);
    const auto nonce = codec::decode_hex_array<12>(vector.nonce).value();
    const Bytes associated_data = hex(vector.associated_data);
    const AeadInput input{.key = key, .nonce = nonce, .associated_data = associated_data};
    const Bytes plaintext = hex(vector.plaintext);
    EXPECT_EQ(encode_hex(aead_seal(input, plaintext)), vector.sealed);
    EXPECT_EQ(aead_open(input, hex(vector.sealed)).value(), plaintext);
    EXPECT_TRUE(equal(aead_open_secret(input, hex(vector.sealed)).value().reveal(), plaintext));
  }
}

TEST(Aead, RefusesEveryFlippedBit) {
  const Bytes key(32, 1);
  const AeadNonce nonce{};
  const AeadInput input{.key = key, .nonce = nonce, .associated_data = as_bytes("record 1")};
  const Bytes sealed = aead_seal(input, as_bytes("the plaintext"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_EQ(aead_open(input, changed).error().code(), Code::decryption_failed);
  }
}

TEST(Aead, RefusesOtherKeyNonceDataAndLength) {
  const Bytes key(32, 1);
  const AeadNonce nonce{};
  const AeadInput input{.key = key, .nonce = nonce, .associated_data = as_bytes("record 1")};
  const Bytes sealed = aead_seal(input, as_bytes("the plaintext"));
  const Bytes other_key(32, 2);
  const AeadNonce other_nonce{1};
  const AeadInput with_other_key{
      .key = other_key, .nonce = nonce, .associated_data = input.associated_data};
  const AeadInput with_other_nonce{
      .key = key, .nonce = other_nonce, .associated_data = input.associated_data};
  const AeadInput with_other_data{
      .key = key, .nonce = nonce, .associated_data = as_bytes("record 2")};
  EXPECT_FALSE(aead_open(with_other_key, sealed).has_value());
  EXPECT_FALSE(aead_open(with_other_nonce, sealed).has_value());
  EXPECT_FALSE(aead_open(with_other_data, sealed).has_value());
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(aead_open(input, ByteView(sealed).first(size)).has_value());
    EXPECT_FALSE(aead_open_secret(input, ByteView(sealed).first(size)).has_value());
  }
}

// FIPS 197 appendix C.3, and a second equal block to show that blocks are independent.
TEST(AesEcb, MatchesTheVectorOfFips197) {
  const auto key = codec::decode_hex_array<32>(
                       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
                       .value();
  const Bytes plaintext = hex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  Bytes sealed(32);
  aes_256_ecb(key, EcbDirection::seal, plaintext, sealed);
  EXPECT_EQ(encode_hex(sealed), "8ea2b7ca516745bfeafc49904b4960898ea2b7ca516745bfeafc49904b496089");
  Bytes opened(32);
  aes_256_ecb(key, EcbDirection::open, sealed, opened);
  EXPECT_EQ(opened, plaintext);
}

}  // namespace
}  // namespace nsl::crypto
