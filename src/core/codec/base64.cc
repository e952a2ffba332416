#include "core/codec/base64.h"

#include <array>
#include <cstdint>

namespace nsl::codec {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNotADigit = 0xff;

using DigitTable = std::array<std::uint8_t, 256>;

constexpr DigitTable table_of(std::string_view alphabet) {
  DigitTable table{};
  table.fill(kNotADigit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr DigitTable kStandardTable = table_of(kStandard);
constexpr DigitTable kUrlSafeTable = table_of(kUrlSafe);

std::string encode(ByteView bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      text.push_back(alphabet[(bits >> bit_count) & 0x3f]);
    }
  }
  if (bit_count > 0) text.push_back(alphabet[(bits << (6 - bit_count)) & 0x3f]);
  return text;
}

Result<Bytes> decode(std::string_view digits, const DigitTable& table) {
  if (digits.size() % 4 == 1) return fail(Code::malformed_base64);
  Bytes bytes;
  bytes.reserve(digits.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char digit : digits) {
    const std::uint8_t value = table[static_cast<std::uint8_t>(digit)];
    if (value == kNotADigit) return fail(Code::malformed_base64);
    bits = (bits << 6) | value;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> bit_count));
    }
  }
  const std::uint32_t unused = bits & ((1U << bit_count) - 1U);
  if (unused != 0) return fail(Code::malformed_base64, "Unused bits at the end are not zero");
  return bytes;
}

}  // namespace

std::string encode_base64(ByteView bytes) {
  std::string text = encode(bytes, kStandard);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

Result<Bytes> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fail(Code::malformed_base64, "Padding is missing");
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kStandardTable);
}

std::string encode_base64url(ByteView bytes) { return encode(bytes, kUrlSafe); }

Result<Bytes> decode_base64url(std::string_view text) { return decode(text, kUrlSafeTable); }

}  // namespace nsl::codec
