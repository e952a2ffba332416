#include "core/crypto/p256_scalar.h"

#include <vector>

#include "core/base/secret.h"
#include "core/crypto/p256_inverse.h"

namespace nsl::crypto::internal {
Scalar Scalar::from_bytes_reduced(std::span<const std::uint8_t, kBytes> bytes) {
  // 2^256 < 2n, so one subtraction is enough.
  return {ModularOrder::reduce_once(limbs_from(bytes), 0)};
}

Scalar Scalar::from_bytes_checked(std::span<const std::uint8_t, kBytes> bytes, Mask& is_valid) {
  const Scalar scalar{limbs_from(bytes)};
  Mask is_below = 0;
  (void)subtract(scalar.limbs, kP256Order, is_below);
  is_valid = is_below & ~scalar.is_zero();
  return scalar;
}

void Scalar::to_bytes(std::span<std::uint8_t, kBytes> bytes) const { limbs_to(limbs, bytes); }

Mask Scalar::is_zero() const { return zero_mask(limbs); }

Scalar Scalar::larger_sign(Mask& is_negated) const {
  const Limbs negative = ModularOrder::negate(limbs);
  (void)subtract(limbs, negative, is_negated);
  return {select(is_negated, negative, limbs)};
}

Residue Residue::one() {
  static constexpr Limbs kOne = ModularOrder::power_of_two(256);
  return {kOne};
}

Residue Residue::from(const Scalar& scalar) { return {ModularOrder::to_residue(scalar.limbs)}; }

Scalar Residue::to_scalar() const { return {ModularOrder::from_residue(limbs)}; }

Residue multiply(const Residue& left, const Residue& right) {
  return {ModularOrder::multiply(left.limbs, right.limbs)};
}

Residue add(const Residue& left, const Residue& right) {
  return {ModularOrder::add(left.limbs, right.limbs)};
}

Residue invert(const Residue& value) {
  return {ModularOrder::residue_of_inverse(invert_modulo_order(value.limbs))};
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
