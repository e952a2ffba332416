// Archives for tests, byte by byte, so that every field can be wrong.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/archive/inflate.h"
#include "core/codec/byte_io.h"

namespace nsl::archive::testing {

struct ZipEntry {
  std::string name;
  std::string content = {};
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  // What is written for the content; the content itself when it is empty.
  std::string packed = {};
  // Unix kind and permissions.
  std::uint32_t mode = 0100644;
  std::uint16_t version = 20;
  std::string extra = {};
  // As the directory says, when it is not the truth.
  std::uint32_t said_size = 0;
  std::string local_name = {};
  bool has_descriptor_signature = true;
};

inline void write_zip_common(codec::ByteWriter& writer, const ZipEntry& entry,
                             const std::string& name, bool is_later) {
  const std::string& packed = entry.packed.empty() ? entry.content : entry.packed;
  const auto size = static_cast<std::uint32_t>(entry.content.size());
  writer.write_u16(entry.version).write_u16(entry.flags).write_u16(entry.method).write_u32(0);
  writer.write_u32(is_later ? 0 : crc32(as_bytes(entry.content)));
  writer.write_u32(is_later ? 0 : static_cast<std::uint32_t>(packed.size()));
  writer.write_u32(is_later ? 0 : entry.said_size != 0 ? entry.said_size : size);
  writer.write_u16(static_cast<std::uint16_t>(name.size()));
  writer.write_u16(static_cast<std::uint16_t>(entry.extra.size()));
}

inline Bytes make_zip(const std::vector<ZipEntry>& entries) {
  codec::ByteWriter local;
  codec::ByteWriter central;
  for (const ZipEntry& entry : entries) {
    const std::string& packed = entry.packed.empty() ? entry.content : entry.packed;
    const bool is_later = (entry.flags & 8) != 0;
    const std::string& local_name = entry.local_name.empty() ? entry.name : entry.local_name;
    central.write_u32(0x02014b50).write_u16(3 << 8 | 20);
    write_zip_common(central, entry, entry.name, false);
    central.write_u16(0).write_u16(0).write_u16(0).write_u32(entry.mode << 16);
    central.write_u32(static_cast<std::uint32_t>(local.bytes().size()));
    central.write_fixed(as_bytes(entry.name)).write_fixed(as_bytes(entry.extra));
    local.write_u32(0x04034b50);
    write_zip_common(local, entry, local_name, is_later);
    local.write_fixed(as_bytes(local_name)).write_fixed(as_bytes(entry.extra));
    local.write_fixed(as_bytes(packed));
    if (!is_later) continue;
    if (entry.has_descriptor_signature) local.write_u32(0x08074b50);
    local.write_u32(crc32(as_bytes(entry.content)));
    local.write_u32(static_cast<std::uint32_t>(packed.size()));
    local.write_u32(static_cast<std::uint32_t>(entry.content.size()));
  }
  const auto offset = static_cast<std::uint32_t>(local.bytes().size());
  const auto size = static_cast<std::uint32_t>(central.bytes().size());
  const auto count = static_cast<std::uint16_t>(entries.size());
  local.write_fixed(central.bytes());
  local.write_u32(0x06054b50).write_u32(0).write_u16(count).write_u16(count);
  return std::move(local.write_u32(size).write_u32(offset).write_u16(0)).take();
}

struct TarEntry {
  std::string name;
  std::string content = {};
  char kind = '0';
  std::string magic = std::string("ustar\00000", 8);
  std::string prefix = {};
  // As the header says it, when it is not the truth.
  std::string said_size = {};
};

inline Bytes make_tar(const std::vector<TarEntry>& entries, std::size_t end_bytes = 1024) {
  std::string tar;
  for (const TarEntry& entry : entries) {
    std::string header(512, '\0');
    header.replace(0, entry.name.size(), entry.name);
    header.replace(100, 7, "0000644");
    const std::string size = fmt::format("{:011o}", entry.content.size());
    header.replace(124, 11, entry.said_size.empty() ? size : entry.said_size);
    header.replace(136, 11, "00000000000");
    header[156] = entry.kind;
    header.replace(257, 8, entry.magic);
    header.replace(345, entry.prefix.size(), entry.prefix);
    header.replace(148, 8, "        ");
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    tar += header + entry.content;
    tar += std::string((512 - entry.content.size() % 512) % 512, '\0');
  }
  return to_bytes(tar + std::string(end_bytes, '\0'));
}

// "LENGTH KEY=VALUE\n", whose length counts its own digits.
inline std::string pax_record(const std::string& key, const std::string& value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t size = rest + 1;
  while (fmt::format("{}", size).size() + rest != size) ++size;
  return fmt::format("{} {}={}\n", size, key, value);
}

// The files in one text, or the error.
inline std::string shown(const Result<std::vector<File>>& read) {
  if (!read.has_value()) {
    return std::string(code_text(read.error().code())) + " " + read.error().message();
  }
  std::string text;
  for (const File& file : *read) text += file.path + "=" + file.content + ";";
  return text;
}

}  // namespace nsl::archive::testing
