// EC_KEY and ECDSA_do_verify are deprecated in favour of EVP; they take r and s without a detour
// over DER and a point without importing a key.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <algorithm>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "core/base/assert.h"
#include "core/crypto/hash.h"
#include "core/crypto/openssl_handle.h"
#include "core/crypto/p384.h"

namespace nsl::crypto {
namespace {

using EcKey = internal::Handle<EC_KEY, EC_KEY_free>;
using Point = internal::Handle<EC_POINT, EC_POINT_free>;
using Signature = internal::Handle<ECDSA_SIG, ECDSA_SIG_free>;

// A key object holding this point, or null when it is not on the curve.
EcKey key_of(ByteView bytes) {
  // SAFETY: the group belongs to the key and lives as long; OpenSSL checks the curve equation.
  EcKey key(EC_KEY_new_by_curve_name(NID_secp384r1));
  NSL_ASSERT(key != nullptr);
  const EC_GROUP* group = EC_KEY_get0_group(key.get());
  const Point point(EC_POINT_new(group));
  NSL_ASSERT(point != nullptr);
  if (EC_POINT_oct2point(group, point.get(), bytes.data(), bytes.size(), nullptr) != 1 ||
      EC_KEY_set_public_key(key.get(), point.get()) != 1) {
    return nullptr;
  }
  return key;
}

}  // namespace

Result<P384PublicKey> P384PublicKey::parse(ByteView bytes) {
  const bool is_uncompressed = bytes.size() == kP384UncompressedBytes && bytes[0] == 0x04;
  if (!is_uncompressed || key_of(bytes) == nullptr) {
    return fail(Code::invalid_key, "Not a public key on the P-384 curve");
  }
  std::array<std::uint8_t, kP384UncompressedBytes> copy{};
  std::ranges::copy(bytes, copy.begin());
  return P384PublicKey(copy);
}

bool p384_verify(const P384PublicKey& key, ByteView message, ByteView signature) {
  if (signature.size() != kP384SignatureBytes) return false;
  const EcKey ec_key = key_of(key.uncompressed());
  NSL_ASSERT(ec_key != nullptr);
  Signature parsed(ECDSA_SIG_new());
  // SAFETY: r and s are half of the signature each; ECDSA_SIG_set0 takes ownership of both numbers.
  BIGNUM* r = BN_bin2bn(signature.data(), kP384SignatureBytes / 2, nullptr);
  BIGNUM* s =
      BN_bin2bn(signature.data() + kP384SignatureBytes / 2, kP384SignatureBytes / 2, nullptr);
  NSL_ASSERT(parsed != nullptr && r != nullptr && s != nullptr);
  NSL_ASSERT(ECDSA_SIG_set0(parsed.get(), r, s) == 1);
  const Digest48 digest = sha384(message);
  // SAFETY: 1 valid, 0 invalid, -1 out of range; only 1 counts. OpenSSL refuses 0 and >= n.
  return ECDSA_do_verify(digest.data(), static_cast<int>(digest.size()), parsed.get(),
                         ec_key.get()) == 1;
}

}  // namespace nsl::crypto
