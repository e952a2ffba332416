#include "core/expression/arithmetic.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "core/base/assert.h"

namespace nsl::expression {
namespace {

constexpr std::size_t kLimbs = 8;
constexpr unsigned kLimbBits = 32;
constexpr std::uint32_t kTopBit = 0x80000000U;

// An unsigned number of 256 bits, least significant limb first. 2^255, the magnitude of the least
// integer, still fits.
using Magnitude = std::array<std::uint32_t, kLimbs>;

void negate(Magnitude& value) {
  std::uint64_t carry = 1;
  for (std::uint32_t& limb : value) {
    carry += UINT32_MAX - limb;
    limb = static_cast<std::uint32_t>(carry & UINT32_MAX);
    carry >>= kLimbBits;
  }
}

Magnitude magnitude_of(const neo::Integer& value) {
  const Bytes bytes = value.to_little_endian();
  Magnitude result;
  result.fill(value.is_negative() ? UINT32_MAX : 0);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const unsigned shift = static_cast<unsigned>(i % 4) * 8;
    std::uint32_t& limb = result[i / 4];
    limb = (limb & ~(0xFFU << shift)) | (std::uint32_t{bytes[i]} << shift);
  }
  if (value.is_negative()) negate(result);
  return result;
}

enum class Sign : std::uint8_t { positive, negative };

std::optional<neo::Integer> integer_of(Magnitude magnitude, Sign sign) {
  if (sign == Sign::negative) negate(magnitude);
  std::array<std::uint8_t, neo::Integer::kBytesMax> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>((magnitude[i / 4] >> ((i % 4) * 8)) & 0xFF);
  }
  const neo::Integer result = neo::Integer::parse_little_endian(bytes).value();
  const bool fits = result.is_zero() || result.is_negative() == (sign == Sign::negative);
  return fits ? std::optional(result) : std::nullopt;
}

Sign sign_of(const neo::Integer& value) {
  return value.is_negative() ? Sign::negative : Sign::positive;
}

Sign opposite(Sign sign) { return sign == Sign::negative ? Sign::positive : Sign::negative; }

Sign sign_of_product(const neo::Integer& left, const neo::Integer& right) {
  return left.is_negative() == right.is_negative() ? Sign::positive : Sign::negative;
}

// Whether a carry is left over.
std::uint32_t add_into(Magnitude& sum, const Magnitude& more) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    carry += std::uint64_t{sum[i]} + more[i];
    sum[i] = static_cast<std::uint32_t>(carry & UINT32_MAX);
    carry >>= kLimbBits;
  }
  return static_cast<std::uint32_t>(carry);
}

// `value` must not be less than `less`.
void subtract_from(Magnitude& value, const Magnitude& less) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < kLimbs; ++i) {
    const std::uint64_t difference = std::uint64_t{value[i]} - less[i] - borrow;
    value[i] = static_cast<std::uint32_t>(difference & UINT32_MAX);
    borrow = difference >> 63;
  }
  NSL_ASSERT(borrow == 0);
}

bool is_less(const Magnitude& left, const Magnitude& right) {
  for (std::size_t i = kLimbs; i-- > 0;) {
    if (left[i] != right[i]) return left[i] < right[i];
  }
  return false;
}

struct Addend {
  Magnitude magnitude;
  Sign sign;
};

std::optional<neo::Integer> add_signed(Addend left, Addend right) {
  if (left.sign == right.sign) {
    if (add_into(left.magnitude, right.magnitude) != 0) return std::nullopt;
    return integer_of(left.magnitude, left.sign);
  }
  if (is_less(left.magnitude, right.magnitude)) std::swap(left, right);
  subtract_from(left.magnitude, right.magnitude);
  return integer_of(left.magnitude, left.sign);
}

struct Division {
  Magnitude quotient{};
  Magnitude remainder{};
};

// Bit by bit: 256 rounds, whatever the numbers are.
Division divide_magnitudes(const Magnitude& dividend, const Magnitude& divisor) {
  Division result;
  for (std::size_t limb = kLimbs; limb-- > 0;) {
    for (unsigned bit = kLimbBits; bit-- > 0;) {
      // The remainder is less than a divisor of at most 2^255, so twice of it still fits.
      NSL_ASSERT((result.remainder.back() & kTopBit) == 0);
      const Magnitude same = result.remainder;
      add_into(result.remainder, same);
      result.remainder[0] |= (dividend[limb] >> bit) & 1U;
      if (is_less(result.remainder, divisor)) continue;
      subtract_from(result.remainder, divisor);
      result.quotient[limb] |= 1U << bit;
    }
  }
  return result;
}

// Most numbers are small: both operands, or nothing.
std::optional<std::pair<std::int64_t, std::int64_t>> find_small(const neo::Integer& left,
                                                                const neo::Integer& right) {
  const std::optional<std::int64_t> small_left = left.to_int64();
  const std::optional<std::int64_t> small_right = right.to_int64();
  if (!small_left || !small_right) return std::nullopt;
  return std::pair(*small_left, *small_right);
}

}  // namespace

std::optional<neo::Integer> checked_add(const neo::Integer& left, const neo::Integer& right) {
  std::int64_t sum = 0;
  const auto small = find_small(left, right);
  if (small && !__builtin_add_overflow(small->first, small->second, &sum)) return neo::Integer(sum);
  return add_signed({.magnitude = magnitude_of(left), .sign = sign_of(left)},
                    {.magnitude = magnitude_of(right), .sign = sign_of(right)});
}

std::optional<neo::Integer> checked_subtract(const neo::Integer& left, const neo::Integer& right) {
  std::int64_t difference = 0;
  const auto small = find_small(left, right);
  if (small && !__builtin_sub_overflow(small->first, small->second, &difference)) {
    return neo::Integer(difference);
  }
  return add_signed({.magnitude = magnitude_of(left), .sign = sign_of(left)},
                    {.magnitude = magnitude_of(right), .sign = opposite(sign_of(right))});
}

std::optional<neo::Integer> checked_multiply(const neo::Integer& left, const neo::Integer& right) {
  std::int64_t small_product = 0;
  const auto small = find_small(left, right);
  if (small && !__builtin_mul_overflow(small->first, small->second, &small_product)) {
    return neo::Integer(small_product);
  }
  const Magnitude a = magnitude_of(left);
  const Magnitude b = magnitude_of(right);
  Magnitude product{};
  for (std::size_t i = 0; i < kLimbs; ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < kLimbs; ++j) {
      carry += std::uint64_t{a[i]} * b[j];
      if (i + j >= kLimbs) {
        if (carry != 0) return std::nullopt;
        continue;
      }
      carry += product[i + j];
      product[i + j] = static_cast<std::uint32_t>(carry & UINT32_MAX);
      carry >>= kLimbBits;
    }
    if (carry != 0) return std::nullopt;
  }
  return integer_of(product, sign_of_product(left, right));
}

std::optional<neo::Integer> checked_negate(const neo::Integer& value) {
  return checked_subtract(neo::Integer(), value);
}

std::optional<neo::Integer> checked_divide(const neo::Integer& dividend,
                                           const neo::Integer& divisor) {
  NSL_ASSERT(!divisor.is_zero());
  const auto small = find_small(dividend, divisor);
  if (small && small->first != std::numeric_limits<std::int64_t>::min()) {
    return neo::Integer(small->first / small->second);
  }
  const Division result = divide_magnitudes(magnitude_of(dividend), magnitude_of(divisor));
  return integer_of(result.quotient, sign_of_product(dividend, divisor));
}

neo::Integer remainder(const neo::Integer& dividend, const neo::Integer& divisor) {
  NSL_ASSERT(!divisor.is_zero());
  const auto small = find_small(dividend, divisor);
  if (small && small->first != std::numeric_limits<std::int64_t>::min()) {
    return neo::Integer(small->first % small->second);
  }
  const Division result = divide_magnitudes(magnitude_of(dividend), magnitude_of(divisor));
  // The remainder is smaller than the dividend, so it fits with the dividend's sign.
  return integer_of(result.remainder, sign_of(dividend)).value();
}

}  // namespace nsl::expression
