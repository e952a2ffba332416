// SAFETY: every OpenSSL object is owned by a Handle or by the certificate it was added to.
#include "enclave/tls/testing/authority.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/base/assert.h"
#include "enclave/tls/tls_session.h"

namespace nsl::enclave::tls::testing {
namespace {

KeyHandle make_key() { return KeyHandle(EVP_EC_gen("P-256")); }

void set_time(ASN1_TIME* target, WallTime time) {
  NSL_ASSERT(ASN1_TIME_set(target, time.value() / 1000) != nullptr);
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  NSL_ASSERT(extension != nullptr);
  NSL_ASSERT(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

CertificateHandle make_certificate(EVP_PKEY* key, const std::string& name, Validity validity) {
  static long serial = 1;
  CertificateHandle certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  set_time(X509_getm_notBefore(certificate.get()), validity.from);
  set_time(X509_getm_notAfter(certificate.get()), validity.until);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

template <class Write>
std::string to_pem(Write write) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  NSL_ASSERT(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

struct Authority::Keys {
  KeyHandle key;
  CertificateHandle root;
};

Authority::Authority(const std::string& name, Validity validity)
    : keys_(std::make_unique<Keys>(Keys{make_key(), nullptr})) {
  keys_->root = make_certificate(keys_->key.get(), name, validity);
  X509* const root = keys_->root.get();
  X509_set_issuer_name(root, X509_get_subject_name(root));
  add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(root, root, NID_key_usage, "critical,keyCertSign");
  add_extension(root, root, NID_subject_key_identifier, "hash");
  NSL_ASSERT(X509_sign(root, keys_->key.get(), EVP_sha256()) > 0);
  root_pem_ = to_pem([root](BIO* bio) { return PEM_write_bio_X509(bio, root); });
}

Authority::~Authority() = default;

ServerIdentity Authority::issue(const std::string& subject_alt_name, Validity validity) const {
  const KeyHandle key = make_key();
  const CertificateHandle certificate = make_certificate(key.get(), "server", validity);
  X509* const root = keys_->root.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(root));
  add_extension(certificate.get(), root, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), root, NID_subject_alt_name, subject_alt_name);
  add_extension(certificate.get(), root, NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), root, NID_authority_key_identifier, "keyid:always");
  NSL_ASSERT(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0);
  return {.certificate_pem =
              to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); }),
          .key_pem = to_pem([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace nsl::enclave::tls::testing
