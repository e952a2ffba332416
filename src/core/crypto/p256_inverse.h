// Inversion modulo the order of the P-256 group or of its field, in constant time: Bernstein and
// Yang, "Fast constant-time gcd computation and modular inversion" (2019), with the divstep variant
// that starts at delta = 1/2, for which 590 steps are enough for every 256-bit modulus (Wuille,
// safegcd-bounds, 2021).
#pragma once

#include "core/crypto/p256_limbs.h"

namespace nsl::crypto::internal {

// value^-1 in plain form; zero for zero. The value is below the modulus.
Limbs invert_modulo_order(const Limbs& value);
Limbs invert_modulo_prime(const Limbs& value);

}  // namespace nsl::crypto::internal
