#include <algorithm>

#include "core/base/assert.h"
#include "core/codec/cbor.h"
#include "core/codec/utf8.h"

namespace nsl::codec {
namespace {

// RFC 8949 section 3.1, major types in their place.
constexpr std::uint8_t kUnsigned = 0 << 5;
constexpr std::uint8_t kNegative = 1 << 5;
constexpr std::uint8_t kBytes = 2 << 5;
constexpr std::uint8_t kText = 3 << 5;
constexpr std::uint8_t kArray = 4 << 5;
constexpr std::uint8_t kMap = 5 << 5;
constexpr std::uint8_t kTag = 6 << 5;
constexpr std::uint8_t kFalse = 0xf4;
constexpr std::uint8_t kTrue = 0xf5;
constexpr std::uint8_t kNull = 0xf6;

}  // namespace

CborWriter& CborWriter::write_unsigned(std::uint64_t value) {
  begin_value();
  write_head(kUnsigned, value);
  end_value();
  return *this;
}

CborWriter& CborWriter::write_integer(std::int64_t value) {
  if (value >= 0) return write_unsigned(static_cast<std::uint64_t>(value));
  begin_value();
  write_head(kNegative, static_cast<std::uint64_t>(-1 - value));
  end_value();
  return *this;
}

CborWriter& CborWriter::write_bytes(ByteView bytes) {
  begin_value();
  write_head(kBytes, bytes.size());
  append(bytes_, bytes);
  end_value();
  return *this;
}

CborWriter& CborWriter::write_text(std::string_view text) {
  NSL_ASSERT(is_valid_utf8(text));
  begin_value();
  write_head(kText, text.size());
  append(bytes_, as_bytes(text));
  end_value();
  return *this;
}

CborWriter& CborWriter::begin_array(std::size_t count) {
  begin_value();
  write_head(kArray, count);
  open_.push_back({.is_map = false, .values_left = count, .offsets = {}});
  if (count == 0) {
    open_.pop_back();
    end_value();
  }
  return *this;
}

CborWriter& CborWriter::begin_map(std::size_t count) {
  begin_value();
  write_head(kMap, count);
  open_.push_back({.is_map = true, .values_left = 2 * count, .offsets = {}});
  if (count == 0) {
    open_.pop_back();
    end_value();
  }
  return *this;
}

CborWriter& CborWriter::write_tag(std::uint64_t number) {
  begin_value();
  write_head(kTag, number);
  is_tagged_ = true;
  return *this;
}

CborWriter& CborWriter::write_boolean(bool value) {
  begin_value();
  bytes_.push_back(value ? kTrue : kFalse);
  end_value();
  return *this;
}

CborWriter& CborWriter::write_null() {
  begin_value();
  bytes_.push_back(kNull);
  end_value();
  return *this;
}

CborWriter& CborWriter::write_encoded(ByteView value) {
  NSL_ASSERT(parse_cbor(value).has_value());
  begin_value();
  append(bytes_, value);
  end_value();
  return *this;
}

Bytes CborWriter::take() && {
  NSL_ASSERT(is_complete_);
  return std::move(bytes_);
}

void CborWriter::begin_value() {
  NSL_ASSERT(!is_complete_);
  // The value behind a tag belongs to the place the tag took.
  if (is_tagged_) {
    is_tagged_ = false;
  } else if (!open_.empty() && open_.back().is_map) {
    open_.back().offsets.push_back(bytes_.size());
  }
}

void CborWriter::end_value() {
  while (!open_.empty()) {
    if (--open_.back().values_left > 0) return;
    if (open_.back().is_map) sort_map(open_.back());
    open_.pop_back();
  }
  is_complete_ = true;
}

void CborWriter::write_head(std::uint8_t major, std::uint64_t argument) {
  if (argument < 24) {
    bytes_.push_back(static_cast<std::uint8_t>(major | argument));
    return;
  }
  const unsigned size_power =
      argument <= UINT8_MAX ? 0 : (argument <= UINT16_MAX ? 1 : (argument <= UINT32_MAX ? 2 : 3));
  bytes_.push_back(static_cast<std::uint8_t>(major | (24 + size_power)));
  for (unsigned shift = 8U << size_power; shift > 0; shift -= 8) {
    bytes_.push_back(static_cast<std::uint8_t>(argument >> (shift - 8)));
  }
}

void CborWriter::sort_map(const Open& map) {
  struct Entry {
    Bytes key;
    Bytes value;
  };
  const ByteView all(bytes_);
  const auto between = [all](std::size_t from, std::size_t to) {
    return to_bytes(all.subspan(from, to - from));
  };
  std::vector<Entry> entries;
  for (std::size_t i = 0; i + 1 < map.offsets.size(); i += 2) {
    const std::size_t end = i + 2 < map.offsets.size() ? map.offsets[i + 2] : bytes_.size();
    entries.push_back({.key = between(map.offsets[i], map.offsets[i + 1]),
                       .value = between(map.offsets[i + 1], end)});
  }
  std::ranges::sort(entries, {}, &Entry::key);
  NSL_ASSERT(std::ranges::adjacent_find(entries, {}, &Entry::key) == entries.end());
  bytes_.resize(map.offsets.front());
  for (const Entry& entry : entries) {
    append(bytes_, entry.key);
    append(bytes_, entry.value);
  }
}

}  // namespace nsl::codec
