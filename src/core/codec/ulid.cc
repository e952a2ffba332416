#include "core/codec/ulid.h"

#include <algorithm>

#include "core/base/assert.h"

namespace nsl::codec {
namespace {

// Crockford's alphabet leaves out I, L, O and U.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTimeBytes = 6;
constexpr std::int64_t kTimeMax = (std::int64_t{1} << 48) - 1;

}  // namespace

Ulid make_ulid(WallTime time, Random& random) {
  NSL_ASSERT(time.value() >= 0 && time.value() <= kTimeMax);
  std::array<std::uint8_t, 16> bytes{};
  const auto ms = static_cast<std::uint64_t>(time.value());
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (kTimeBytes - 1 - i)));
  }
  random.fill(std::span(bytes).subspan<kTimeBytes>());
  return Ulid(bytes);
}

WallTime ulid_time(const Ulid& ulid) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i) ms = ms * 256 + ulid.value()[i];
  return WallTime(ms);
}

std::string to_text(const Ulid& ulid) {
  // 128 bits are 26 digits of 5 bits with two zero bits in front.
  std::string text(kUlidTextSize, '0');
  unsigned bits = 0;
  unsigned bit_count = 2;
  std::size_t digit = 0;
  for (const std::uint8_t byte : ulid.value()) {
    bits = (bits << 8) | byte;
    bit_count += 8;
    while (bit_count >= 5) {
      bit_count -= 5;
      text[digit++] = kAlphabet[(bits >> bit_count) & 0x1f];
    }
  }
  NSL_ASSERT(digit == kUlidTextSize && bit_count == 0);
  return text;
}

Result<Ulid> parse_ulid(std::string_view text) {
  if (text.size() != kUlidTextSize || text[0] > '7') {
    return fail(Code::invalid_argument, "Not a ULID");
  }
  std::array<std::uint8_t, 16> bytes{};
  unsigned bits = 0;
  unsigned bit_count = 0;
  std::size_t index = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t value = kAlphabet.find(text[i]);
    if (value == std::string_view::npos) return fail(Code::invalid_argument, "Not a ULID");
    bits = (bits << 5) | static_cast<unsigned>(value);
    bit_count += i == 0 ? 3 : 5;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes[index++] = static_cast<std::uint8_t>(bits >> bit_count);
    }
  }
  NSL_ASSERT(index == bytes.size() && bit_count == 0);
  return Ulid(bytes);
}

std::string make_id(std::string_view prefix, WallTime time, Random& random) {
  return std::string(prefix) + "_" + to_text(make_ulid(time, random));
}

Result<Ulid> parse_id(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix) || !text.substr(prefix.size()).starts_with('_')) {
    return fail(Code::invalid_argument, "Id has another prefix");
  }
  return parse_ulid(text.substr(prefix.size() + 1));
}

}  // namespace nsl::codec
