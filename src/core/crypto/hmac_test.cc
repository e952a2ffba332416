#include "core/crypto/hmac.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

using codec::encode_hex;

Bytes hex(std::string_view text) { return codec::decode_hex(text).value(); }

// RFC 4231 sections 4.2, 4.3, 4.4 and 4.7.
TEST(Hmac, MatchesTheVectorsOfRfc4231) {
  EXPECT_EQ(encode_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(encode_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(encode_hex(hmac_sha256(Bytes(20, 0xaa), Bytes(50, 0xdd))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(
      encode_hex(hmac_sha256(Bytes(131, 0xaa),
                             as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, CopiesStartAnotherMessageUnderTheSameKey) {
  const HmacSha256 keyed(as_bytes("key"));
  HmacSha256 first = keyed;
  HmacSha256 second = keyed;
  EXPECT_EQ(first.update(as_bytes("one")).finish(), hmac_sha256(as_bytes("key"), as_bytes("one")));
  EXPECT_EQ(second.update(as_bytes("t")).update(as_bytes("wo")).finish(),
            hmac_sha256(as_bytes("key"), as_bytes("two")));
}

// RFC 5869 appendix A.1 to A.3.
TEST(Hkdf, MatchesTheVectorsOfRfc5869) {
  const Secret<42> basic = hkdf_sha256<42>(hex("000102030405060708090a0b0c"), Bytes(22, 0x0b),
                                           hex("f0f1f2f3f4f5f6f7f8f9"));
  EXPECT_EQ(encode_hex(basic.reveal()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");

  Bytes key(80);
  Bytes salt(80);
  Bytes info(80);
  for (std::size_t i = 0; i < 80; ++i) {
    key[i] = static_cast<std::uint8_t>(i);
    salt[i] = static_cast<std::uint8_t>(0x60 + i);
    info[i] = static_cast<std::uint8_t>(0xb0 + i);
  }
  EXPECT_EQ(
      encode_hex(hkdf_sha256<82>(salt, key, info).reveal()),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e"
      "590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");

  EXPECT_EQ(encode_hex(hkdf_sha256<42>({}, Bytes(22, 0x0b), {}).reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

}  // namespace
}  // namespace nsl::crypto
