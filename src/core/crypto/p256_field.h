// What signing needs modulo the field's prime. Constant time, like p256_scalar.h.
#pragma once

#include <cstdint>
#include <span>

#include "core/crypto/p256_limbs.h"
#include "core/crypto/p256_point.h"

namespace nsl::crypto::internal {

// Makes x the x coordinate on the curve, x / z^2, and z one, for all points with one inversion
// (Montgomery's trick). No point is at infinity.
void divide_by_z(std::span<JacobianX> points);

// The point's x and y on the curve; z becomes one. The point is not at infinity.
void divide_by_z(JacobianPoint& point);

// y, big-endian, becomes -y where the mask is all ones. No point of P-256 has y = 0.
void negate_y(std::span<std::uint8_t, 32> y, Mask is_negated);

}  // namespace nsl::crypto::internal
