#include "core/crypto/p256_scalar.h"

#include <vector>

#include "core/base/secret.h"
#include "core/crypto/p256_inverse.h"

namespace nsl::crypto::internal {
namespace {

// Two limbs; ISO C++ has no such type, both compilers do.
__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t low(Wide value) { return static_cast<std::uint64_t>(value); }
constexpr std::uint64_t high(Wide value) { return static_cast<std::uint64_t>(value >> 64); }

// left - right; the borrow is all ones when left < right.
constexpr Limbs subtract(const Limbs& left, const Limbs& right, Mask& borrow) {
  Limbs result{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Wide difference = Wide{left[i]} - right[i] - carry;
    result[i] = low(difference);
    carry = high(difference) & 1;
  }
  borrow = 0 - carry;
  return result;
}

// `when_set` where the mask is all ones, `when_clear` where it is zero.
constexpr Limbs select(Mask mask, const Limbs& when_set, const Limbs& when_clear) {
  Limbs result{};
  for (std::size_t i = 0; i < 4; ++i) {
    result[i] = (when_set[i] & mask) | (when_clear[i] & ~mask);
  }
  return result;
}

// value + overflow * 2^256, known to be below 2n, reduced below n.
constexpr Limbs reduce_once(const Limbs& value, std::uint64_t overflow) {
  Mask borrow = 0;
  const Limbs reduced = subtract(value, kP256Order, borrow);
  const Mask is_below = borrow & (overflow - 1);
  return select(is_below, value, reduced);
}

constexpr Limbs add_modulo(const Limbs& left, const Limbs& right) {
  Limbs sum{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Wide total = Wide{left[i]} + right[i] + carry;
    sum[i] = low(total);
    carry = high(total);
  }
  return reduce_once(sum, carry);
}

// -n^-1 mod 2^64 by Newton's iteration: each step doubles the number of right bits.
constexpr std::uint64_t negative_inverse() {
  std::uint64_t inverse = 1;
  for (int step = 0; step < 6; ++step) inverse *= 2 - kP256Order[0] * inverse;
  return 0 - inverse;
}
constexpr std::uint64_t kNegativeInverse = negative_inverse();
static_assert(kP256Order[0] * kNegativeInverse == UINT64_MAX);

// 2^exponent mod n.
constexpr Limbs power_of_two(int exponent) {
  Limbs value = {1, 0, 0, 0};
  for (int i = 0; i < exponent; ++i) value = add_modulo(value, value);
  return value;
}
constexpr Limbs kOne = power_of_two(256);
constexpr Limbs kToMontgomery = power_of_two(512);
// Turns the plain inverse of a residue, x^-1 / 2^256, into the residue of the inverse.
constexpr Limbs kInverseToMontgomery = power_of_two(768);

// left * right / 2^256 mod n (Montgomery 1985; the interleaved form of Koc, Acar and Kaliski 1996).
// One factor below n and the other below 2^256 keep the running value below 2n.
Limbs montgomery(const Limbs& left, const Limbs& right) {
  std::array<std::uint64_t, 6> sum{};
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint64_t carry = 0;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
      const Wide total = Wide{left[j]} * right[i] + sum[j] + carry;
      sum[j] = low(total);
      carry = high(total);
    }
    const Wide top = Wide{sum[4]} + carry;
    sum[4] = low(top);
    sum[5] = high(top);

    const std::uint64_t factor = sum[0] * kNegativeInverse;
    carry = high(Wide{factor} * kP256Order[0] + sum[0]);
#pragma GCC unroll 4
    for (std::size_t j = 1; j < 4; ++j) {
      const Wide total = Wide{factor} * kP256Order[j] + sum[j] + carry;
      sum[j - 1] = low(total);
      carry = high(total);
    }
    const Wide last = Wide{sum[4]} + carry;
    sum[3] = low(last);
    sum[4] = sum[5] + high(last);
  }
  return reduce_once({sum[0], sum[1], sum[2], sum[3]}, sum[4]);
}

Limbs limbs_from(std::span<const std::uint8_t, Scalar::kBytes> bytes) {
  Limbs limbs{};
  for (std::size_t i = 0; i < Scalar::kBytes; ++i) {
    limbs[3 - i / 8] = (limbs[3 - i / 8] << 8) | bytes[i];
  }
  return limbs;
}

Mask zero_mask(const Limbs& limbs) {
  const std::uint64_t any = limbs[0] | limbs[1] | limbs[2] | limbs[3];
  // The top bit of any | -any is set exactly when any is not zero.
  return ((any | (0 - any)) >> 63) - 1;
}

}  // namespace

Scalar Scalar::from_bytes_reduced(std::span<const std::uint8_t, kBytes> bytes) {
  // 2^256 < 2n, so one subtraction is enough.
  return {reduce_once(limbs_from(bytes), 0)};
}

Scalar Scalar::from_bytes_checked(std::span<const std::uint8_t, kBytes> bytes, Mask& is_valid) {
  const Scalar scalar{limbs_from(bytes)};
  Mask is_below = 0;
  (void)subtract(scalar.limbs, kP256Order, is_below);
  is_valid = is_below & ~scalar.is_zero();
  return scalar;
}

void Scalar::to_bytes(std::span<std::uint8_t, kBytes> bytes) const {
  for (std::size_t i = 0; i < kBytes; ++i) {
    bytes[i] = static_cast<std::uint8_t>(limbs[3 - i / 8] >> (8 * (7 - i % 8)));
  }
}

Mask Scalar::is_zero() const { return zero_mask(limbs); }

Residue Residue::one() { return {kOne}; }

Residue Residue::from(const Scalar& scalar) { return {montgomery(scalar.limbs, kToMontgomery)}; }

Scalar Residue::to_scalar() const { return {montgomery(limbs, {1, 0, 0, 0})}; }

Residue multiply(const Residue& left, const Residue& right) {
  return {montgomery(left.limbs, right.limbs)};
}

Residue add(const Residue& left, const Residue& right) {
  return {add_modulo(left.limbs, right.limbs)};
}

Residue invert(const Residue& value) {
  return {montgomery(invert_plain(value.limbs), kInverseToMontgomery)};
}

void invert_all(std::span<Residue> values) {
  if (values.empty()) return;
  std::vector<Residue> products(values.size());
  products[0] = values[0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    products[i] = multiply(products[i - 1], values[i]);
  }
  Residue inverse = invert(products.back());
  for (std::size_t i = values.size() - 1; i > 0; --i) {
    const Residue value_inverse = multiply(inverse, products[i - 1]);
    inverse = multiply(inverse, values[i]);
    values[i] = value_inverse;
  }
  values[0] = inverse;
  // SAFETY: plain integers viewed as bytes, to wipe products of secrets.
  wipe({reinterpret_cast<std::uint8_t*>(products.data()), products.size() * sizeof(Residue)});
}

}  // namespace nsl::crypto::internal
