#include "core/codec/hex.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace nsl::codec {
namespace {

TEST(Hex, EncodesInLowerCase) {
  EXPECT_EQ(encode_hex(Bytes{0x00, 0xab, 0xff}), "00abff");
  EXPECT_EQ(encode_hex({}), "");
}

TEST(Hex, DecodesBothCases) { EXPECT_EQ(decode_hex("00aBFf").value(), (Bytes{0x00, 0xab, 0xff})); }

TEST(Hex, RefusesAnythingButPairsOfDigits) {
  for (const char* text : {"0", "0g", "0x00", "00 ", " 00", "-1", "+1", "00\n", "é"}) {
    const auto result = decode_hex(text);
    ASSERT_FALSE(result.has_value()) << text;
    EXPECT_EQ(result.error().code(), Code::malformed_hex);
  }
}

TEST(Hex, DecodesIntoAnArrayOfExactlyThatSize) {
  EXPECT_EQ(decode_hex_array<2>("0102").value(), (std::array<std::uint8_t, 2>{1, 2}));
  EXPECT_FALSE(decode_hex_array<2>("010203").has_value());
  EXPECT_FALSE(decode_hex_array<2>("01").has_value());
}

TEST(Hex, RoundTripsRandomBytes) {
  SeededRandom random(1);
  for (std::size_t size = 0; size < 100; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    EXPECT_EQ(decode_hex(encode_hex(bytes)).value(), bytes);
  }
}

}  // namespace
}  // namespace nsl::codec
