// Byte sequences: an owned one, a borrowed one, and the two conversions to and from text that keep
// every byte.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nsl {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// The view is valid as long as `text` is.
inline ByteView as_bytes(std::string_view text) {
  // SAFETY: std::uint8_t may alias char, and the length is the same.
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The view is valid as long as `bytes` is.
inline std::string_view as_text(ByteView bytes) {
  // SAFETY: char may alias std::uint8_t, and the length is the same.
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }
inline Bytes to_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }
inline std::string to_string(ByteView bytes) { return std::string(as_text(bytes)); }

inline void append(Bytes& target, ByteView more) {
  target.insert(target.end(), more.begin(), more.end());
}

inline bool equal(ByteView left, ByteView right) {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin());
}

}  // namespace nsl
