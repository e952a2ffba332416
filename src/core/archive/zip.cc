// Zip as APPNOTE.TXT 6.3.10 says, in the one layout that cannot be read in two ways: local entries
// from the first byte on, without gaps, in the order of the directory, which the end follows at
// once.
#include <array>

#include "core/archive/collector.h"
#include "core/archive/inflate.h"
#include "core/base/limits.h"
#include "core/codec/byte_io.h"

namespace nsl::archive {
namespace {

using codec::ByteReader;

constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::uint32_t kCentral = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kDescriptor = 0x08074b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflate = 8;
// Version 2.0: folders and deflate.
constexpr std::uint16_t kVersionMax = 20;
constexpr std::uint16_t kFlagEncrypted = 1 << 0;
constexpr std::uint16_t kFlagDescriptor = 1 << 3;
// How hard deflate tried, a descriptor behind the content, names in UTF-8.
constexpr std::uint16_t kFlagsKnown = 1 << 1 | 1 << 2 | kFlagDescriptor | 1 << 11;
constexpr std::uint8_t kUnix = 3;
constexpr std::uint32_t kModeKind = 0170000;
constexpr std::uint32_t kModeFile = 0100000;
constexpr std::uint32_t kModeFolder = 0040000;
// Small files press together well; what they unpack to is little.
constexpr std::uint64_t kRatioFreeBytes = 16384;

// The fields that stand in the directory and again before the content.
struct Common {
  std::uint16_t version = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t checksum = 0;
  std::uint32_t packed_size = 0;
  std::uint32_t size = 0;
  std::string_view name = {};
};

struct Entry {
  Common common;
  std::uint8_t system = 0;
  std::uint16_t disk = 0;
  std::uint32_t mode = 0;
  std::uint32_t offset = 0;
};

std::unexpected<Error> broken(std::string_view why) {
  return fail(Code::archive_malformed, "The zip is broken: " + std::string(why));
}

// Else it is the word of ByteReader, which knows nothing of archives.
bool is_of_an_archive(const Error& error) {
  return error.code() == Code::archive_malformed || error.code() == Code::archive_entry_refused ||
         error.code() == Code::archive_too_large;
}

// Extra fields that change what an entry is. The others hold times and owners.
Result<void> check_extra(ByteView extra, std::string_view name) {
  ByteReader reader(extra);
  while (reader.remaining() > 0) {
    NSL_TRY(const std::uint16_t id, reader.read_u16());
    NSL_TRY(const std::uint16_t size, reader.read_u16());
    NSL_TRY_VOID(reader.read_fixed(size));
    switch (id) {
      case 0x0001:
        return refuse(Code::archive_entry_refused, name, "is in zip64, which so little needs not");
      case 0x0017:
      case 0x9901:
        return refuse(Code::archive_entry_refused, name, "is encrypted");
      case 0x7075:
        return refuse(Code::archive_entry_refused, name, "has a second name");
      default:
        break;
    }
  }
  return {};
}

// From the version on up to the sizes of name and extra, which both headers have in this order.
Result<std::array<std::uint16_t, 2>> read_common(ByteReader& reader, Common& common) {
  NSL_TRY(common.version, reader.read_u16());
  NSL_TRY(common.flags, reader.read_u16());
  NSL_TRY(common.method, reader.read_u16());
  NSL_TRY_VOID(reader.read_u32());  // when it was written
  NSL_TRY(common.checksum, reader.read_u32());
  NSL_TRY(common.packed_size, reader.read_u32());
  NSL_TRY(common.size, reader.read_u32());
  NSL_TRY(const std::uint16_t name_size, reader.read_u16());
  NSL_TRY(const std::uint16_t extra_size, reader.read_u16());
  return std::array{name_size, extra_size};
}

Result<void> read_names(ByteReader& reader, std::array<std::uint16_t, 2> sizes, Common& common) {
  NSL_TRY(const ByteView name, reader.read_fixed(sizes[0]));
  NSL_TRY(const ByteView extra, reader.read_fixed(sizes[1]));
  common.name = as_text(name);
  return check_extra(extra, common.name);
}

Result<Entry> read_central(ByteReader& reader) {
  Entry entry;
  NSL_TRY(const std::uint32_t signature, reader.read_u32());
  if (signature != kCentral) return broken("its directory");
  NSL_TRY_VOID(reader.read_u8());  // version of the writer
  NSL_TRY(entry.system, reader.read_u8());
  NSL_TRY(const auto sizes, read_common(reader, entry.common));
  NSL_TRY(const std::uint16_t comment_size, reader.read_u16());
  NSL_TRY(entry.disk, reader.read_u16());
  NSL_TRY_VOID(reader.read_u16());  // whether it is text
  NSL_TRY(const std::uint32_t attributes, reader.read_u32());
  entry.mode = attributes >> 16;
  NSL_TRY(entry.offset, reader.read_u32());
  NSL_TRY_VOID(read_names(reader, sizes, entry.common));
  NSL_TRY_VOID(reader.read_fixed(comment_size));
  return entry;
}

Result<void> check_entry(const Entry& entry) {
  const Common& common = entry.common;
  const auto refused = [&common](std::string_view why) {
    return refuse(Code::archive_entry_refused, common.name, why);
  };
  if ((common.flags & kFlagEncrypted) != 0) return refused("is encrypted");
  if ((common.flags & ~kFlagsKnown) != 0 || common.version > kVersionMax) {
    return refused("needs a newer zip than files of a function do");
  }
  if (common.method != kStored && common.method != kDeflate) {
    return refused("is packed by another method than deflate");
  }
  if (entry.disk != 0) return refused("lies on another disk");
  const std::uint32_t kind = entry.system == kUnix ? entry.mode & kModeKind : 0;
  const bool is_folder = common.name.ends_with('/');
  if (kind != 0 && kind != (is_folder ? kModeFolder : kModeFile)) {
    return refused("is a link, a device, or not what its name says");
  }
  return {};
}

// What stands before the content again.
Result<void> check_local(ByteReader& reader, const Common& central) {
  NSL_TRY(const std::uint32_t signature, reader.read_u32());
  if (signature != kLocal) return refuse(Code::archive_malformed, central.name, "is not there");
  Common local;
  NSL_TRY(const auto sizes, read_common(reader, local));
  NSL_TRY_VOID(read_names(reader, sizes, local));
  const bool is_later = (central.flags & kFlagDescriptor) != 0 && local.checksum == 0 &&
                        local.packed_size == 0 && local.size == 0;
  const bool has_same_sizes = local.checksum == central.checksum &&
                              local.packed_size == central.packed_size &&
                              local.size == central.size;
  if (local.name != central.name || local.flags != central.flags ||
      local.method != central.method || !(is_later || has_same_sizes)) {
    return refuse(Code::archive_malformed, central.name, "is described in two ways");
  }
  return {};
}

// Sizes once more behind the content, for writers that did not know them before.
Result<void> check_descriptor(ByteReader& reader, const Common& central) {
  NSL_TRY(std::uint32_t checksum, reader.read_u32());
  // Its signature may be left out.
  if (checksum == kDescriptor) {
    NSL_TRY(checksum, reader.read_u32());
  }
  NSL_TRY(const std::uint32_t packed_size, reader.read_u32());
  NSL_TRY(const std::uint32_t size, reader.read_u32());
  if (checksum == central.checksum && packed_size == central.packed_size && size == central.size) {
    return {};
  }
  return refuse(Code::archive_malformed, central.name, "is described in two ways");
}

Result<std::string> unpack(ByteView packed, const Common& common) {
  const auto broken_content = [&common] {
    return refuse(Code::archive_malformed, common.name, "has a broken content");
  };
  std::string content;
  if (common.method == kStored) {
    content = to_string(packed);
  } else {
    auto unpacked = inflate(packed, Wrapping::none, common.size);
    if (!unpacked.has_value()) return broken_content();
    content = *std::move(unpacked);
  }
  if (content.size() != common.size || crc32(as_bytes(content)) != common.checksum) {
    return broken_content();
  }
  return content;
}

Result<void> read_entry(ByteReader& reader, const Entry& entry, Collector& collector) {
  const Common& common = entry.common;
  NSL_TRY_VOID(check_entry(entry));
  const bool is_folder = common.name.ends_with('/');
  std::string path;
  if (is_folder) {
    NSL_TRY_VOID(collector.enter_folder(common.name));
    if (common.size != 0) return refuse(Code::archive_malformed, common.name, "has a content");
  } else {
    NSL_TRY(path, collector.enter_file(common.name, common.size));
  }
  if (common.size > kRatioFreeBytes &&
      common.size / static_cast<std::uint64_t>(limits::kFunctionArchiveRatioMax) >
          common.packed_size) {
    return refuse(Code::archive_too_large, common.name, "is pressed together too far");
  }
  NSL_TRY_VOID(check_local(reader, common));
  NSL_TRY(const ByteView packed, reader.read_fixed(common.packed_size));
  if ((common.flags & kFlagDescriptor) != 0) NSL_TRY_VOID(check_descriptor(reader, common));
  NSL_TRY(std::string content, unpack(packed, common));
  if (!is_folder) collector.add(std::move(path), std::move(content));
  return {};
}

struct Directory {
  std::uint16_t count = 0;
  ByteView bytes = {};
};

// The directory and the end, which are the last things there are.
Result<Directory> read_end(ByteView archive) {
  if (archive.size() < kEndBytes) return broken("it ends early");
  ByteReader reader(archive.last(kEndBytes));
  NSL_TRY(const std::uint32_t signature, reader.read_u32());
  if (signature != kEnd) return broken("its end is missing, or something follows it");
  Directory directory;
  NSL_TRY(const std::uint32_t disks, reader.read_u32());
  NSL_TRY(const std::uint16_t count_here, reader.read_u16());
  NSL_TRY(directory.count, reader.read_u16());
  NSL_TRY(const std::uint32_t size, reader.read_u32());
  NSL_TRY(const std::uint32_t offset, reader.read_u32());
  NSL_TRY(const std::uint16_t comment_size, reader.read_u16());
  const std::size_t end = archive.size() - kEndBytes;
  if (disks != 0 || count_here != directory.count || comment_size != 0) return broken("its end");
  if (offset > end || size != end - offset) return broken("its directory is not before its end");
  directory.bytes = archive.subspan(offset, size);
  return directory;
}

}  // namespace

Result<void> read_zip(ByteView archive, Collector& collector) {
  NSL_TRY(const Directory directory, read_end(archive));
  ByteReader central(directory.bytes);
  const std::size_t offset = archive.size() - kEndBytes - directory.bytes.size();
  ByteReader local(archive.first(offset));
  for (std::uint16_t i = 0; i < directory.count; ++i) {
    const auto entry = read_central(central);
    if (!entry.has_value()) {
      return is_of_an_archive(entry.error()) ? fail(entry.error()) : broken("its directory");
    }
    if (entry->offset != offset - local.remaining()) {
      return refuse(Code::archive_malformed, entry->common.name, "is not where it should be");
    }
    const Result<void> taken = read_entry(local, *entry, collector);
    if (taken.has_value()) continue;
    if (is_of_an_archive(taken.error())) return taken;
    return refuse(Code::archive_malformed, entry->common.name, "ends early");
  }
  if (central.remaining() != 0 || local.remaining() != 0)
    return broken("it holds more than it says");
  return {};
}

}  // namespace nsl::archive
