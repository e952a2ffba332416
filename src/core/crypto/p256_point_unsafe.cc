// EC_KEY and ECDSA_do_verify are deprecated in favour of EVP, which imports a public key anew (16
// to 33 us) before each verification; here a thread's key object only takes another point. The
// Jacobian coordinates are deprecated as too much of the inside; there is no other way to share the
// division of many points, a quarter of what a signature costs.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/crypto/p256_point.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "core/base/assert.h"
#include "core/base/secret.h"
#include "core/crypto/openssl_handle.h"

namespace nsl::crypto::internal {
namespace {

using Group = Handle<EC_GROUP, EC_GROUP_free>;
using Point = Handle<EC_POINT, EC_POINT_clear_free>;
using EcKey = Handle<EC_KEY, EC_KEY_free>;
using Number = Handle<BIGNUM, BN_clear_free>;
using NumberContext = Handle<BN_CTX, BN_CTX_free>;
using Signature = Handle<ECDSA_SIG, ECDSA_SIG_free>;

// What a thread needs for point arithmetic, made once: building the group costs more than a
// multiplication.
struct Scratch {
  // SAFETY: plain constructors; null results are refused in thread_scratch.
  Group group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
  NumberContext context{BN_CTX_secure_new()};
  Point result{group ? EC_POINT_new(group.get()) : nullptr};
  Point input{group ? EC_POINT_new(group.get()) : nullptr};
  Number scalar{BN_secure_new()};
  Number x{BN_secure_new()};
  Number y{BN_secure_new()};
  Number z{BN_secure_new()};
  EcKey verify_key{EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)};
};

Scratch& thread_scratch() {
  thread_local Scratch scratch;
  NSL_ASSERT(scratch.group && scratch.context && scratch.result && scratch.input &&
             scratch.scalar && scratch.x && scratch.y && scratch.z && scratch.verify_key);
  return scratch;
}

PointBytes encode(Scratch& scratch, const EC_POINT* point) {
  PointBytes bytes{};
  // SAFETY: the buffer has the 65 bytes of the uncompressed form; infinity would give 1 and abort.
  const std::size_t size =
      EC_POINT_point2oct(scratch.group.get(), point, POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                         bytes.size(), scratch.context.get());
  NSL_ASSERT(size == bytes.size());
  return bytes;
}

// The point must be on the curve: it came from decode_point, so a failure is ours.
void load_input(Scratch& scratch, const PointBytes& bytes) {
  // SAFETY: OpenSSL reads exactly bytes.size() bytes and checks the curve equation.
  NSL_ASSERT(EC_POINT_oct2point(scratch.group.get(), scratch.input.get(), bytes.data(),
                                bytes.size(), scratch.context.get()) == 1);
}

void load_scalar(Scratch& scratch, std::span<const std::uint8_t, 32> bytes) {
  // SAFETY: 32 bytes are read into a number of our own, which is marked secret so that OpenSSL
  // takes its constant-time paths.
  NSL_ASSERT(BN_bin2bn(bytes.data(), 32, scratch.scalar.get()) != nullptr);
  BN_set_flags(scratch.scalar.get(), BN_FLG_CONSTTIME);
}

// scratch.result = scalar * G.
void set_to_base_multiple(Scratch& scratch, std::span<const std::uint8_t, 32> scalar) {
  load_scalar(scratch, scalar);
  // SAFETY: all objects belong to this thread's scratch; a null point means base times scalar only.
  NSL_ASSERT(EC_POINT_mul(scratch.group.get(), scratch.result.get(), scratch.scalar.get(), nullptr,
                          nullptr, scratch.context.get()) == 1);
  BN_clear(scratch.scalar.get());
}

// Both numbers are below the prime, so 32 bytes hold them; BN_bn2binpad takes the same time for
// every value.
void take_x_and_z(Scratch& scratch, std::span<std::uint8_t, 32> x, std::span<std::uint8_t, 32> z) {
  // SAFETY: the numbers belong to the scratch, the targets have the 32 bytes written.
  NSL_ASSERT(BN_bn2binpad(scratch.x.get(), x.data(), 32) == 32);
  NSL_ASSERT(BN_bn2binpad(scratch.z.get(), z.data(), 32) == 32);
  BN_clear(scratch.x.get());
  BN_clear(scratch.z.get());
}

JacobianX take_x(Scratch& scratch) {
  JacobianX result{};
  // SAFETY: the numbers belong to the scratch; y is not wanted.
  NSL_ASSERT(EC_POINT_get_Jprojective_coordinates_GFp(scratch.group.get(), scratch.result.get(),
                                                      scratch.x.get(), nullptr, scratch.z.get(),
                                                      scratch.context.get()) == 1);
  take_x_and_z(scratch, result.x, result.z);
  return result;
}

}  // namespace

std::optional<PointBytes> decode_point(ByteView bytes) {
  const bool is_compressed = bytes.size() == 33 && (bytes[0] == 0x02 || bytes[0] == 0x03);
  const bool is_uncompressed = bytes.size() == 65 && bytes[0] == 0x04;
  if (!is_compressed && !is_uncompressed) return std::nullopt;
  Scratch& scratch = thread_scratch();
  // SAFETY: the length matches the form of the first byte; OpenSSL checks coordinates and curve.
  if (EC_POINT_oct2point(scratch.group.get(), scratch.input.get(), bytes.data(), bytes.size(),
                         scratch.context.get()) != 1) {
    return std::nullopt;
  }
  return encode(scratch, scratch.input.get());
}

JacobianX multiply_base_x(std::span<const std::uint8_t, 32> scalar) {
  Scratch& scratch = thread_scratch();
  set_to_base_multiple(scratch, scalar);
  return take_x(scratch);
}

JacobianPoint multiply_base(std::span<const std::uint8_t, 32> scalar) {
  Scratch& scratch = thread_scratch();
  set_to_base_multiple(scratch, scalar);
  JacobianPoint result{};
  // SAFETY: as in take_x, with the number for y.
  NSL_ASSERT(EC_POINT_get_Jprojective_coordinates_GFp(scratch.group.get(), scratch.result.get(),
                                                      scratch.x.get(), scratch.y.get(),
                                                      scratch.z.get(), scratch.context.get()) == 1);
  NSL_ASSERT(BN_bn2binpad(scratch.y.get(), result.y.data(), 32) == 32);
  BN_clear(scratch.y.get());
  take_x_and_z(scratch, result.x, result.z);
  return result;
}

JacobianX multiply_point_x(std::span<const std::uint8_t, 32> scalar, const PointBytes& point) {
  Scratch& scratch = thread_scratch();
  load_input(scratch, point);
  load_scalar(scratch, scalar);
  // SAFETY: as in set_to_base_multiple; the null scalar leaves the base point out.
  NSL_ASSERT(EC_POINT_mul(scratch.group.get(), scratch.result.get(), nullptr, scratch.input.get(),
                          scratch.scalar.get(), scratch.context.get()) == 1);
  BN_clear(scratch.scalar.get());
  const JacobianX result = take_x(scratch);
  // SAFETY: the shared point must not stay in memory.
  NSL_ASSERT(EC_POINT_set_to_infinity(scratch.group.get(), scratch.result.get()) == 1);
  return result;
}

bool verify_ecdsa(const PointBytes& point, const Digest32& digest,
                  std::span<const std::uint8_t, 64> signature) {
  Scratch& scratch = thread_scratch();
  load_input(scratch, point);
  // SAFETY: the key copies the point.
  NSL_ASSERT(EC_KEY_set_public_key(scratch.verify_key.get(), scratch.input.get()) == 1);
  Signature parsed{ECDSA_SIG_new()};
  // SAFETY: r and s are 32 bytes each; ECDSA_SIG_set0 takes ownership of both numbers.
  BIGNUM* r = BN_bin2bn(signature.data(), 32, nullptr);
  BIGNUM* s = BN_bin2bn(signature.data() + 32, 32, nullptr);
  NSL_ASSERT(parsed != nullptr && r != nullptr && s != nullptr);
  NSL_ASSERT(ECDSA_SIG_set0(parsed.get(), r, s) == 1);
  // SAFETY: 1 valid, 0 invalid, -1 out of range; only 1 counts. OpenSSL refuses 0 and >= n.
  return ECDSA_do_verify(digest.data(), static_cast<int>(digest.size()), parsed.get(),
                         scratch.verify_key.get()) == 1;
}

}  // namespace nsl::crypto::internal
