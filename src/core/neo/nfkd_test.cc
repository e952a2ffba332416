#include "core/neo/nfkd.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/bytes.h"
#include "core/codec/hex.h"
#include "core/crypto/hash.h"

namespace nsl::neo {
namespace {

std::string form_of(std::string_view text) {
  const auto form = to_nfkd(text, 1024);
  return form.has_value() ? to_string(form->reveal()) : "refused";
}

std::string utf8_of(std::uint32_t point) {
  const auto tail = [point](std::uint32_t shift) {
    return static_cast<char>(0x80U | (point >> shift & 0x3FU));
  };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0U | point >> 6U), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | point >> 18U), tail(12), tail(6), tail(0)};
}

// Examples of UAX #15 and its test file NormalizationTest.txt.
TEST(Nfkd, TakesLettersApartAndOrdersTheirMarks) {
  EXPECT_EQ(form_of("plain"), "plain");
  EXPECT_EQ(form_of(""), "");
  EXPECT_EQ(form_of("caf\u00e9"), "cafe\u0301");
  EXPECT_EQ(form_of("cafe\u0301"), "cafe\u0301");
  // The dot below comes before the dot above, whichever was typed first.
  EXPECT_EQ(form_of("s\u0307\u0323"), "s\u0323\u0307");
  EXPECT_EQ(form_of("\u1e69"), "s\u0323\u0307");
  EXPECT_EQ(form_of("\ufb01"), "fi");
  EXPECT_EQ(form_of("\u3000"), " ");
  EXPECT_EQ(form_of("\uac01"), "\u1100\u1161\u11a8");
  EXPECT_EQ(form_of("\u334d"), "\u30e1\u30fc\u30c8\u30eb");
  EXPECT_EQ(form_of("\U0001d400"), "A");
}

TEST(Nfkd, KeepsAZeroByte) {
  EXPECT_EQ(form_of(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Nfkd, IsItsOwnForm) {
  for (const char* text : {"\u3053\u3099", "\ufdfa", "\u212b\u0327", "\u1e9b\u0323"}) {
    EXPECT_EQ(form_of(form_of(text)), form_of(text));
  }
}

TEST(Nfkd, RefusesWhatHasNoCertainForm) {
  EXPECT_EQ(to_nfkd("\xff", 1024).error().code(), Code::invalid_argument);
  EXPECT_EQ(to_nfkd("\xed\xa0\x80", 1024).error().code(), Code::invalid_argument);
  // Not assigned in any version so far.
  EXPECT_EQ(to_nfkd("\u0378", 1024).error().code(), Code::invalid_argument);
  EXPECT_EQ(to_nfkd("four", 3).error().code(), Code::invalid_argument);
}

// Python 3.11's unicodedata (Unicode 14) over every character it takes apart: SHA-256 over each
// character and its form in UTF-8. Letters that Unicode 15 added with a form are left out.
//   for c in map(chr, range(0x110000)): f = normalize("NFKD", c); f != c and
//   h.update((c+f).encode())
TEST(Nfkd, EveryCharacterHasTheFormPythonGivesIt) {
  Bytes all;
  int count = 0;
  for (std::uint32_t point = 0; point < 0x110000; ++point) {
    const bool is_newer = point >= 0x1E030 && point <= 0x1E06D;
    if ((point >= 0xD800 && point <= 0xDFFF) || is_newer) continue;
    const std::string text = utf8_of(point);
    const auto form = to_nfkd(text, 1024);
    if (!form.has_value() || equal(form->reveal(), as_bytes(text))) continue;
    all.insert(all.end(), text.begin(), text.end());
    const ByteView bytes = form->reveal();
    all.insert(all.end(), bytes.begin(), bytes.end());
    ++count;
  }
  EXPECT_EQ(count, 16967);
  EXPECT_EQ(codec::encode_hex(crypto::sha256(all)),
            "dc220776ef7eedad501890c3a8e3731480f7210fe3faec7792d9a318dfa9afb1");
}

}  // namespace
}  // namespace nsl::neo
