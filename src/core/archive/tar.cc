// Tar as POSIX.1-2017 (pax) and GNU tar write it.
#include <charconv>
#include <optional>

#include "core/archive/collector.h"
#include "core/base/limits.h"

namespace nsl::archive {
namespace {

constexpr std::size_t kBlockBytes = 512;
// Extended headers and long names.
constexpr std::uint64_t kExtraBytesMax = 8192;

struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field kName{0, 100};
constexpr Field kSize{124, 12};
constexpr Field kChecksum{148, 8};
constexpr Field kKind{156, 1};
constexpr Field kMagic{257, 8};
constexpr Field kPrefix{345, 155};
constexpr std::string_view kPosixMagic("ustar\00000", 8);
constexpr std::string_view kGnuMagic("ustar  \0", 8);

// What came before a file's own header and is for it alone.
struct Extra {
  std::optional<std::string> path;
  std::optional<std::uint64_t> size;

  bool is_any() const { return path.has_value() || size.has_value(); }
};

std::unexpected<Error> broken(std::string_view why) {
  return fail(Code::archive_malformed, "The tar is broken: " + std::string(why));
}

std::string_view field(ByteView header, Field where) {
  return as_text(header.subspan(where.offset, where.size));
}

// Up to the first NUL.
std::string_view text(ByteView header, Field where) {
  const std::string_view whole = field(header, where);
  return whole.substr(0, whole.find('\0'));
}

template <int base>
std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Octal digits, which spaces may precede, and spaces or NULs may follow.
std::optional<std::uint64_t> parse_octal(std::string_view whole) {
  const std::size_t first = std::min(whole.find_first_not_of(' '), whole.size());
  whole.remove_prefix(first);
  const std::size_t end = std::min(whole.find_first_of(std::string_view(" \0", 2)), whole.size());
  if (whole.find_first_not_of(std::string_view(" \0", 2), end) != std::string_view::npos) {
    return std::nullopt;
  }
  return parse_number<8>(whole.substr(0, end));
}

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// The sum of all bytes, with spaces in place of the sum itself.
bool has_checksum(ByteView header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool is_own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    sum += is_own ? std::uint8_t{' '} : header[i];
  }
  return parse_octal(field(header, kChecksum)) == sum;
}

// Records "LENGTH KEY=VALUE\n", the length counting itself.
Result<void> read_pax(std::string_view records, Extra& extra) {
  while (!records.empty()) {
    const std::size_t space = std::min(records.find(' '), records.size());
    const auto size = parse_number<10>(records.substr(0, space));
    if (!size.has_value() || *size > records.size() || *size < space + 3) {
      return broken("an extended header");
    }
    const std::string_view record = records.substr(space + 1, *size - space - 1);
    const std::size_t equals = record.find('=');
    if (record.back() != '\n' || equals == std::string_view::npos) {
      return broken("an extended header");
    }
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1, record.size() - equals - 2);
    if (key == "path") {
      extra.path = std::string(value);
    } else if (key == "size") {
      extra.size = parse_number<10>(value);
      if (!extra.size.has_value()) return broken("the size in an extended header");
    } else if (key.starts_with("GNU.sparse.")) {
      return fail(Code::archive_entry_refused, "The tar holds a file with holes");
    }
    records.remove_prefix(*size);
  }
  return {};
}

std::string_view kind_in_words(char kind) {
  switch (kind) {
    case '1':
    case '2':
    case 'K':
      return "is a link";
    case '3':
    case '4':
    case '6':
      return "is a device or a pipe";
    default:
      return "is neither a file nor a folder";
  }
}

class TarReader {
 public:
  TarReader(ByteView archive, Collector& collector) : rest_(archive), collector_(collector) {}

  Result<void> read() {
    for (;;) {
      NSL_TRY(const ByteView header, take(kBlockBytes));
      if (is_zero(header)) return end();
      if (!has_checksum(header)) return broken("the checksum of a header");
      NSL_TRY_VOID(read_entry(header));
    }
  }

 private:
  Result<ByteView> take(std::uint64_t size) {
    if (size > rest_.size()) return broken("it ends early");
    const ByteView bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }

  // A content, with the padding behind it.
  Result<ByteView> take_padded(std::uint64_t size) {
    NSL_TRY(const ByteView bytes, take(size));
    NSL_TRY_VOID(take((kBlockBytes - size % kBlockBytes) % kBlockBytes));
    return bytes;
  }

  // Two blocks of nothing end a tar, and nothing but nothing follows.
  Result<void> end() {
    if (extra_.is_any()) return broken("an extended header of nothing");
    if (rest_.size() < kBlockBytes || !is_zero(rest_)) return broken("its end");
    return {};
  }

  Result<std::string> name_of(ByteView header) const {
    if (extra_.path.has_value()) return *extra_.path;
    std::string name(text(header, kName));
    const std::string_view magic = field(header, kMagic);
    if (magic == kPosixMagic) {
      const std::string_view prefix = text(header, kPrefix);
      if (!prefix.empty()) name = std::string(prefix) + "/" + name;
    } else if (magic != kGnuMagic) {
      return broken("the format of a header is not known");
    }
    return name;
  }

  Result<void> read_entry(ByteView header) {
    const auto own_size = parse_octal(field(header, kSize));
    if (!own_size.has_value()) return broken("the size in a header");
    const char kind = field(header, kKind)[0];
    if (kind == 'x' || kind == 'g' || kind == 'L') return read_extra(kind, *own_size);
    NSL_TRY(const std::string name, name_of(header));
    const std::uint64_t size = extra_.size.value_or(*own_size);
    extra_ = {};
    if (kind == '5') {
      if (size != 0) return refuse(Code::archive_malformed, name, "is a folder with a content");
      return collector_.enter_folder(name);
    }
    if (kind != '0' && kind != '\0') {
      return refuse(Code::archive_entry_refused, name, kind_in_words(kind));
    }
    NSL_TRY(std::string path, collector_.enter_file(name, size));
    NSL_TRY(const ByteView content, take_padded(size));
    collector_.add(std::move(path), to_string(content));
    return {};
  }

  Result<void> read_extra(char kind, std::uint64_t size) {
    if (size > kExtraBytesMax)
      return fail(Code::archive_too_large, "An extended header of the tar");
    NSL_TRY(const ByteView bytes, take_padded(size));
    if (kind == 'x') return read_pax(as_text(bytes), extra_);
    if (kind == 'L') {
      const std::string_view name = as_text(bytes);
      if (!name.ends_with('\0')) return broken("a long name");
      extra_.path = std::string(name.substr(0, name.size() - 1));
      return {};
    }
    // For all files: times and the like may be, a name or size may not.
    Extra global;
    NSL_TRY_VOID(read_pax(as_text(bytes), global));
    if (global.is_any()) return broken("one name for all files");
    return {};
  }

  ByteView rest_;
  Collector& collector_;
  Extra extra_;
};

}  // namespace

Result<void> read_tar(ByteView archive, Collector& collector) {
  return TarReader(archive, collector).read();
}

}  // namespace nsl::archive
