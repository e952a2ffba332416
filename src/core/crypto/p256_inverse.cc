#include "core/crypto/p256_inverse.h"

#include "core/base/secret.h"

namespace nsl::crypto::internal {
namespace {

// Two limbs, signed; ISO C++ has no such type, both compilers do.
__extension__ using Wide = __int128;

// A signed number of five limbs of 62 bits, the last of which carries the sign. Between steps the
// first four are in 0 .. 2^62 - 1.
using Signed = std::array<std::int64_t, 5>;

constexpr int kLimbBits = 62;
constexpr std::int64_t kLimbMask = static_cast<std::int64_t>(UINT64_MAX >> 2);
// 59 divsteps go into one matrix; ten matrices make 590.
constexpr int kStepsPerMatrix = 59;
constexpr int kMatrices = 10;

constexpr Signed to_signed(const Limbs& limbs) {
  Signed result{};
  for (std::size_t i = 0; i < 5; ++i) {
    const std::size_t bit = i * kLimbBits;
    std::uint64_t limb = limbs[bit / 64] >> (bit % 64);
    if (bit % 64 > 2 && bit / 64 + 1 < 4) limb |= limbs[bit / 64 + 1] << (64 - bit % 64);
    result[i] = static_cast<std::int64_t>(limb) & kLimbMask;
  }
  return result;
}

// The number is in 0 .. 2^256 - 1.
constexpr Limbs to_limbs(const Signed& number) {
  Limbs result{};
  for (std::size_t i = 0; i < 5; ++i) {
    const auto limb = static_cast<std::uint64_t>(number[i]);
    const std::size_t bit = i * kLimbBits;
    result[bit / 64] |= limb << (bit % 64);
    if (bit % 64 > 2 && bit / 64 + 1 < 4) result[bit / 64 + 1] |= limb >> (64 - bit % 64);
  }
  return result;
}

// modulus^-1 mod 2^62 by Newton's iteration.
constexpr std::int64_t inverse_of(const Limbs& modulus) {
  std::uint64_t inverse = 1;
  for (int step = 0; step < 6; ++step) inverse *= 2 - modulus[0] * inverse;
  return static_cast<std::int64_t>(inverse) & kLimbMask;
}

struct Modulus {
  Signed value;
  std::int64_t inverse;
};
constexpr Modulus kOrder = {to_signed(kP256Order), inverse_of(kP256Order)};
constexpr Modulus kPrime = {to_signed(kP256Prime), inverse_of(kP256Prime)};
static_assert(to_limbs(kOrder.value) == kP256Order);
static_assert(to_limbs(kPrime.value) == kP256Prime);

// Keeps the compiler from seeing that a mask is all ones or all zeros and branching on it.
std::uint64_t opaque(std::uint64_t mask) {
  // SAFETY: an empty instruction that only claims to change the register.
  __asm__("" : "+r"(mask));
  return mask;
}

// 2^62 times the effect of 59 divsteps: (f, g) becomes (u f + v g, q f + r g) / 2^62.
struct Matrix {
  std::int64_t u, v, q, r;
};

// Runs the steps on the lowest limbs alone. `zeta` is -(delta + 1/2).
Matrix divsteps(std::int64_t& zeta, std::uint64_t f, std::uint64_t g) {
  // 59 doublings bring 8 to 2^62.
  std::uint64_t u = 8;
  std::uint64_t v = 0;
  std::uint64_t q = 0;
  std::uint64_t r = 8;
  for (int step = 0; step < kStepsPerMatrix; ++step) {
    const std::uint64_t is_delta_positive = opaque(static_cast<std::uint64_t>(zeta >> 63));
    const std::uint64_t is_g_odd = opaque(0 - (g & 1));
    // g - f when delta is positive, else g + f; only when g is odd.
    g += ((f ^ is_delta_positive) - is_delta_positive) & is_g_odd;
    q += ((u ^ is_delta_positive) - is_delta_positive) & is_g_odd;
    r += ((v ^ is_delta_positive) - is_delta_positive) & is_g_odd;
    // Both conditions: the old g takes the place of f, which is the new g plus the old f.
    const std::uint64_t is_swap = is_delta_positive & is_g_odd;
    zeta = (zeta ^ static_cast<std::int64_t>(is_swap)) - 1;
    f += g & is_swap;
    u += q & is_swap;
    v += r & is_swap;
    g >>= 1;
    u <<= 1;
    v <<= 1;
  }
  return {static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
          static_cast<std::int64_t>(r)};
}

// (f, g) = matrix (f, g) / 2^62, which is exact.
void apply(const Matrix& m, Signed& f, Signed& g) {
  Wide carry_f = (Wide{m.u} * f[0] + Wide{m.v} * g[0]) >> kLimbBits;
  Wide carry_g = (Wide{m.q} * f[0] + Wide{m.r} * g[0]) >> kLimbBits;
#pragma GCC unroll 4
  for (std::size_t i = 1; i < 5; ++i) {
    carry_f += Wide{m.u} * f[i] + Wide{m.v} * g[i];
    carry_g += Wide{m.q} * f[i] + Wide{m.r} * g[i];
    f[i - 1] = static_cast<std::int64_t>(carry_f) & kLimbMask;
    g[i - 1] = static_cast<std::int64_t>(carry_g) & kLimbMask;
    carry_f >>= kLimbBits;
    carry_g >>= kLimbBits;
  }
  f[4] = static_cast<std::int64_t>(carry_f);
  g[4] = static_cast<std::int64_t>(carry_g);
}

// (d, e) = matrix (d, e) / 2^62 modulo m. Both are in -2m .. m before and after: a multiple of m
// makes the division exact, and m times the matrix row is added for a negative operand.
template <const Modulus& kModulus>
void apply_modulo(const Matrix& m, Signed& d, Signed& e) {
  const std::int64_t sign_d = d[4] >> 63;
  const std::int64_t sign_e = e[4] >> 63;
  std::int64_t multiple_d = (m.u & sign_d) + (m.v & sign_e);
  std::int64_t multiple_e = (m.q & sign_d) + (m.r & sign_e);
  Wide carry_d = Wide{m.u} * d[0] + Wide{m.v} * e[0];
  Wide carry_e = Wide{m.q} * d[0] + Wide{m.r} * e[0];
  const auto low = [](Wide value, std::int64_t multiple) {
    const auto bits =
        static_cast<std::uint64_t>(value) * static_cast<std::uint64_t>(kModulus.inverse);
    return static_cast<std::int64_t>(bits + static_cast<std::uint64_t>(multiple)) & kLimbMask;
  };
  multiple_d -= low(carry_d, multiple_d);
  multiple_e -= low(carry_e, multiple_e);
  carry_d = (carry_d + Wide{kModulus.value[0]} * multiple_d) >> kLimbBits;
  carry_e = (carry_e + Wide{kModulus.value[0]} * multiple_e) >> kLimbBits;
#pragma GCC unroll 4
  for (std::size_t i = 1; i < 5; ++i) {
    carry_d += Wide{m.u} * d[i] + Wide{m.v} * e[i] + Wide{kModulus.value[i]} * multiple_d;
    carry_e += Wide{m.q} * d[i] + Wide{m.r} * e[i] + Wide{kModulus.value[i]} * multiple_e;
    d[i - 1] = static_cast<std::int64_t>(carry_d) & kLimbMask;
    e[i - 1] = static_cast<std::int64_t>(carry_e) & kLimbMask;
    carry_d >>= kLimbBits;
    carry_e >>= kLimbBits;
  }
  d[4] = static_cast<std::int64_t>(carry_d);
  e[4] = static_cast<std::int64_t>(carry_e);
}

// Brings the limbs back to 62 bits each.
void carry_limbs(Signed& number) {
  for (std::size_t i = 0; i < 4; ++i) {
    number[i + 1] += number[i] >> kLimbBits;
    number[i] &= kLimbMask;
  }
}

template <const Modulus& kModulus>
void add_modulus_if_negative(Signed& number) {
  const std::int64_t sign = number[4] >> 63;
  for (std::size_t i = 0; i < 5; ++i) number[i] += kModulus.value[i] & sign;
  carry_limbs(number);
}

// A number in -2m .. m, negated when `sign` is all ones, brought into 0 .. m - 1.
template <const Modulus& kModulus>
void normalize(Signed& number, std::int64_t sign) {
  add_modulus_if_negative<kModulus>(number);
  for (std::int64_t& limb : number) limb = (limb ^ sign) - sign;
  carry_limbs(number);
  add_modulus_if_negative<kModulus>(number);
}

template <const Modulus& kModulus>
Limbs invert(const Limbs& value) {
  // Throughout, d * value = f and e * value = g modulo m. In the end g is 0 and f is 1 or -1.
  Signed f = kModulus.value;
  Signed g = to_signed(value);
  Signed d{};
  Signed e{1};
  std::int64_t zeta = -1;
  for (int i = 0; i < kMatrices; ++i) {
    const Matrix matrix =
        divsteps(zeta, static_cast<std::uint64_t>(f[0]), static_cast<std::uint64_t>(g[0]));
    apply_modulo<kModulus>(matrix, d, e);
    apply(matrix, f, g);
  }
  normalize<kModulus>(d, f[4] >> 63);
  const Limbs result = to_limbs(d);
  // SAFETY: plain integers viewed as bytes, to wipe what was derived from a secret.
  wipe({reinterpret_cast<std::uint8_t*>(d.data()), sizeof(d)});
  wipe({reinterpret_cast<std::uint8_t*>(e.data()), sizeof(e)});
  return result;
}

}  // namespace

Limbs invert_modulo_order(const Limbs& value) { return invert<kOrder>(value); }
Limbs invert_modulo_prime(const Limbs& value) { return invert<kPrime>(value); }

}  // namespace nsl::crypto::internal
