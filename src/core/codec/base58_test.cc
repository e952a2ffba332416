#include "core/codec/base58.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/codec/hex.h"

namespace nsl::codec {
namespace {

// Bitcoin Core, src/test/data/base58_encode_decode.json.
TEST(Base58, MatchesTheVectorsOfBitcoinCore) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"61", "2g"},
      {"626262", "a3gV"},
      {"636363", "aPEr"},
      {"73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"},
      {"00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"},
      {"516b6fcd0f", "ABnLTmg"},
      {"bf4f89001e670274dd", "3SEo3LWLoPntC"},
      {"572e4794", "3EFU7m"},
      {"ecac89cad93923c02321", "EJDM8drfXA6uyA"},
      {"10c8511e", "Rt5zm"},
      {"00000000000000000000", "1111111111"}};
  for (const auto& [hex, text] : vectors) {
    const Bytes bytes = decode_hex(hex).value();
    EXPECT_EQ(encode_base58(bytes), text);
    EXPECT_EQ(decode_base58(text).value(), bytes);
  }
}

TEST(Base58, RefusesDigitsOutsideTheAlphabet) {
  for (const char* text : {"0", "O", "I", "l", " 2g", "2g ", "+", "\xff"}) {
    EXPECT_FALSE(decode_base58(text).has_value()) << text;
  }
}

// Limit: base58_bytes_max.
TEST(Base58, RefusesTextOverTheLimit) {
  const Bytes largest(static_cast<std::size_t>(limits::kBase58BytesMax), 0xff);
  EXPECT_EQ(decode_base58(encode_base58(largest)).value(), largest);
  EXPECT_FALSE(decode_base58(encode_base58(largest) + "1").has_value());
  EXPECT_FALSE(decode_base58(std::string(largest.size() + 1, '1')).has_value());
  EXPECT_FALSE(decode_base58(std::string(1000000, 'z')).has_value());
}

TEST(Base58, RoundTripsRandomBytesAlsoIntoSecretMemory) {
  SeededRandom random(3);
  for (std::size_t size = 0; size <= 128; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    std::fill_n(bytes.begin(), size % 4 == 0 ? size / 4 : 0, std::uint8_t{0});
    const std::string text = encode_base58(bytes);
    EXPECT_EQ(decode_base58(text).value(), bytes);
    EXPECT_TRUE(equal(decode_base58_secret(text).value().reveal(), bytes));
  }
}

}  // namespace
}  // namespace nsl::codec
