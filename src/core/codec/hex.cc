#include "core/codec/hex.h"

namespace nsl::codec {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// 0 to 15, or -1 for anything that is not a digit.
int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::string encode_hex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 0x0f]);
  }
  return text;
}

Result<void> decode_hex_into(std::string_view text, std::span<std::uint8_t> target) {
  if (text.size() % 2 != 0 || text.size() / 2 != target.size()) {
    return fail(Code::malformed_hex, "Hexadecimal text has the wrong length");
  }
  for (std::size_t i = 0; i < target.size(); ++i) {
    const int high = digit_value(text[2 * i]);
    const int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return fail(Code::malformed_hex);
    target[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return {};
}

Result<Bytes> decode_hex(std::string_view text) {
  Bytes bytes(text.size() / 2);
  NSL_TRY_VOID(decode_hex_into(text, bytes));
  return bytes;
}

}  // namespace nsl::codec
