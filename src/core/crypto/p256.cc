#include "core/crypto/p256.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/crypto/hmac.h"
#include "core/crypto/p256_field.h"
#include "core/crypto/p256_point.h"
#include "core/crypto/p256_scalar.h"

namespace nsl::crypto {
namespace {

using internal::JacobianX;
using internal::Mask;
using internal::Residue;
using internal::Scalar;

// A trivial value that is wiped when it goes.
template <class T>
struct Wiped {
  T value{};
  Wiped() = default;
  explicit Wiped(const T& initial) : value(initial) {}
  // SAFETY: T is trivially copyable (integers only), so its bytes may be overwritten.
  ~Wiped() { wipe({reinterpret_cast<std::uint8_t*>(&value), sizeof(T)}); }
  Wiped(const Wiped&) = default;
  Wiped& operator=(const Wiped&) = default;
  static_assert(std::is_trivially_copyable_v<T>);
};

using ScalarBytes = std::array<std::uint8_t, Scalar::kBytes>;

// The nonces of RFC 6979 section 3.2 for one key and digest: next() is step h, called again in the
// (never seen) case that a nonce is refused.
class Nonces {
 public:
  Nonces(const Secret<32>& secret, const Digest32& digest) {
    ScalarBytes reduced{};
    Scalar::from_bytes_reduced(digest).to_bytes(reduced);
    value_.value.fill(0x01);
    reseed(0x00, secret.reveal(), reduced);
    reseed(0x01, secret.reveal(), reduced);
  }

  // A number in 1 .. n - 1.
  void next(Wiped<ScalarBytes>& nonce) {
    Mask is_valid = 0;
    do {
      if (is_used_) reseed(0x00, {}, {});
      is_used_ = true;
      value_.value = hmac_sha256(key_.value, value_.value);
      nonce.value = value_.value;
      (void)Scalar::from_bytes_checked(nonce.value, is_valid);
    } while (is_valid == 0);
  }

 private:
  // K = HMAC(K, V || separator || secret || digest); V = HMAC(K, V)
  void reseed(std::uint8_t separator, ByteView secret, ByteView digest) {
    key_.value = HmacSha256(key_.value)
                     .update(value_.value)
                     .update({&separator, 1})
                     .update(secret)
                     .update(digest)
                     .finish();
    value_.value = hmac_sha256(key_.value, value_.value);
  }

  Wiped<Digest32> key_;
  Wiped<Digest32> value_;
  bool is_used_ = false;
};

// nonce * G, of which only the x coordinate counts.
JacobianX nonce_point(const ScalarBytes& nonce) {
  Mask is_negated = 0;
  Wiped<ScalarBytes> larger;
  Scalar::from_bytes_reduced(nonce).larger_sign(is_negated).to_bytes(larger.value);
  return internal::multiply_base_x(larger.value);
}

// r of a nonce: the x coordinate of nonce * G modulo n.
Scalar signature_r(const ScalarBytes& nonce) {
  Wiped<JacobianX> point(nonce_point(nonce));
  internal::divide_by_z({&point.value, 1});
  return Scalar::from_bytes_reduced(point.value.x);
}

// secret * G as the larger of the secret's two signs gives it.
internal::PointBytes public_point(const Secret<32>& secret) {
  Mask is_negated = 0;
  Wiped<ScalarBytes> larger;
  Scalar::from_bytes_reduced(secret.reveal()).larger_sign(is_negated).to_bytes(larger.value);
  Wiped<internal::JacobianPoint> point(internal::multiply_base(larger.value));
  internal::divide_by_z(point.value);
  internal::negate_y(point.value.y, is_negated);
  internal::PointBytes bytes{0x04};
  std::ranges::copy(point.value.x, bytes.begin() + 1);
  std::ranges::copy(point.value.y, bytes.begin() + 1 + Scalar::kBytes);
  return bytes;
}

// s = nonce^-1 * (digest + r * secret) modulo n.
Scalar signature_s(const Secret<32>& secret, const Digest32& digest, const Scalar& r,
                   const Residue& nonce_inverse) {
  const Wiped<Residue> key(Residue::from(Scalar::from_bytes_reduced(secret.reveal())));
  const Residue message = Residue::from(Scalar::from_bytes_reduced(digest));
  const Wiped<Residue> sum(add(message, multiply(Residue::from(r), key.value)));
  return multiply(nonce_inverse, sum.value).to_scalar();
}

P256Signature encode_signature(const Scalar& r, const Scalar& s) {
  P256Signature signature{};
  r.to_bytes(std::span(signature).first<Scalar::kBytes>());
  s.to_bytes(std::span(signature).last<Scalar::kBytes>());
  return signature;
}

bool is_usable(const Scalar& r, const Scalar& s) { return (r.is_zero() | s.is_zero()) == 0; }

}  // namespace

Result<P256PublicKey> P256PublicKey::parse(ByteView bytes) {
  const std::optional<internal::PointBytes> point = internal::decode_point(bytes);
  if (!point) return fail(Code::invalid_key, "Not a public key on the P-256 curve");
  return P256PublicKey(*point);
}

std::array<std::uint8_t, kP256CompressedBytes> P256PublicKey::compressed() const {
  std::array<std::uint8_t, kP256CompressedBytes> result{};
  result[0] = static_cast<std::uint8_t>(0x02 | (bytes_.back() & 1));
  std::copy_n(bytes_.begin() + 1, kP256CompressedBytes - 1, result.begin() + 1);
  return result;
}

Result<P256PrivateKey> P256PrivateKey::from_secret(Secret<32> secret) {
  Mask is_valid = 0;
  (void)Scalar::from_bytes_checked(secret.reveal(), is_valid);
  if (is_valid == 0) return fail(Code::invalid_key, "Private key is out of range");
  const P256PublicKey public_key(public_point(secret));
  return P256PrivateKey(std::move(secret), public_key);
}

P256PrivateKey P256PrivateKey::generate(Random& random) {
  // A random number is out of range about once in 2^32 tries.
  while (true) {
    Secret<32> secret;
    random.fill(secret.reveal_mutable());
    Result<P256PrivateKey> key = from_secret(std::move(secret));
    if (key.has_value()) return std::move(*key);
  }
}

P256Signature p256_sign_digest(const P256PrivateKey& key, const Digest32& digest) {
  Nonces nonces(key.secret(), digest);
  Wiped<ScalarBytes> nonce;
  while (true) {
    nonces.next(nonce);
    const Scalar r = signature_r(nonce.value);
    const Wiped<Residue> inverse(invert(Residue::from(Scalar::from_bytes_reduced(nonce.value))));
    const Scalar s = signature_s(key.secret(), digest, r, inverse.value);
    if (is_usable(r, s)) return encode_signature(r, s);
  }
}

P256Signature p256_sign(const P256PrivateKey& key, ByteView message) {
  return p256_sign_digest(key, sha256(message));
}

std::vector<P256Signature> p256_sign_batch(std::span<const P256SignRequest> requests) {
  std::vector<JacobianX> points(requests.size());
  std::vector<Residue> inverses(requests.size());
  Wiped<ScalarBytes> nonce;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Nonces(requests[i].key->secret(), requests[i].digest).next(nonce);
    points[i] = nonce_point(nonce.value);
    inverses[i] = Residue::from(Scalar::from_bytes_reduced(nonce.value));
  }
  internal::divide_by_z(points);
  internal::invert_all(inverses);

  std::vector<P256Signature> signatures(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto& [key, digest] = requests[i];
    const Scalar r = Scalar::from_bytes_reduced(points[i].x);
    const Scalar s = signature_s(key->secret(), digest, r, inverses[i]);
    signatures[i] = is_usable(r, s) ? encode_signature(r, s) : p256_sign_digest(*key, digest);
  }
  // SAFETY: integers viewed as bytes, to wipe the inverted nonces and what belongs to their points.
  wipe({reinterpret_cast<std::uint8_t*>(points.data()), points.size() * sizeof(JacobianX)});
  wipe({reinterpret_cast<std::uint8_t*>(inverses.data()), inverses.size() * sizeof(Residue)});
  return signatures;
}

bool p256_verify_digest(const P256PublicKey& key, const Digest32& digest, ByteView signature) {
  if (signature.size() != kP256SignatureBytes) return false;
  return internal::verify_ecdsa(key.uncompressed(), digest, signature.first<64>());
}

bool p256_verify(const P256PublicKey& key, ByteView message, ByteView signature) {
  return p256_verify_digest(key, sha256(message), signature);
}

Secret<32> p256_ecdh(const P256PrivateKey& key, const P256PublicKey& peer) {
  Secret<32> shared;
  Mask is_negated = 0;
  Wiped<ScalarBytes> larger;
  Scalar::from_bytes_reduced(key.secret().reveal()).larger_sign(is_negated).to_bytes(larger.value);
  Wiped<JacobianX> point(internal::multiply_point_x(larger.value, peer.uncompressed()));
  internal::divide_by_z({&point.value, 1});
  std::ranges::copy(point.value.x, shared.reveal_mutable().begin());
  return shared;
}

}  // namespace nsl::crypto
