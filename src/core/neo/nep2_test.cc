#include "core/neo/nep2.h"

#include <gtest/gtest.h>

#include "core/neo/nfc.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// For tests that are about the format only.
constexpr crypto::ScryptCost kFastCost{2, 1, 1};

TEST(Nep2, SealsPublishedKeys) {
  for (const KeyVector& row : kKeyVectors) {
    const PrivateKey key = private_key_of(row.private_key);
    EXPECT_EQ(seal_nep2(key, as_bytes(row.passphrase)).value(), row.nep2);
  }
}

TEST(Nep2, OpensAPublishedKey) {
  const KeyVector& row = kKeyVectors[1];
  const Result<PrivateKey> opened = open_nep2(row.nep2, as_bytes(row.passphrase));
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(equal(opened->secret().reveal(), private_key_of(row.private_key).secret().reveal()));
}

TEST(Nep2, OpensWhatItSeals) {
  for (int number = 0; number < 20; ++number) {
    const PrivateKey key = numbered_key(number);
    const std::string text = seal_nep2(key, as_bytes("passphrase"), kFastCost).value();
    const PrivateKey opened = open_nep2(text, as_bytes("passphrase"), kFastCost).value();
    EXPECT_TRUE(equal(opened.secret().reveal(), key.secret().reveal()));
  }
}

TEST(Nep2, RefusesTheWrongPassphraseAndTheWrongCost) {
  const std::string text = seal_nep2(numbered_key(0), as_bytes("right"), kFastCost).value();
  EXPECT_TRUE(open_nep2(text, as_bytes("right"), kFastCost).has_value());
  EXPECT_EQ(open_nep2(text, as_bytes("wrong"), kFastCost).error().code(), Code::wrong_passphrase);
  EXPECT_EQ(open_nep2(text, as_bytes("right"), {4, 1, 1}).error().code(), Code::wrong_passphrase);
  EXPECT_FALSE(open_nep2(text, as_bytes("right"), {3, 1, 1}).has_value()) << "no power of two";
}

TEST(Nep2, RefusesMalformedText) {
  const std::string good = seal_nep2(numbered_key(0), as_bytes("x"), kFastCost).value();
  EXPECT_EQ(good.substr(0, 2), "6P");
  EXPECT_EQ(good.size(), 58U);
  std::string changed = good;
  changed[10] = changed[10] == '2' ? '3' : '2';
  for (const std::string& text :
       {changed, good.substr(1), std::string(), std::string(kKeyVectors[0].wif),
        std::string(kKeyVectors[0].address)}) {
    EXPECT_EQ(open_nep2(text, as_bytes("x"), kFastCost).error().code(), Code::invalid_nep2) << text;
  }
}

TEST(Nep2, RefusesPassphrasesThatMayNotBeNormalised) {
  const PrivateKey key = numbered_key(0);
  // "café" with a combining accent, and a lone byte.
  for (const std::string_view passphrase : {"cafe\xcc\x81", "\xff"}) {
    EXPECT_EQ(seal_nep2(key, as_bytes(passphrase), kFastCost).error().code(),
              Code::invalid_argument);
  }
}

TEST(Nfc, AcceptsWhatIsCertainlyNormalised) {
  for (const std::string_view text :
       {"", "plain ASCII", "caf\xc3\xa9 \xc3\x85", "我的密码", "\xed\x95\x9c\xea\xb8\x80",
        "\xcf\x93\xf0\x90\x90\x80\xf0\x9f\x92\xa9",  // BIP-38's third passphrase, composed
        "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7"}) {   // Devanagari with a virama
    EXPECT_TRUE(is_certainly_nfc(as_bytes(text))) << text;
  }
  EXPECT_TRUE(is_certainly_nfc(as_bytes(std::string_view("a\0b", 3))));
}

TEST(Nfc, RefusesWhatIsNotOrMayNotBeNormalised) {
  for (const std::string_view text :
       {"e\xcc\x81",                 // e and a combining acute accent
        "\xe2\x84\xab",              // the sign for Angstrom
        "\xcf\x92\xcc\x81",          // BIP-38's third passphrase, decomposed
        "\xe1\x84\x92\xe1\x85\xa1",  // a Hangul syllable in two letters
        "\xef\xa4\x80",              // a CJK compatibility ideograph
        "\xd6\xb4\xd6\xb0"}) {       // two Hebrew points in the wrong order
    EXPECT_FALSE(is_certainly_nfc(as_bytes(text))) << text;
  }
}

}  // namespace
}  // namespace nsl::neo
