// ByteReader and ByteWriter: Neo's binary form. Integers are little-endian; a VarInt is one byte,
// or 0xfd, 0xfe, 0xff followed by 2, 4, 8 bytes.
//
// The reader never reads past its input and never allocates on a length it has not checked against
// what is left. Views it returns live as long as the input does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::codec {

// Neo nodes read a VarInt in a longer form than needed; what we accept from outside must have one
// form only, so that bytes and meaning are one to one.
enum class VarIntForm : std::uint8_t { shortest, any };

class ByteReader {
 public:
  explicit ByteReader(ByteView input) : rest_(input) {}

  std::size_t remaining() const { return rest_.size(); }
  ByteView rest() const { return rest_; }

  Result<std::uint8_t> read_u8();
  Result<std::uint16_t> read_u16();
  Result<std::uint32_t> read_u32();
  Result<std::uint64_t> read_u64();
  Result<std::int64_t> read_i64();

  // Fails when the value is above `maximum`.
  Result<std::uint64_t> read_varint(std::uint64_t maximum = UINT64_MAX,
                                    VarIntForm form = VarIntForm::shortest);
  Result<ByteView> read_fixed(std::size_t size);
  // A VarInt length, at most `size_max`, and that many bytes.
  Result<ByteView> read_var_bytes(std::size_t size_max, VarIntForm form = VarIntForm::shortest);

  template <std::size_t N>
  Result<std::array<std::uint8_t, N>> read_array() {
    NSL_TRY(const ByteView bytes, read_fixed(N));
    std::array<std::uint8_t, N> result{};
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
  }

  // Fails when anything is left.
  Result<void> expect_end() const;

 private:
  template <class T>
  Result<T> read_integer();

  ByteView rest_;
};

class ByteWriter {
 public:
  ByteWriter& write_u8(std::uint8_t value);
  ByteWriter& write_u16(std::uint16_t value);
  ByteWriter& write_u32(std::uint32_t value);
  ByteWriter& write_u64(std::uint64_t value);
  ByteWriter& write_i64(std::int64_t value);
  ByteWriter& write_varint(std::uint64_t value);
  ByteWriter& write_fixed(ByteView bytes);
  ByteWriter& write_var_bytes(ByteView bytes);

  const Bytes& bytes() const { return bytes_; }
  Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Bytes a VarInt of this value takes: 1, 3, 5 or 9.
std::size_t varint_size(std::uint64_t value);

}  // namespace nsl::codec
