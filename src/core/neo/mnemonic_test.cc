#include "core/neo/mnemonic.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

constexpr std::string_view kAbandon =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

struct MnemonicVector {
  std::string_view entropy;
  std::string_view words;
};

// github.com/trezor/python-mnemonic, vectors.json (English), the vectors BIP-39 names.
constexpr MnemonicVector kVectors[] = {
    {"00000000000000000000000000000000", kAbandon},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "legal winner thank year wave sausage worth useful legal winner thank yellow"},
    {"ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"},
    {"000000000000000000000000000000000000000000000000",
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
     "abandon abandon abandon abandon abandon abandon agent"},
    {"8080808080808080808080808080808080808080808080808080808080808080",
     "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount "
     "doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless"}};

TEST(Mnemonic, EntropyAndWordsAreOneToOne) {
  for (const MnemonicVector& each : kVectors) {
    EXPECT_EQ(as_text(to_mnemonic(from_hex(each.entropy)).reveal()), each.words);
    EXPECT_EQ(codec::encode_hex(parse_mnemonic(each.words)->reveal()), each.entropy);
  }
}

TEST(Mnemonic, EveryLengthIsReadBack) {
  SeededRandom random(1);
  for (std::size_t size = 16; size <= 32; size += 4) {
    for (int i = 0; i < 20; ++i) {
      Bytes entropy(size);
      random.fill(entropy);
      const SecretBytes words = to_mnemonic(entropy);
      EXPECT_TRUE(equal(parse_mnemonic(as_text(words.reveal()))->reveal(), entropy));
    }
  }
}

TEST(Mnemonic, RefusesEveryOtherText) {
  const std::string good(kAbandon);
  for (const std::string& bad :
       {std::string(), std::string("abandon"), good + " ", " " + good, good + " about",
        good.substr(0, good.size() - 1), "Abandon" + good.substr(7),
        good.substr(0, good.size() - 5) + "abandon", good.substr(0, 8) + " " + good.substr(8),
        std::string(1000, 'a')}) {
    EXPECT_EQ(parse_mnemonic(bad).error().code(), Code::invalid_mnemonic) << bad;
    EXPECT_FALSE(mnemonic_seed(bad, "").has_value());
  }
}

// The seeds are BIP-39's; the keys were derived by an independent SLIP-10 implementation in Python
// that gives the published SLIP-10 vectors.
TEST(Mnemonic, SeedAndKeysFollowTheStandards) {
  const Secret<64> seed = mnemonic_seed(kAbandon, "TREZOR").value();
  EXPECT_EQ(codec::encode_hex(seed.reveal()),
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e"
            "1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
  const auto key_of = [](const Secret<64>& from, std::uint32_t index) {
    return codec::encode_hex(derive_account_key(from, index).secret().reveal());
  };
  EXPECT_EQ(key_of(seed, 0), "bfa500767f72aa8c252e3b46db98ecc6004d751ff79999f9e30a0f200cb688cf");
  EXPECT_EQ(key_of(seed, 2), "0c7b1b3e2a5dddd5576dbae5c5a889cc927e2a7430586e64c81623d25e3d4639");
  const Secret<64> plain = mnemonic_seed(kAbandon, "").value();
  EXPECT_EQ(key_of(plain, 0), "38bcb1943801333aecdb9099b368ca8ea5b13a2c22862f8e1be77a46ed88738b");
  EXPECT_EQ(key_of(plain, 1), "8757d6a4ba16fa26e0e4c79e611179a2f48f819e6286a80aec914d9820922a27");
}

struct JapaneseVector {
  std::string_view words;
  std::string_view seed;
};

// github.com/bip32JP/bip32JP.github.io, test_JP_BIP39.json, the Japanese vectors BIP-39 names.
// Their words have ideographic spaces between them.
constexpr std::string_view kJapanesePassphrase = "㍍ガバヴァぱばぐゞちぢ十人十色";
constexpr JapaneseVector kJapaneseVectors[] = {
    {"あい　あい　あい　あい　あい　あい　あい　あい　あい　あい　あい　あお",
     "1ff80dd485191668ebd554f7b87be1edb936d25d55a281b853c3afc250673b50cca471a12bc1a202b7316a2adb493"
     "7cd"
     "0b9aed1238e7636f4ccf86427a17d743"},
    {"たいみんぐ　れいせい　へんきん　ろせん　りくつ　のれん　ろうか　やそう　たいみんぐ　れいせい"
     "　へんきん　ろてん",
     "4c3bf2accd3f6440b28853320c126e7bf0083e6d6fd906b7653107675d4b3ec04ed50083d83830487b6daba19fd1a"
     "8b6"
     "ee21f167f8359142c1c7ab62ff4b7bfc"},
    {"ぬま　ひろう　おけ　さみだれ　すめし　りゆう　ぎむ　そよかぜ　あめ　いわう　はて　じつじ　た"
     "さい　たのしみ　らち　"
     "ふかい　もんく　ふまん",
     "83acbcb6c889f4e9fe752792e020ebb1b265a22869065aa34ade2ad2adcf2fac63976b20bb40da48b5ba5a77d7a25"
     "e81"
     "39a7c1e0638442cb0e1ff5a4d843b777"},
    {"える　ひらく　はんしゃ　くみあわせ　えしゃく　みる　ほめる　たいひ　うしろがみ　えさ　すそ　"
     "しゃっきん　きせき　"
     "はにかむ　せかい　むこ　たんぴん　いわ　つめたい　てまきずし　げひん　ほんしつ　うま　けいけ"
     "ん",
     "53836ed7e57ce2dbe4df1143ffa776548e5e5704304e57307790463d2133db437fadf1276f94195bd7ec27df31a5f"
     "b33"
     "761c3c1f97ee55af531e348be181b05f"}};

TEST(Mnemonic, NormalisesAsTheJapaneseVectorsDo) {
  for (const JapaneseVector& each : kJapaneseVectors) {
    const auto seed = mnemonic_seed(each.words, kJapanesePassphrase);
    ASSERT_TRUE(seed.has_value()) << seed.error().message();
    EXPECT_EQ(codec::encode_hex(seed->reveal()), each.seed);
  }
}

TEST(Mnemonic, APassphraseTypedInTwoFormsIsOne) {
  const auto composed = mnemonic_seed(kAbandon, "caf\u00e9");
  const auto decomposed = mnemonic_seed(kAbandon, "cafe\u0301");
  ASSERT_TRUE(composed.has_value());
  EXPECT_TRUE(equal(composed->reveal(), decomposed->reveal()));
  EXPECT_FALSE(equal(composed->reveal(), mnemonic_seed(kAbandon, "cafe")->reveal()));
}

TEST(Mnemonic, CountsWordsItHasNoListOf) {
  EXPECT_EQ(mnemonic_seed("あい　あい　あい", "").error().code(), Code::invalid_mnemonic);
  EXPECT_EQ(mnemonic_seed("あい　　あい　あい　あい　あい　あい　あい　あい　あい　あい　あお", "")
                .error()
                .code(),
            Code::invalid_mnemonic);
}

TEST(Mnemonic, BoundsThePassphrase) {
  const auto most = static_cast<std::size_t>(limits::kMnemonicPassphraseBytesMax);
  EXPECT_TRUE(mnemonic_seed(kAbandon, std::string(most, 'a')).has_value());
  EXPECT_EQ(mnemonic_seed(kAbandon, std::string(most + 1, 'a')).error().code(),
            Code::invalid_argument);
  EXPECT_EQ(mnemonic_seed(kAbandon, "\xff").error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace nsl::neo
