#include "core/codec/base64.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace nsl::codec {
namespace {

// RFC 4648 section 10.
TEST(Base64, MatchesTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(encode_base64(as_bytes(plain)), text);
    EXPECT_EQ(decode_base64(text).value(), to_bytes(plain));
  }
}

TEST(Base64, RefusesMissingPaddingSpacesAndTheOtherAlphabet) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Z", "=", "====", "Zm9v\n", "Zm 9", "-_-_",
                           "Zg==Zg==", "Z===", "Zm9vZ=m="}) {
    const auto decoded = decode_base64(text);
    ASSERT_FALSE(decoded.has_value()) << text;
    EXPECT_EQ(decoded.error().code(), Code::malformed_base64) << text;
  }
}

TEST(Base64, RefusesUnusedBitsThatAreNotZero) {
  EXPECT_FALSE(decode_base64("Zh==").has_value());
  EXPECT_FALSE(decode_base64("Zm9=").has_value());
  EXPECT_FALSE(decode_base64url("Zh").has_value());
}

TEST(Base64Url, HasNoPaddingAndItsOwnAlphabet) {
  EXPECT_EQ(encode_base64url(Bytes{0xfb, 0xff}), "-_8");
  EXPECT_EQ(decode_base64url("-_8").value(), (Bytes{0xfb, 0xff}));
  EXPECT_FALSE(decode_base64url("-_8=").has_value());
  EXPECT_FALSE(decode_base64url("+/8").has_value());
  EXPECT_FALSE(decode_base64url("AAAAA").has_value());
}

TEST(Base64, RoundTripsRandomBytes) {
  SeededRandom random(2);
  for (std::size_t size = 0; size < 100; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    EXPECT_EQ(decode_base64(encode_base64(bytes)).value(), bytes);
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)).value(), bytes);
  }
}

}  // namespace
}  // namespace nsl::codec
