// The few point operations P-256 needs from OpenSSL, on bytes only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "core/crypto/hash.h"

namespace nsl::crypto::internal {

using PointBytes = std::array<std::uint8_t, 65>;  // 0x04 || x || y

// The point of a SEC 1 encoding, compressed or not; nothing when it is not on the curve or is
// infinity.
std::optional<PointBytes> decode_point(ByteView bytes);

// A point's x coordinate as OpenSSL's formulas leave it: divided by the square of z it is the one
// of the curve. Both big-endian and below the field's prime; z depends on the scalar and is as
// secret.
struct JacobianX {
  std::array<std::uint8_t, 32> x;
  std::array<std::uint8_t, 32> z;
};

// The same with y, which is to be divided by the cube of z.
struct JacobianPoint {
  std::array<std::uint8_t, 32> x;
  std::array<std::uint8_t, 32> y;
  std::array<std::uint8_t, 32> z;
};

// scalar * G without the division, which many points can share and which is quicker here than in
// OpenSSL (p256_field.h). The scalar is secret and in 1 .. n - 1.
JacobianX multiply_base_x(std::span<const std::uint8_t, 32> scalar);
JacobianPoint multiply_base(std::span<const std::uint8_t, 32> scalar);

// scalar * point. The scalar is secret and in 1 .. n - 1; the point came from decode_point.
JacobianX multiply_point_x(std::span<const std::uint8_t, 32> scalar, const PointBytes& point);

// OpenSSL's ECDSA verification of r || s; the point came from decode_point.
bool verify_ecdsa(const PointBytes& point, const Digest32& digest,
                  std::span<const std::uint8_t, 64> signature);

}  // namespace nsl::crypto::internal
