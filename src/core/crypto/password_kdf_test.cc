#include "core/crypto/password_kdf.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

std::string scrypt_hex(std::string_view password, std::string_view salt, ScryptCost cost) {
  std::array<std::uint8_t, 64> key{};
  EXPECT_TRUE(scrypt(as_bytes(password), as_bytes(salt), cost, key).has_value());
  return codec::encode_hex(key);
}

std::string pbkdf2_hex(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  std::array<std::uint8_t, 64> key{};
  pbkdf2_hmac_sha256(as_bytes(password), as_bytes(salt), iterations, key);
  return codec::encode_hex(key);
}

// RFC 7914 section 12.
TEST(PasswordKdf, ScryptMatchesTheVectorsOfRfc7914) {
  EXPECT_EQ(scrypt_hex("", "", {.n = 16, .r = 1, .p = 1}),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
            "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  EXPECT_EQ(scrypt_hex("password", "NaCl", {.n = 1024, .r = 8, .p = 16}),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  EXPECT_EQ(scrypt_hex("pleaseletmein", "SodiumChloride", {.n = 16384, .r = 8, .p = 1}),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

// RFC 7914 section 11.
TEST(PasswordKdf, Pbkdf2MatchesTheVectorsOfRfc7914) {
  EXPECT_EQ(pbkdf2_hex("passwd", "salt", 1),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
            "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  EXPECT_EQ(pbkdf2_hex("Password", "NaCl", 80000),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
            "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

// Limit: scrypt_memory_bytes_max.
TEST(PasswordKdf, ScryptRefusesCostsThatAreInvalidOrTooLarge) {
  std::array<std::uint8_t, 32> key{};
  const std::uint64_t largest_n = limits::kScryptMemoryBytesMax / 128 / 8;
  EXPECT_TRUE(scrypt({}, {}, {.n = largest_n, .r = 8, .p = 1}, key).has_value());
  for (const ScryptCost cost :
       {ScryptCost{.n = 0, .r = 8, .p = 8}, ScryptCost{.n = 1, .r = 8, .p = 8},
        ScryptCost{.n = 15, .r = 8, .p = 8}, ScryptCost{.n = 16, .r = 0, .p = 8},
        ScryptCost{.n = 16, .r = 8, .p = 0}, ScryptCost{.n = 2 * largest_n, .r = 8, .p = 1},
        ScryptCost{.n = 16, .r = 8, .p = largest_n + 1},
        ScryptCost{.n = std::uint64_t{1} << 63, .r = UINT64_MAX, .p = UINT64_MAX}}) {
    EXPECT_EQ(scrypt({}, {}, cost, key).error().code(), Code::limit_exceeded);
  }
}

}  // namespace
}  // namespace nsl::crypto
