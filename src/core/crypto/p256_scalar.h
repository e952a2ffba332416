// Arithmetic modulo n, the order of the P-256 group (FIPS 186-4 D.1.2.3), in four 64-bit limbs.
// Time and memory access do not depend on the values: no branch and no index looks at a limb. ECDSA
// needs it because OpenSSL 3.0 has no deterministic nonces and its big numbers are not constant
// time.
//
// A Scalar is any number below n in plain form; a Residue is the same number times 2^256 modulo n,
// the form Montgomery multiplication works in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/crypto/p256_limbs.h"

namespace nsl::crypto::internal {

struct Scalar {
  Limbs limbs{};

  static constexpr std::size_t kBytes = 32;

  // Big-endian bytes, reduced modulo n.
  static Scalar from_bytes_reduced(std::span<const std::uint8_t, kBytes> bytes);
  // Big-endian bytes as they are; `is_valid` is all ones when the value is in 1 .. n - 1. The
  // scalar may be used only then.
  static Scalar from_bytes_checked(std::span<const std::uint8_t, kBytes> bytes, Mask& is_valid);
  void to_bytes(std::span<std::uint8_t, kBytes> bytes) const;

  Mask is_zero() const;
  // This scalar or its negative, whichever is larger; `is_negated` says which. Both have the same x
  // coordinate times any point. The larger one never starts with a zero byte, and the big numbers
  // of OpenSSL, which skip such bytes, then always do the same work. The scalar is not zero.
  Scalar larger_sign(Mask& is_negated) const;
};

struct Residue {
  Limbs limbs{};

  static Residue one();
  static Residue from(const Scalar& scalar);
  Scalar to_scalar() const;
};

Residue multiply(const Residue& left, const Residue& right);
Residue add(const Residue& left, const Residue& right);
// The inverse; zero for zero.
Residue invert(const Residue& value);
// Inverts every element in place with one inversion and three multiplications each (Montgomery's
// trick). No element may be zero.
void invert_all(std::span<Residue> values);

}  // namespace nsl::crypto::internal
