#include "core/codec/byte_io.h"

#include <bit>

namespace nsl::codec {
namespace {

constexpr std::uint8_t kTwoBytes = 0xfd;
constexpr std::uint8_t kFourBytes = 0xfe;
constexpr std::uint8_t kEightBytes = 0xff;

template <class T>
void write_integer(Bytes& target, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    target.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

}  // namespace

template <class T>
Result<T> ByteReader::read_integer() {
  NSL_TRY(const ByteView bytes, read_fixed(sizeof(T)));
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return static_cast<T>(value);
}

Result<std::uint8_t> ByteReader::read_u8() { return read_integer<std::uint8_t>(); }
Result<std::uint16_t> ByteReader::read_u16() { return read_integer<std::uint16_t>(); }
Result<std::uint32_t> ByteReader::read_u32() { return read_integer<std::uint32_t>(); }
Result<std::uint64_t> ByteReader::read_u64() { return read_integer<std::uint64_t>(); }

Result<std::int64_t> ByteReader::read_i64() {
  NSL_TRY(const std::uint64_t value, read_u64());
  return std::bit_cast<std::int64_t>(value);
}

Result<std::uint64_t> ByteReader::read_varint(std::uint64_t maximum, VarIntForm form) {
  NSL_TRY(const std::uint8_t first, read_u8());
  std::uint64_t value = first;
  if (first == kTwoBytes) {
    NSL_TRY(value, read_u16());
  } else if (first == kFourBytes) {
    NSL_TRY(value, read_u32());
  } else if (first == kEightBytes) {
    NSL_TRY(value, read_u64());
  }
  const std::size_t size_read = first < kTwoBytes ? 1 : 1 + (std::size_t{2} << (first - kTwoBytes));
  if (form == VarIntForm::shortest && varint_size(value) != size_read) {
    return fail(Code::malformed_varint, "VarInt is longer than needed");
  }
  if (value > maximum) return fail(Code::malformed_varint, "Length or count is over its limit");
  return value;
}

Result<ByteView> ByteReader::read_fixed(std::size_t size) {
  if (size > rest_.size()) return fail(Code::truncated_input);
  const ByteView bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return bytes;
}

Result<ByteView> ByteReader::read_var_bytes(std::size_t size_max, VarIntForm form) {
  NSL_TRY(const std::uint64_t size, read_varint(size_max, form));
  return read_fixed(size);
}

Result<void> ByteReader::expect_end() const {
  if (!rest_.empty()) return fail(Code::trailing_bytes);
  return {};
}

ByteWriter& ByteWriter::write_u8(std::uint8_t value) {
  bytes_.push_back(value);
  return *this;
}

ByteWriter& ByteWriter::write_u16(std::uint16_t value) {
  write_integer(bytes_, value);
  return *this;
}

ByteWriter& ByteWriter::write_u32(std::uint32_t value) {
  write_integer(bytes_, value);
  return *this;
}

ByteWriter& ByteWriter::write_u64(std::uint64_t value) {
  write_integer(bytes_, value);
  return *this;
}

ByteWriter& ByteWriter::write_i64(std::int64_t value) {
  return write_u64(std::bit_cast<std::uint64_t>(value));
}

ByteWriter& ByteWriter::write_varint(std::uint64_t value) {
  switch (varint_size(value)) {
    case 1:
      return write_u8(static_cast<std::uint8_t>(value));
    case 3:
      return write_u8(kTwoBytes).write_u16(static_cast<std::uint16_t>(value));
    case 5:
      return write_u8(kFourBytes).write_u32(static_cast<std::uint32_t>(value));
    default:
      return write_u8(kEightBytes).write_u64(value);
  }
}

ByteWriter& ByteWriter::write_fixed(ByteView bytes) {
  append(bytes_, bytes);
  return *this;
}

ByteWriter& ByteWriter::write_var_bytes(ByteView bytes) {
  return write_varint(bytes.size()).write_fixed(bytes);
}

std::size_t varint_size(std::uint64_t value) {
  if (value < kTwoBytes) return 1;
  if (value <= UINT16_MAX) return 3;
  if (value <= UINT32_MAX) return 5;
  return 9;
}

}  // namespace nsl::codec
