// See p384_unsafe.cc for why the deprecated EC_KEY functions are used.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/crypto/p384_sign.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "core/base/assert.h"
#include "core/crypto/hash.h"
#include "core/crypto/openssl_handle.h"

namespace nsl::crypto {
namespace {

using EcKey = internal::Handle<EC_KEY, EC_KEY_free>;
using Number = internal::Handle<BIGNUM, BN_clear_free>;
using Point = internal::Handle<EC_POINT, EC_POINT_free>;
using Signature = internal::Handle<ECDSA_SIG, ECDSA_SIG_free>;

Number number_of(const Secret<48>& secret) {
  // SAFETY: 48 bytes are read; the number is wiped when it goes.
  Number number(BN_bin2bn(secret.reveal().data(), 48, nullptr));
  NSL_ASSERT(number != nullptr);
  BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

EcKey new_key() {
  EcKey key(EC_KEY_new_by_curve_name(NID_secp384r1));
  NSL_ASSERT(key != nullptr);
  return key;
}

}  // namespace

Result<P384PrivateKey> P384PrivateKey::from_secret(Secret<48> secret) {
  const EcKey key = new_key();
  const Number number = number_of(secret);
  // SAFETY: the group belongs to the key and lives as long as it.
  const EC_GROUP* group = EC_KEY_get0_group(key.get());
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group)) >= 0) {
    return fail(Code::invalid_key, "Private key is out of range");
  }
  const Point point(EC_POINT_new(group));
  std::array<std::uint8_t, kP384UncompressedBytes> bytes{};
  // SAFETY: the buffer has the size of the uncompressed form.
  NSL_ASSERT(point != nullptr);
  NSL_ASSERT(EC_POINT_mul(group, point.get(), number.get(), nullptr, nullptr, nullptr) == 1);
  NSL_ASSERT(EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                                bytes.size(), nullptr) == bytes.size());
  NSL_TRY(const P384PublicKey public_key, P384PublicKey::parse(bytes));
  return P384PrivateKey(std::move(secret), public_key);
}

P384PrivateKey P384PrivateKey::generate(Random& random) {
  while (true) {
    Secret<48> secret;
    random.fill(secret.reveal_mutable());
    Result<P384PrivateKey> key = from_secret(std::move(secret));
    if (key.has_value()) return std::move(*key);
  }
}

P384Signature p384_sign(const P384PrivateKey& key, ByteView message) {
  const EcKey ec_key = new_key();
  const Number number = number_of(key.secret());
  // SAFETY: the key copies the number.
  NSL_ASSERT(EC_KEY_set_private_key(ec_key.get(), number.get()) == 1);
  const Digest48 digest = sha384(message);
  const Signature signature(
      ECDSA_do_sign(digest.data(), static_cast<int>(digest.size()), ec_key.get()));
  NSL_ASSERT(signature != nullptr);
  P384Signature bytes{};
  const int half = kP384SignatureBytes / 2;
  // SAFETY: r and s are below the order, so each fits its half.
  NSL_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes.data(), half) == half);
  NSL_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes.data() + half, half) == half);
  return bytes;
}

}  // namespace nsl::crypto
