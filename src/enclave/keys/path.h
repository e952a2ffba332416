// Bytes that names and numbers become before they are hashed or used as a derivation path: numbers
// big-endian, each text with its length in front, so that no two sequences read as the same bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"

namespace nsl::enclave::keys {

// The low `bytes` bytes of the number.
inline void append_number(Bytes& target, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    target.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

// At most 8 bytes.
inline std::uint64_t read_number(ByteView bytes) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

inline void append_text(Bytes& target, std::string_view text) {
  append_number(target, text.size(), 4);
  append(target, as_bytes(text));
}

}  // namespace nsl::enclave::keys
