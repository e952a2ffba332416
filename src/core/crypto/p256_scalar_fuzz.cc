// Scalar arithmetic against OpenSSL's big numbers: two 32-byte numbers, every operation.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <openssl/bn.h>

#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/crypto/openssl_handle.h"
#include "core/crypto/p256_scalar.h"

namespace nsl::crypto::internal {
namespace {

using Number = Handle<BIGNUM, BN_free>;
using Context = Handle<BN_CTX, BN_CTX_free>;
using ScalarBytes = std::array<std::uint8_t, 32>;

constexpr const char* kOrder = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

bool is_same(const Scalar& scalar, const BIGNUM* expected) {
  ScalarBytes left{};
  ScalarBytes right{};
  scalar.to_bytes(left);
  NSL_ASSERT(BN_bn2binpad(expected, right.data(), 32) == 32);
  return left == right;
}

void check(const ScalarBytes& left, const ScalarBytes& right) {
  static const Context context(BN_CTX_new());
  static const Number order([] {
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, kOrder);
    return number;
  }());
  const Number a(BN_bin2bn(left.data(), 32, nullptr));
  const Number b(BN_bin2bn(right.data(), 32, nullptr));
  const Number expected(BN_new());
  const Scalar scalar = Scalar::from_bytes_reduced(left);
  const Residue x = Residue::from(scalar);
  const Residue y = Residue::from(Scalar::from_bytes_reduced(right));
  BN_mod_mul(expected.get(), a.get(), b.get(), order.get(), context.get());
  NSL_ASSERT(is_same(multiply(x, y).to_scalar(), expected.get()));
  BN_mod_add(expected.get(), a.get(), b.get(), order.get(), context.get());
  NSL_ASSERT(is_same(add(x, y).to_scalar(), expected.get()));
  if (scalar.is_zero() == 0) {
    NSL_ASSERT(BN_mod_inverse(expected.get(), a.get(), order.get(), context.get()) != nullptr);
    NSL_ASSERT(is_same(invert(x).to_scalar(), expected.get()));
  }
}

}  // namespace
}  // namespace nsl::crypto::internal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nsl::crypto::internal::ScalarBytes left{};
  nsl::crypto::internal::ScalarBytes right{};
  if (size < 64) return 0;
  std::memcpy(left.data(), data, 32);
  std::memcpy(right.data(), data + 32, 32);
  nsl::crypto::internal::check(left, right);
  return 0;
}
