#include "core/codec/utf8.h"

#include <cstdint>

namespace nsl::codec {
namespace {

bool is_continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

// Length of the well-formed character at the start of `bytes`, 0 when there is none. The ranges of
// the second byte are those of RFC 3629 section 4.
std::size_t character_size(ByteView bytes) {
  const std::uint8_t first = bytes[0];
  if (first < 0x80) return 1;
  std::size_t size = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    size = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    size = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    size = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  }
  if (size == 0 || bytes.size() < size) return 0;
  if (bytes[1] < low || bytes[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_continuation(bytes[i])) return 0;
  }
  return size;
}

}  // namespace

bool is_valid_utf8(ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t size = character_size(bytes);
    if (size == 0) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

}  // namespace nsl::codec
