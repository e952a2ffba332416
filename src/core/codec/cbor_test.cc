#include "core/codec/cbor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/base/random.h"
#include "core/codec/hex.h"

namespace nsl::codec {
namespace {

Bytes hex(std::string_view text) { return decode_hex(text).value(); }

constexpr CborOptions kForeign{.form = CborForm::foreign};

std::string encoded(CborWriter& writer) { return encode_hex(std::move(writer).take()); }

// RFC 8949 appendix A, the integers.
TEST(Cbor, EncodesTheIntegersOfRfc8949) {
  const std::pair<std::int64_t, const char*> vectors[] = {{0, "00"},
                                                          {1, "01"},
                                                          {10, "0a"},
                                                          {23, "17"},
                                                          {24, "1818"},
                                                          {25, "1819"},
                                                          {100, "1864"},
                                                          {1000, "1903e8"},
                                                          {1000000, "1a000f4240"},
                                                          {1000000000000, "1b000000e8d4a51000"},
                                                          {-1, "20"},
                                                          {-10, "29"},
                                                          {-100, "3863"},
                                                          {-1000, "3903e7"},
                                                          {INT64_MAX, "1b7fffffffffffffff"},
                                                          {INT64_MIN, "3b7fffffffffffffff"}};
  for (const auto& [value, text] : vectors) {
    CborWriter writer;
    writer.write_integer(value);
    EXPECT_EQ(encoded(writer), text);
    const Bytes bytes = hex(text);
    EXPECT_EQ(parse_cbor(bytes).value().to_integer().value(), value);
  }
  const Bytes largest = hex("1bffffffffffffffff");
  EXPECT_EQ(parse_cbor(largest).value().to_unsigned().value(), UINT64_MAX);
  EXPECT_FALSE(parse_cbor(largest).value().to_integer().has_value());
  const Bytes smallest = hex("3bffffffffffffffff");
  EXPECT_FALSE(parse_cbor(smallest).value().to_integer().has_value());
}

// RFC 8949 appendix A, the other kinds.
TEST(Cbor, ReadsTheOtherKindsOfRfc8949) {
  EXPECT_TRUE(parse_cbor(hex("f6")).value().is_null());
  EXPECT_FALSE(parse_cbor(hex("f4")).value().to_boolean().value());
  EXPECT_TRUE(parse_cbor(hex("f5")).value().to_boolean().value());
  const Bytes bytes = hex("4401020304");
  EXPECT_TRUE(equal(parse_cbor(bytes).value().to_bytes().value(), hex("01020304")));
  const Bytes text = hex("62c3bc");
  EXPECT_EQ(parse_cbor(text).value().to_text().value(), "\xc3\xbc");
  const Bytes tagged = hex("c11a514b67b0");
  const CborValue tag = parse_cbor(tagged).value();
  EXPECT_EQ(tag.to_tagged(1).value()->to_unsigned().value(), 1363896240U);
  EXPECT_FALSE(tag.to_tagged(2).has_value());
  const Bytes nested = hex("8301820203820405");
  EXPECT_EQ(parse_cbor(nested).value().to_array().value().size(), 3U);
  const Bytes map = hex("a26161016162820203");
  const CborValue value = parse_cbor(map).value();
  EXPECT_EQ(value.map_size(), 2U);
  EXPECT_EQ(value.get("a").value()->to_unsigned().value(), 1U);
  EXPECT_EQ(value.find("b")->to_array().value().size(), 2U);
  EXPECT_EQ(value.find("c"), nullptr);
  EXPECT_EQ(value.find(1), nullptr);
  EXPECT_FALSE(value.get("c").has_value());
  EXPECT_FALSE(value.get(7).has_value());
}

TEST(Cbor, RefusesToReadAValueAsAnotherKind) {
  for (const char* text : {"00", "20", "40", "60", "80", "a0", "c000", "f4", "f6"}) {
    const Bytes bytes = hex(text);
    const CborValue value = parse_cbor(bytes).value();
    const int accepted =
        (value.to_unsigned().has_value() ? 1 : 0) + (value.to_bytes().has_value() ? 1 : 0) +
        (value.to_text().has_value() ? 1 : 0) + (value.to_array().has_value() ? 1 : 0) +
        (value.to_boolean().has_value() ? 1 : 0) + (value.to_tagged(0).has_value() ? 1 : 0);
    const bool has_no_getter = value.kind() == CborKind::negative_integer ||
                               value.kind() == CborKind::map || value.kind() == CborKind::null;
    EXPECT_EQ(accepted, has_no_getter ? 0 : 1) << text;
  }
}

// RFC 8949 section 4.2.1: the order example, 10, 100, -1, "z", "aa".
TEST(Cbor, SortsMapKeysByTheirEncodedBytes) {
  CborWriter writer;
  writer.begin_map(5)
      .write_text("aa")
      .write_unsigned(1)
      .write_unsigned(100)
      .write_unsigned(2)
      .write_text("z")
      .write_unsigned(3)
      .write_integer(-1)
      .write_unsigned(4)
      .write_unsigned(10)
      .write_unsigned(5);
  EXPECT_EQ(encoded(writer), "a50a051864022004617a0362616101");
}

TEST(Cbor, SortsNestedMapsWithTheirValues) {
  CborWriter writer;
  writer.begin_map(2);
  writer.write_text("b").begin_map(2).write_unsigned(2).write_null().write_unsigned(1).write_tag(5);
  writer.begin_array(2).write_boolean(true).begin_map(0);
  writer.write_text("a").begin_array(0);
  const Bytes bytes = std::move(writer).take();
  EXPECT_EQ(encode_hex(bytes),
            "a261618"
            "06162a201c582f5a002f6");
  EXPECT_TRUE(parse_cbor(bytes).has_value());
}

TEST(Cbor, RefusesNumbersLongerThanNeededInBothForms) {
  for (const char* text : {"1800", "1817", "190018", "1900ff", "1a0000ffff", "1b00000000ffffffff",
                           "3800", "5800", "580161", "7800", "9800", "b800", "d80001"}) {
    EXPECT_EQ(parse_cbor(hex(text)).error().code(), Code::malformed_cbor) << text;
    EXPECT_EQ(parse_cbor(hex(text), kForeign).error().code(), Code::malformed_cbor) << text;
  }
}

TEST(Cbor, RefusesFloatsSimpleValuesReservedLengthsAndLoneBreaks) {
  for (const char* text :
       {"f93c00", "fa47c35000", "fb3ff199999999999a", "f7", "f0", "f818", "f814", "1c", "1d", "1e",
        "1f", "3f", "5c", "ff", "fc", "81ff", "a1ff", "a100ff", "dfff"}) {
    EXPECT_FALSE(parse_cbor(hex(text)).has_value()) << text;
    EXPECT_FALSE(parse_cbor(hex(text), kForeign).has_value()) << text;
  }
}

TEST(Cbor, AcceptsIndefiniteContainersOnlyOfForeignDocuments) {
  for (const char* text : {"9fff", "bfff", "9f0102ff", "bf616100ff", "9fbf616100ff9fffff"}) {
    EXPECT_EQ(parse_cbor(hex(text)).error().code(), Code::malformed_cbor) << text;
    EXPECT_TRUE(parse_cbor(hex(text), kForeign).has_value()) << text;
  }
  for (const char* text : {"9f", "9f01", "bf", "bf00", "bf00ff", "5f4100ff", "7f6161ff", "5fff"}) {
    EXPECT_FALSE(parse_cbor(hex(text), kForeign).has_value()) << text;
  }
}

TEST(Cbor, AcceptsUnsortedKeysOnlyOfForeignDocuments) {
  const Bytes bytes = hex("a2616200616101");
  EXPECT_EQ(parse_cbor(bytes).error().code(), Code::malformed_cbor);
  EXPECT_EQ(parse_cbor(bytes, kForeign).value().get("a").value()->to_unsigned().value(), 1U);
}

TEST(Cbor, RefusesAKeyTwiceInBothForms) {
  for (const char* text : {"a2616100616101", "a200010002",
                           "a320000100"
                           "2001",
                           "bf6161006162016161"
                           "02ff"}) {
    EXPECT_FALSE(parse_cbor(hex(text)).has_value()) << text;
    EXPECT_FALSE(parse_cbor(hex(text), kForeign).has_value()) << text;
  }
}

TEST(Cbor, RefusesKeysThatAreNeitherIntegerNorText) {
  for (const char* text : {"a14000", "a18000", "a1a000", "a1f600", "a1f400", "a1c00000"}) {
    EXPECT_FALSE(parse_cbor(hex(text), kForeign).has_value()) << text;
  }
}

TEST(Cbor, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(parse_cbor(hex("61ff")).error().code(), Code::malformed_utf8);
  EXPECT_EQ(parse_cbor(hex("a161ff00")).error().code(), Code::malformed_utf8);
}

// Limit: cbor_depth_max.
TEST(Cbor, RefusesNestingOverTheLimit) {
  const auto depth_max = static_cast<std::size_t>(limits::kCborDepthMax);
  Bytes deep(depth_max - 1, 0x81);
  deep.push_back(0x00);
  EXPECT_TRUE(parse_cbor(deep).has_value());
  deep.insert(deep.begin(), 0x81);
  EXPECT_EQ(parse_cbor(deep).error().code(), Code::malformed_cbor);
  const Bytes tags(100000, 0xc1);
  EXPECT_EQ(parse_cbor(tags).error().code(), Code::malformed_cbor);
  EXPECT_FALSE(parse_cbor(hex("8180"), {.depth_max = 1}).has_value());
}

// Limit: cbor_items_max.
TEST(Cbor, RefusesMoreItemsThanTheLimit) {
  const auto items_max = static_cast<std::size_t>(limits::kCborItemsMax);
  CborWriter fitting;
  fitting.begin_array(items_max - 1);
  for (std::size_t i = 0; i + 1 < items_max; ++i) fitting.write_null();
  EXPECT_TRUE(parse_cbor(std::move(fitting).take()).has_value());
  CborWriter larger;
  larger.begin_array(items_max);
  for (std::size_t i = 0; i < items_max; ++i) larger.write_null();
  EXPECT_EQ(parse_cbor(std::move(larger).take()).error().code(), Code::malformed_cbor);
}

TEST(Cbor, RefusesHugeCountsAndLengthsWithoutAllocating) {
  for (const char* text : {"9bffffffffffffffff", "bbffffffffffffffff", "5bffffffffffffffff",
                           "7bffffffffffffffff", "9affffffff00"}) {
    EXPECT_EQ(parse_cbor(hex(text)).error().code(), Code::truncated_input) << text;
  }
}

Bytes sample_document() {
  CborWriter writer;
  writer.begin_map(6);
  writer.write_text("name").write_text("receipt");
  writer.write_text("hash").write_bytes(Bytes(32, 0xab));
  writer.write_text("list").begin_array(3).write_integer(-500).write_null().write_boolean(true);
  writer.write_unsigned(7).write_unsigned(1000000);
  writer.write_text("inner").begin_map(1).write_unsigned(1).write_tag(30).write_unsigned(0);
  writer.write_text("empty").begin_array(0);
  return std::move(writer).take();
}

// Encodes a parsed value again; equal bytes show that parsing lost nothing.
void write_again(const CborValue& value, CborWriter& writer) {
  switch (value.kind()) {
    case CborKind::unsigned_integer:
      writer.write_unsigned(value.to_unsigned().value());
      break;
    case CborKind::negative_integer:
      writer.write_integer(value.to_integer().value());
      break;
    case CborKind::bytes:
      writer.write_bytes(value.to_bytes().value());
      break;
    case CborKind::text:
      writer.write_text(value.to_text().value());
      break;
    case CborKind::array: {
      const auto elements = value.to_array().value();
      writer.begin_array(elements.size());
      for (const CborValue& element : elements) write_again(element, writer);
      break;
    }
    case CborKind::map:
      writer.begin_map(value.map_size());
      for (std::size_t i = 0; i < value.map_size(); ++i) {
        write_again(value.map_key(i), writer);
        write_again(value.map_value(i), writer);
      }
      break;
    case CborKind::tag:
      writer.write_tag(value.tag_number());
      write_again(*value.to_tagged(value.tag_number()).value(), writer);
      break;
    case CborKind::boolean:
      writer.write_boolean(value.to_boolean().value());
      break;
    case CborKind::null:
      writer.write_null();
      break;
  }
}

TEST(Cbor, EncodesAParsedDocumentToTheSameBytes) {
  const Bytes document = sample_document();
  CborWriter writer;
  write_again(parse_cbor(document).value(), writer);
  EXPECT_EQ(std::move(writer).take(), document);
  CborWriter copy;
  copy.write_encoded(document);
  EXPECT_EQ(std::move(copy).take(), document);
}

// Deterministic means one encoding: what is still accepted after a change encodes to the changed
// bytes, so it cannot mean the same.
TEST(Cbor, EveryChangedByteIsRefusedOrMeansSomethingElse) {
  const Bytes document = sample_document();
  for (std::size_t i = 0; i < document.size(); ++i) {
    for (unsigned change = 1; change < 256; ++change) {
      Bytes changed = document;
      changed[i] ^= static_cast<std::uint8_t>(change);
      const Result<CborValue> value = parse_cbor(changed);
      if (!value.has_value()) continue;
      CborWriter writer;
      write_again(*value, writer);
      ASSERT_EQ(std::move(writer).take(), changed);
    }
  }
}

TEST(Cbor, RefusesEveryTruncationAndAnyTrailingByte) {
  const Bytes document = sample_document();
  for (std::size_t size = 0; size < document.size(); ++size) {
    EXPECT_FALSE(parse_cbor(ByteView(document).first(size)).has_value());
    EXPECT_FALSE(parse_cbor(ByteView(document).first(size), kForeign).has_value());
  }
  Bytes longer = document;
  longer.push_back(0x00);
  EXPECT_EQ(parse_cbor(longer).error().code(), Code::trailing_bytes);
  EXPECT_EQ(parse_cbor(longer, kForeign).error().code(), Code::trailing_bytes);
}

TEST(CborDeathTest, WriterAbortsOnMisuse) {
  EXPECT_DEATH(CborWriter().take(), "is_complete_");
  EXPECT_DEATH(
      {
        CborWriter writer;
        writer.begin_array(2).write_null();
        (void)std::move(writer).take();
      },
      "is_complete_");
  EXPECT_DEATH(CborWriter().write_null().write_null(), "is_complete_");
  EXPECT_DEATH(CborWriter().begin_map(2).write_text("a").write_null().write_text("a").write_null(),
               "adjacent_find");
  EXPECT_DEATH(CborWriter().write_text("\xff"), "is_valid_utf8");
}

}  // namespace
}  // namespace nsl::codec
