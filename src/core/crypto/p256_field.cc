#include "core/crypto/p256_field.h"

#include <vector>

#include "core/base/secret.h"
#include "core/crypto/p256_inverse.h"

namespace nsl::crypto::internal {
namespace {

using Field = ModularPrime;

Limbs invert_residue(const Limbs& residue) {
  return Field::residue_of_inverse(invert_modulo_prime(residue));
}

void wipe_limbs(std::span<Limbs> limbs) {
  // SAFETY: plain integers viewed as bytes, to wipe what depends on nonces.
  wipe({reinterpret_cast<std::uint8_t*>(limbs.data()), limbs.size() * sizeof(Limbs)});
}

}  // namespace

void divide_by_z(std::span<JacobianX> points) {
  if (points.empty()) return;
  std::vector<Limbs> squares(points.size());
  // products[i] is the product of the squares before i.
  std::vector<Limbs> products(points.size());
  static constexpr Limbs kOne = Field::power_of_two(256);
  Limbs product = kOne;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Limbs z = Field::to_residue(limbs_from(points[i].z));
    squares[i] = Field::multiply(z, z);
    products[i] = product;
    product = Field::multiply(product, squares[i]);
  }
  Limbs inverse = invert_residue(product);
  for (std::size_t i = points.size(); i-- > 0;) {
    const Limbs divisor = Field::multiply(inverse, products[i]);
    inverse = Field::multiply(inverse, squares[i]);
    // A plain number times a residue is a plain number.
    limbs_to(Field::multiply(limbs_from(points[i].x), divisor), points[i].x);
    points[i].z = {};
    points[i].z.back() = 1;
  }
  wipe_limbs(squares);
  wipe_limbs(products);
}

void divide_by_z(JacobianPoint& point) {
  Limbs inverse = invert_residue(Field::to_residue(limbs_from(point.z)));
  Limbs square = Field::multiply(inverse, inverse);
  Limbs cube = Field::multiply(square, inverse);
  // A plain number times a residue is a plain number.
  limbs_to(Field::multiply(limbs_from(point.x), square), point.x);
  limbs_to(Field::multiply(limbs_from(point.y), cube), point.y);
  point.z = {};
  point.z.back() = 1;
  for (Limbs* limbs : {&inverse, &square, &cube}) wipe_limbs({limbs, 1});
}

void negate_y(std::span<std::uint8_t, 32> y, Mask is_negated) {
  const Limbs value = limbs_from(y);
  limbs_to(select(is_negated, Field::negate(value), value), y);
}

}  // namespace nsl::crypto::internal
