#include "core/crypto/x509_issue.h"

#include <array>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/assert.h"
#include "core/crypto/openssl_handle.h"

namespace nsl::crypto {
namespace {

using Basic = internal::Handle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using BitString = internal::Handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using Builder = internal::Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Certificate = internal::Handle<X509, X509_free>;
using Key = internal::Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = internal::Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Name = internal::Handle<X509_NAME, X509_NAME_free>;
using Number = internal::Handle<BIGNUM, BN_clear_free>;
using Parameters = internal::Handle<OSSL_PARAM, OSSL_PARAM_free>;

constexpr std::size_t kSerialBytes = 16;
constexpr long kVersion3 = 2;
// RFC 5280 section 4.2.1.3: bit numbers of key usages.
constexpr int kDigitalSignature = 0;
constexpr int kKeyCertSign = 5;

// An OpenSSL key of the public point, and of the private number when there is one.
Key key_of(const P384PublicKey& public_key, const Secret<48>* secret) {
  const Builder builder(OSSL_PARAM_BLD_new());
  NSL_ASSERT(builder != nullptr);
  const auto& point = public_key.uncompressed();
  // SAFETY: the builder refers to these buffers until to_param below copies them.
  NSL_ASSERT(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                             SN_secp384r1, 0) == 1);
  NSL_ASSERT(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                              point.size()) == 1);
  Number number;
  if (secret != nullptr) {
    number.reset(BN_bin2bn(secret->reveal().data(), 48, nullptr));
    NSL_ASSERT(number != nullptr);
    NSL_ASSERT(
        OSSL_PARAM_BLD_push_BN_pad(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get(), 48) == 1);
  }
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  NSL_ASSERT(parameters != nullptr && context != nullptr);
  NSL_ASSERT(EVP_PKEY_fromdata_init(context.get()) == 1);
  // SAFETY: the key returned is owned by the handle.
  NSL_ASSERT(EVP_PKEY_fromdata(context.get(), &key,
                               secret != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                               parameters.get()) == 1);
  return Key(key);
}

// Null when OpenSSL does not accept the text (empty or over 64 characters).
Name name_of(std::string_view common_name) {
  Name name(X509_NAME_new());
  NSL_ASSERT(name != nullptr);
  const ByteView text = as_bytes(common_name);
  // SAFETY: the text is copied with its length.
  if (text.empty() || text.size() > ub_common_name ||
      X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8, text.data(),
                                 static_cast<int>(text.size()), -1, 0) != 1) {
    return nullptr;
  }
  return name;
}

void set_serial(X509* certificate, Random& random) {
  auto serial = random.bytes<kSerialBytes>();
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);  // positive, fixed length
  const Number number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  NSL_ASSERT(number != nullptr);
  // SAFETY: the integer belongs to the certificate and is written in place.
  NSL_ASSERT(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

bool set_time(ASN1_TIME* target, WallTime time) {
  // SAFETY: the target belongs to the certificate.
  return time.value() >= 0 && ASN1_TIME_set(target, time.value() / 1000) != nullptr;
}

void add_extensions(X509* certificate, const CertificateFields& fields) {
  const bool is_authority = fields.role == CertificateRole::authority;
  const Basic basic(BASIC_CONSTRAINTS_new());
  const BitString usage(ASN1_BIT_STRING_new());
  NSL_ASSERT(basic != nullptr && usage != nullptr);
  basic->ca = is_authority ? 0xff : 0;
  if (is_authority && fields.path_length.has_value()) {
    basic->pathlen = ASN1_INTEGER_new();
    NSL_ASSERT(basic->pathlen != nullptr);
    NSL_ASSERT(ASN1_INTEGER_set(basic->pathlen, *fields.path_length) == 1);
  }
  NSL_ASSERT(ASN1_BIT_STRING_set_bit(usage.get(), kDigitalSignature, 1) == 1);
  if (is_authority) NSL_ASSERT(ASN1_BIT_STRING_set_bit(usage.get(), kKeyCertSign, 1) == 1);
  // SAFETY: both values are encoded into the certificate; 1 marks them critical.
  NSL_ASSERT(X509_add1_ext_i2d(certificate, NID_basic_constraints, basic.get(), 1,
                               X509V3_ADD_DEFAULT) == 1);
  NSL_ASSERT(X509_add1_ext_i2d(certificate, NID_key_usage, usage.get(), 1, X509V3_ADD_DEFAULT) ==
             1);
}

Bytes to_der(X509* certificate) {
  std::uint8_t* encoded = nullptr;
  // SAFETY: OpenSSL allocates the buffer, which is copied and given back.
  const int size = i2d_X509(certificate, &encoded);
  NSL_ASSERT(size > 0);
  Bytes der(encoded, encoded + size);
  OPENSSL_free(encoded);
  return der;
}

}  // namespace

Result<Bytes> issue_certificate(const CertificateFields& fields, const P384PrivateKey& issuer,
                                Random& random) {
  const Certificate certificate(X509_new());
  NSL_ASSERT(certificate != nullptr && X509_set_version(certificate.get(), kVersion3) == 1);
  const Name subject = name_of(fields.common_name);
  const Name issuer_name = name_of(fields.issuer_common_name);
  if (subject == nullptr || issuer_name == nullptr) {
    return fail(Code::invalid_certificate, "Common name cannot be written");
  }
  // SAFETY: names and keys are copied or referenced by the certificate.
  NSL_ASSERT(X509_set_subject_name(certificate.get(), subject.get()) == 1);
  NSL_ASSERT(X509_set_issuer_name(certificate.get(), issuer_name.get()) == 1);
  if (!set_time(X509_getm_notBefore(certificate.get()), fields.not_before) ||
      !set_time(X509_getm_notAfter(certificate.get()), fields.not_after)) {
    return fail(Code::invalid_certificate, "Validity cannot be written");
  }
  set_serial(certificate.get(), random);
  const Key public_key = key_of(fields.public_key, nullptr);
  const Key signing_key = key_of(issuer.public_key(), &issuer.secret());
  NSL_ASSERT(X509_set_pubkey(certificate.get(), public_key.get()) == 1);
  add_extensions(certificate.get(), fields);
  NSL_ASSERT(X509_sign(certificate.get(), signing_key.get(), EVP_sha384()) > 0);
  return to_der(certificate.get());
}

}  // namespace nsl::crypto
