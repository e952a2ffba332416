// Hexadecimal text. Encoding is lower-case; decoding takes both cases and nothing else: no prefix,
// no spaces, no odd length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::codec {

std::string encode_hex(ByteView bytes);

Result<Bytes> decode_hex(std::string_view text);

// Fails unless `text` is exactly 2 * target.size() digits.
Result<void> decode_hex_into(std::string_view text, std::span<std::uint8_t> target);

template <std::size_t N>
Result<std::array<std::uint8_t, N>> decode_hex_array(std::string_view text) {
  std::array<std::uint8_t, N> bytes{};
  NSL_TRY_VOID(decode_hex_into(text, bytes));
  return bytes;
}

}  // namespace nsl::codec
