// UInt160 (accounts, contracts) and UInt256 (transactions, blocks, roots). Neo keeps them
// little-endian in every binary form and prints them big-endian with 0x; these types keep the
// little-endian bytes and know both texts, so that nobody reverses by hand.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::neo {
namespace internal {

// "0x" and the bytes from last to first.
std::string to_big_endian_text(ByteView little_endian);
// Takes the text with or without "0x"; the length must fit exactly.
Result<void> parse_big_endian_text(std::string_view text, std::span<std::uint8_t> little_endian);

}  // namespace internal

template <std::size_t N, class Tag>
class Hash {
 public:
  static constexpr std::size_t kSize = N;
  using Array = std::array<std::uint8_t, N>;

  // Zero.
  constexpr Hash() = default;
  constexpr explicit Hash(const Array& little_endian) : bytes_(little_endian) {}

  static Result<Hash> parse(std::string_view text) {
    Hash result;
    NSL_TRY_VOID(internal::parse_big_endian_text(text, result.bytes_));
    return result;
  }
  static Result<Hash> parse_little_endian(ByteView bytes) {
    if (bytes.size() != N) return fail(Code::invalid_hash);
    Hash result;
    std::copy(bytes.begin(), bytes.end(), result.bytes_.begin());
    return result;
  }

  std::string to_text() const { return internal::to_big_endian_text(bytes_); }
  // The bytes of every binary form.
  const Array& little_endian() const { return bytes_; }
  bool is_zero() const { return *this == Hash(); }

  friend bool operator==(const Hash&, const Hash&) = default;
  // The order of the numbers, which is the order of the texts.
  friend std::strong_ordering operator<=>(const Hash& left, const Hash& right) {
    return std::lexicographical_compare_three_way(left.bytes_.rbegin(), left.bytes_.rend(),
                                                  right.bytes_.rbegin(), right.bytes_.rend());
  }

 private:
  Array bytes_{};
};

using UInt160 = Hash<20, struct UInt160Tag>;
using UInt256 = Hash<32, struct UInt256Tag>;

// Hash160 of a script or key: RIPEMD160(SHA256(x)).
UInt160 hash160_of(ByteView bytes);
// The hash of a transaction or header: one SHA-256.
UInt256 sha256_of(ByteView bytes);
// Merkle nodes and checksums: SHA-256 twice.
UInt256 hash256_of(ByteView bytes);

}  // namespace nsl::neo

// Hashes are uniform already: their first bytes are as good as any.
template <std::size_t N, class Tag>
struct std::hash<nsl::neo::Hash<N, Tag>> {
  std::size_t operator()(const nsl::neo::Hash<N, Tag>& value) const {
    std::size_t result = 0;
    std::memcpy(&result, value.little_endian().data(), sizeof(result));
    return result;
  }
};
