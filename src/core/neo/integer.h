// Integer is the number of the Neo virtual machine: signed, at most 256 bits. Its binary form is
// little-endian two's complement with as few bytes as possible; zero is no byte at all.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::neo {

class Integer {
 public:
  static constexpr std::size_t kBytesMax = 32;

  constexpr Integer() = default;
  explicit Integer(std::int64_t value);

  // Takes a longer form than needed, as the virtual machine does; refuses more than 32 bytes.
  static Result<Integer> parse_little_endian(ByteView bytes);
  // "-12": digits with at most one minus sign, no leading zero, no "-0".
  static Result<Integer> parse_decimal(std::string_view text);

  // The shortest form.
  Bytes to_little_endian() const;
  std::string to_decimal() const;
  // Nothing when the value does not fit.
  std::optional<std::int64_t> to_int64() const;

  bool is_zero() const { return *this == Integer(); }
  bool is_negative() const { return (limbs_.back() & kSignBit) != 0; }

  friend bool operator==(const Integer&, const Integer&) = default;
  friend std::strong_ordering operator<=>(const Integer& left, const Integer& right);

 private:
  static constexpr std::uint32_t kSignBit = 0x80000000U;

  Integer negated() const;

  // Two's complement, least significant limb first.
  std::array<std::uint32_t, 8> limbs_{};
};

// A token amount as people write it: "12.5" with 8 decimals is 1250000000. Refuses a sign, an
// exponent, more fraction digits than `decimals`, and leading or missing digits.
Result<Integer> parse_token_amount(std::string_view text, std::uint8_t decimals);
// The shortest text: "12.5". `amount` may be negative.
std::string to_token_amount(const Integer& amount, std::uint8_t decimals);

}  // namespace nsl::neo
