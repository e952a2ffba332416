// Numbers of four 64-bit limbs modulo one of P-256's two primes, the order of the group and that of
// its field. Private to this folder.
//
// Time and memory access do not depend on the values: no branch and no index looks at a limb.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nsl::crypto::internal {

using Limbs = std::array<std::uint64_t, 4>;  // least significant first

// n, FIPS 186-4 D.1.2.3.
inline constexpr Limbs kP256Order = {0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff,
                                     0xffffffff00000000};
// p, FIPS 186-4 D.1.2.3.
inline constexpr Limbs kP256Prime = {0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000,
                                     0xffffffff00000001};

// All ones or all zeros: a condition that is never branched on.
using Mask = std::uint64_t;

// Two limbs; ISO C++ has no such type, both compilers do.
__extension__ using WideLimb = unsigned __int128;

constexpr std::uint64_t low_limb(WideLimb value) { return static_cast<std::uint64_t>(value); }
constexpr std::uint64_t high_limb(WideLimb value) {
  return static_cast<std::uint64_t>(value >> 64);
}

// left - right; the borrow is all ones when left < right.
constexpr Limbs subtract(const Limbs& left, const Limbs& right, Mask& borrow) {
  Limbs result{};
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const WideLimb difference = WideLimb{left[i]} - right[i] - carry;
    result[i] = low_limb(difference);
    carry = high_limb(difference) & 1;
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

constexpr Mask zero_mask(const Limbs& limbs) {
  const std::uint64_t any = limbs[0] | limbs[1] | limbs[2] | limbs[3];
  // The top bit of any | -any is set exactly when any is not zero.
  return ((any | (0 - any)) >> 63) - 1;
}

// Big-endian.
constexpr Limbs limbs_from(std::span<const std::uint8_t, 32> bytes) {
  Limbs limbs{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    limbs[3 - i / 8] = (limbs[3 - i / 8] << 8) | bytes[i];
  }
  return limbs;
}
constexpr void limbs_to(const Limbs& limbs, std::span<std::uint8_t, 32> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(limbs[3 - i / 8] >> (8 * (7 - i % 8)));
  }
}

// Arithmetic modulo a prime above 2^255. A residue is a number times 2^256 modulo that prime, the
// form Montgomery multiplication works in.
template <const Limbs& kModulus>
struct Modular {
  // value + overflow * 2^256, known to be below twice the modulus, reduced below it.
  static constexpr Limbs reduce_once(const Limbs& value, std::uint64_t overflow) {
    Mask borrow = 0;
    const Limbs reduced = subtract(value, kModulus, borrow);
    const Mask is_below = borrow & (overflow - 1);
    return select(is_below, value, reduced);
  }

  static constexpr Limbs add(const Limbs& left, const Limbs& right) {
    Limbs sum{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const WideLimb total = WideLimb{left[i]} + right[i] + carry;
      sum[i] = low_limb(total);
      carry = high_limb(total);
    }
    return reduce_once(sum, carry);
  }

  // The value is in 1 .. modulus - 1.
  static constexpr Limbs negate(const Limbs& value) {
    Mask borrow = 0;
    return subtract(kModulus, value, borrow);
  }

  // -modulus^-1 mod 2^64 by Newton's iteration: each step doubles the number of right bits.
  static constexpr std::uint64_t negative_inverse() {
    std::uint64_t inverse = 1;
    for (int step = 0; step < 6; ++step) inverse *= 2 - kModulus[0] * inverse;
    return 0 - inverse;
  }

  static constexpr Limbs power_of_two(int exponent) {
    Limbs value = {1, 0, 0, 0};
    for (int i = 0; i < exponent; ++i) value = add(value, value);
    return value;
  }

  // left * right / 2^256 (Montgomery 1985; the interleaved form of Koc, Acar and Kaliski 1996). One
  // factor below the modulus and the other below 2^256 keep the running value below twice it.
  static Limbs multiply(const Limbs& left, const Limbs& right) {
    constexpr std::uint64_t kNegativeInverse = negative_inverse();
    static_assert(kModulus[0] * kNegativeInverse == UINT64_MAX);
    std::array<std::uint64_t, 6> sum{};
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      std::uint64_t carry = 0;
#pragma GCC unroll 4
      for (std::size_t j = 0; j < 4; ++j) {
        const WideLimb total = WideLimb{left[j]} * right[i] + sum[j] + carry;
        sum[j] = low_limb(total);
        carry = high_limb(total);
      }
      const WideLimb top = WideLimb{sum[4]} + carry;
      sum[4] = low_limb(top);
      sum[5] = high_limb(top);

      const std::uint64_t factor = sum[0] * kNegativeInverse;
      carry = high_limb(WideLimb{factor} * kModulus[0] + sum[0]);
#pragma GCC unroll 4
      for (std::size_t j = 1; j < 4; ++j) {
        const WideLimb total = WideLimb{factor} * kModulus[j] + sum[j] + carry;
        sum[j - 1] = low_limb(total);
        carry = high_limb(total);
      }
      const WideLimb last = WideLimb{sum[4]} + carry;
      sum[3] = low_limb(last);
      sum[4] = sum[5] + high_limb(last);
    }
    return reduce_once({sum[0], sum[1], sum[2], sum[3]}, sum[4]);
  }

  static Limbs to_residue(const Limbs& value) {
    static constexpr Limbs kFactor = power_of_two(512);
    return multiply(value, kFactor);
  }
  static Limbs from_residue(const Limbs& residue) { return multiply(residue, {1, 0, 0, 0}); }

  // What `invert_plain` gives for a residue, made the residue of the inverse.
  static Limbs residue_of_inverse(const Limbs& plain_inverse) {
    // x^-1 / 2^256 times 2^768 / 2^256.
    static constexpr Limbs kFactor = power_of_two(768);
    return multiply(plain_inverse, kFactor);
  }
};

using ModularOrder = Modular<kP256Order>;
using ModularPrime = Modular<kP256Prime>;

}  // namespace nsl::crypto::internal
