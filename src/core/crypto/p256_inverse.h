// Inversion modulo n, the order of the P-256 group, in constant time: Bernstein and Yang, "Fast
// constant-time gcd computation and modular inversion" (2019), with the divstep variant that starts
// at delta = 1/2, for which 590 steps are enough for every 256-bit modulus (Wuille, safegcd-bounds,
// 2021).
#pragma once

#include "core/crypto/p256_scalar.h"

namespace nsl::crypto::internal {

// value^-1 mod n in plain form; zero for zero. The value is below n.
Limbs invert_plain(const Limbs& value);

}  // namespace nsl::crypto::internal
