#include "core/crypto/slip10.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/crypto/hmac_sha512.h"
#include "core/crypto/p256_scalar.h"

namespace nsl::crypto {
namespace {

using internal::Mask;
using internal::Residue;
using internal::Scalar;

constexpr std::string_view kCurveName = "Nist256p1 seed";

// The left half as a key or tweak, the right half as chain code.
struct Halves {
  Secret<32> left;
  Secret<32> right;
};

Halves split(const Secret<64>& digest) {
  return {Secret<32>::copy_of(digest.reveal().first<32>()),
          Secret<32>::copy_of(digest.reveal().last<32>())};
}

std::array<std::uint8_t, 4> big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

// What is hashed for a child: the private key for a hardened one, else the public key, and the
// index.
SecretBytes child_data(const P256PrivateKey& parent, std::uint32_t index) {
  SecretBytes data(kP256CompressedBytes + sizeof(index));
  const std::span<std::uint8_t> bytes = data.reveal_mutable();
  if (index >= kSlip10Hardened) {
    bytes[0] = 0;
    const auto secret = parent.secret().reveal();
    std::copy(secret.begin(), secret.end(), bytes.begin() + 1);
  } else {
    const auto point = parent.public_key().compressed();
    std::copy(point.begin(), point.end(), bytes.begin());
  }
  const auto number = big_endian(index);
  std::copy(number.begin(), number.end(), bytes.begin() + kP256CompressedBytes);
  return data;
}

// tweak + parent modulo n; nothing when the tweak is not below n or the sum is zero, which happens
// about once in 2^32 derivations.
std::optional<P256PrivateKey> add(const Secret<32>& tweak, const P256PrivateKey& parent) {
  Mask is_valid = 0;
  const Scalar left = Scalar::from_bytes_checked(tweak.reveal(), is_valid);
  if (is_valid == 0) return std::nullopt;
  const Scalar right = Scalar::from_bytes_checked(parent.secret().reveal(), is_valid);
  const Scalar sum = internal::add(Residue::from(left), Residue::from(right)).to_scalar();
  Secret<32> bytes;
  sum.to_bytes(bytes.reveal_mutable());
  Result<P256PrivateKey> key = P256PrivateKey::from_secret(std::move(bytes));
  if (!key.has_value()) return std::nullopt;
  return *std::move(key);
}

}  // namespace

Slip10Node slip10_root(ByteView seed) {
  Secret<64> digest = hmac_sha512(as_bytes(kCurveName), seed);
  while (true) {
    Halves halves = split(digest);
    Result<P256PrivateKey> key = P256PrivateKey::from_secret(std::move(halves.left));
    if (key.has_value()) return {*std::move(key), std::move(halves.right)};
    digest = hmac_sha512(as_bytes(kCurveName), digest.reveal());
  }
}

Slip10Node slip10_child(const Slip10Node& parent, std::uint32_t index) {
  SecretBytes data = child_data(parent.key, index);
  while (true) {
    Halves halves = split(hmac_sha512(parent.chain_code.reveal(), data.reveal()));
    std::optional<P256PrivateKey> key = add(halves.left, parent.key);
    if (key.has_value()) return {*std::move(key), std::move(halves.right)};
    // SLIP-10: the next try hashes 1, the right half and the index.
    const std::span<std::uint8_t> bytes = data.reveal_mutable();
    bytes[0] = 1;
    const auto right = halves.right.reveal();
    std::copy(right.begin(), right.end(), bytes.begin() + 1);
  }
}

Slip10Node slip10_derive(ByteView seed, std::span<const std::uint32_t> path) {
  Slip10Node node = slip10_root(seed);
  for (const std::uint32_t index : path) node = slip10_child(node, index);
  return node;
}

}  // namespace nsl::crypto
