#include "core/archive/pack.h"

#include "core/archive/deflate.h"
#include "core/archive/inflate.h"
#include "core/codec/byte_io.h"

namespace nsl::archive {
namespace {

using codec::ByteWriter;

constexpr std::uint16_t kVersion = 20;
// By a Unix, so that the mode below counts.
constexpr std::uint16_t kMadeBy = 3 << 8 | kVersion;
constexpr std::uint32_t kMode = 0100644;
// The first day there is in a zip: 1980-01-01, as time and day.
constexpr std::uint32_t kWritten = 0x00210000;

void write_common(ByteWriter& writer, const File& file, std::string_view packed, bool is_deflated) {
  writer.write_u16(kVersion)
      .write_u16(0)
      .write_u16(is_deflated ? 8 : 0)
      .write_u32(kWritten)
      .write_u32(crc32(as_bytes(file.content)))
      .write_u32(static_cast<std::uint32_t>(packed.size()))
      .write_u32(static_cast<std::uint32_t>(file.content.size()))
      .write_u16(static_cast<std::uint16_t>(file.path.size()))
      .write_u16(0);
}

}  // namespace

Bytes pack_zip(const std::vector<File>& files) {
  ByteWriter local;
  ByteWriter central;
  for (const File& file : files) {
    const std::string deflated = deflate(as_bytes(file.content));
    const bool is_deflated = deflated.size() < file.content.size();
    const std::string& packed = is_deflated ? deflated : file.content;
    central.write_u32(0x02014b50).write_u16(kMadeBy);
    write_common(central, file, packed, is_deflated);
    // No comment, the first disk, not said to be text.
    central.write_u16(0).write_u16(0).write_u16(0).write_u32(kMode << 16);
    central.write_u32(static_cast<std::uint32_t>(local.bytes().size()));
    central.write_fixed(as_bytes(file.path));
    local.write_u32(0x04034b50);
    write_common(local, file, packed, is_deflated);
    local.write_fixed(as_bytes(file.path)).write_fixed(as_bytes(packed));
  }
  const auto count = static_cast<std::uint16_t>(files.size());
  const auto offset = static_cast<std::uint32_t>(local.bytes().size());
  const auto size = static_cast<std::uint32_t>(central.bytes().size());
  local.write_fixed(central.bytes());
  local.write_u32(0x06054b50).write_u32(0).write_u16(count).write_u16(count);
  local.write_u32(size).write_u32(offset).write_u16(0);
  return std::move(local).take();
}

}  // namespace nsl::archive
