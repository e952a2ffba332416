// The first bytes choose what is read; nothing is read past the end and a shortest VarInt encodes
// back to the bytes it was read from.
#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "core/codec/byte_io.h"

namespace nsl::codec {
namespace {

void check_varint(ByteReader& reader) {
  const ByteView before = reader.rest();
  const auto value = reader.read_varint();
  if (!value.has_value()) return;
  ByteWriter writer;
  writer.write_varint(*value);
  NSL_ASSERT(equal(writer.bytes(), before.first(before.size() - reader.remaining())));
}

bool read_one(ByteReader& reader, std::uint8_t choice) {
  switch (choice % 8) {
    case 0:
      return reader.read_u8().has_value();
    case 1:
      return reader.read_u16().has_value();
    case 2:
      return reader.read_u32().has_value();
    case 3:
      return reader.read_i64().has_value();
    case 4:
      check_varint(reader);
      return true;
    case 5:
      return reader.read_var_bytes(choice).has_value();
    case 6:
      return reader.read_fixed(choice).has_value();
    default:
      return reader.read_varint(UINT64_MAX, VarIntForm::any).has_value();
  }
}

}  // namespace
}  // namespace nsl::codec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nsl::ByteView input(data, size);
  const std::size_t choices = size / 4;
  nsl::codec::ByteReader reader(input.subspan(choices));
  for (const std::uint8_t choice : input.first(choices)) {
    const std::size_t before = reader.remaining();
    const bool was_read = nsl::codec::read_one(reader, choice);
    NSL_ASSERT(reader.remaining() <= before);
    if (!was_read) break;
  }
  return 0;
}
