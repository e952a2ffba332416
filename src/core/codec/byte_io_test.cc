#include "core/codec/byte_io.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"

namespace nsl::codec {
namespace {

TEST(ByteIo, WritesLittleEndianIntegers) {
  ByteWriter writer;
  writer.write_u8(1).write_u16(0x0203).write_u32(0x04050607).write_u64(0x08090a0b0c0d0e0f);
  writer.write_i64(-2);
  EXPECT_EQ(encode_hex(writer.bytes()), "010302070605040f0e0d0c0b0a0908feffffffffffffff");
}

TEST(ByteIo, ReadsBackWhatItWrote) {
  ByteWriter writer;
  writer.write_u8(1).write_u16(2).write_u32(3).write_u64(4).write_i64(-5).write_fixed(
      as_bytes("six"));
  writer.write_var_bytes(as_bytes("seven"));
  const Bytes bytes = std::move(writer).take();
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read_u8().value(), 1);
  EXPECT_EQ(reader.read_u16().value(), 2);
  EXPECT_EQ(reader.read_u32().value(), 3U);
  EXPECT_EQ(reader.read_u64().value(), 4U);
  EXPECT_EQ(reader.read_i64().value(), -5);
  EXPECT_EQ(reader.read_array<3>().value(), (std::array<std::uint8_t, 3>{'s', 'i', 'x'}));
  EXPECT_FALSE(reader.expect_end().has_value());
  EXPECT_EQ(as_text(reader.read_var_bytes(5).value()), "seven");
  EXPECT_TRUE(reader.expect_end().has_value());
}

TEST(ByteIo, WritesTheShortestVarIntAtEachBorder) {
  const std::pair<std::uint64_t, const char*> borders[] = {{0, "00"},
                                                           {0xfc, "fc"},
                                                           {0xfd, "fdfd00"},
                                                           {0xffff, "fdffff"},
                                                           {0x10000, "fe00000100"},
                                                           {0xffffffff, "feffffffff"},
                                                           {0x100000000, "ff0000000001000000"},
                                                           {UINT64_MAX, "ffffffffffffffffff"}};
  for (const auto& [value, hex] : borders) {
    ByteWriter writer;
    writer.write_varint(value);
    EXPECT_EQ(encode_hex(writer.bytes()), hex);
    EXPECT_EQ(varint_size(value), writer.bytes().size());
    EXPECT_EQ(ByteReader(writer.bytes()).read_varint().value(), value);
  }
}

TEST(ByteIo, RefusesALongVarIntUnlessAsked) {
  for (const char* hex : {"fdfc00", "feffff0000", "ffffffffff00000000", "ff0000000000000000"}) {
    const Bytes bytes = decode_hex(hex).value();
    EXPECT_EQ(ByteReader(bytes).read_varint().error().code(), Code::malformed_varint);
    EXPECT_TRUE(ByteReader(bytes).read_varint(UINT64_MAX, VarIntForm::any).has_value());
  }
}

TEST(ByteIo, RefusesLengthsOverTheirLimitBeforeReading) {
  const Bytes bytes = decode_hex("03616263").value();
  EXPECT_EQ(as_text(ByteReader(bytes).read_var_bytes(3).value()), "abc");
  EXPECT_EQ(ByteReader(bytes).read_var_bytes(2).error().code(), Code::malformed_varint);
  const Bytes huge = decode_hex("ffffffffffffffffff").value();
  EXPECT_EQ(ByteReader(huge).read_var_bytes(SIZE_MAX).error().code(), Code::truncated_input);
}

TEST(ByteIo, RefusesToReadPastTheEndAndStaysWhereItWas) {
  const Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read_u32().error().code(), Code::truncated_input);
  EXPECT_EQ(reader.remaining(), 3U);
  EXPECT_EQ(reader.read_fixed(4).error().code(), Code::truncated_input);
  EXPECT_EQ(reader.read_u16().value(), 0x0201);
  EXPECT_EQ(reader.expect_end().error().code(), Code::trailing_bytes);
}

}  // namespace
}  // namespace nsl::codec
