#include <cstring>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/crypto/openssl_handle.h"
#include "core/crypto/x509.h"

namespace nsl::crypto {
namespace {

using Certificate = internal::Handle<X509, X509_free>;
using Store = internal::Handle<X509_STORE, X509_STORE_free>;
using StoreContext = internal::Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

// Holds its own references.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

std::unexpected<Error> refused(const char* why) {
  return fail(Code::invalid_certificate, "Certificate chain does not verify", why);
}

// Exactly one certificate in canonical DER: encoding it again gives the same bytes.
Result<Certificate> parse_certificate(ByteView der) {
  if (der.size() > static_cast<std::size_t>(limits::kAttestationDocumentBytesMax)) {
    return refused("certificate is too large");
  }
  const std::uint8_t* position = der.data();
  // SAFETY: OpenSSL reads at most der.size() bytes and moves `position` behind what it read.
  Certificate certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  if (certificate == nullptr) return refused("certificate is malformed");
  std::uint8_t* encoded = nullptr;
  // SAFETY: OpenSSL allocates the buffer, which is given back below.
  const int size = i2d_X509(certificate.get(), &encoded);
  const bool is_canonical = size > 0 && equal({encoded, static_cast<std::size_t>(size)}, der);
  OPENSSL_free(encoded);
  if (!is_canonical) return refused("certificate is not canonical DER");
  return certificate;
}

Result<P384PublicKey> key_of(X509* certificate) {
  // SAFETY: the key belongs to the certificate; the buffer has the size passed.
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  std::array<std::uint8_t, kP384UncompressedBytes> bytes{};
  char group[32] = {};
  std::size_t size = 0;
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key, group, sizeof(group), nullptr) != 1 ||
      std::strcmp(group, SN_secp384r1) != 0 ||
      EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size(),
                                      &size) != 1) {
    return refused("key is not P-384");
  }
  return P384PublicKey::parse(ByteView(bytes).first(size));
}

// What the certificate says of itself; OpenSSL's chain check is more tolerant (it takes version 1
// roots and authorities without key usage).
Result<void> check_role(X509* certificate, bool is_leaf) {
  // SAFETY: reads cached extension values of a live certificate.
  const std::uint32_t flags = X509_get_extension_flags(certificate);
  const std::uint32_t usage = X509_get_key_usage(certificate);
  if ((flags & EXFLAG_INVALID) != 0) return refused("extension is malformed");
  if (X509_get_signature_nid(certificate) != NID_ecdsa_with_SHA384) {
    return refused("signature algorithm is not ecdsa-with-SHA384");
  }
  if ((flags & EXFLAG_KUSAGE) == 0) return refused("key usage is missing");
  const bool is_authority = (flags & EXFLAG_BCONS) != 0 && (flags & EXFLAG_CA) != 0;
  if (is_leaf) {
    if ((flags & EXFLAG_CA) != 0) return refused("leaf is an authority");
    if ((usage & KU_DIGITAL_SIGNATURE) == 0) return refused("leaf may not sign");
    if ((usage & KU_KEY_CERT_SIGN) != 0) return refused("leaf may sign certificates");
  } else {
    if (!is_authority) return refused("issuer is no authority");
    if ((usage & KU_KEY_CERT_SIGN) == 0) return refused("issuer may not sign certificates");
  }
  return {};
}

Result<void> check_certificate(X509* certificate, bool is_leaf) {
  NSL_TRY_VOID(check_role(certificate, is_leaf));
  NSL_TRY([[maybe_unused]] const P384PublicKey key, key_of(certificate));
  return {};
}

// OpenSSL's chain building and checking: signatures, names, validity at `at`, path lengths.
Result<void> check_chain(X509* leaf, STACK_OF(X509) * intermediates, X509* root, WallTime at) {
  const Store store(X509_STORE_new());
  const StoreContext context(X509_STORE_CTX_new());
  NSL_ASSERT(store != nullptr && context != nullptr);
  // SAFETY: store and context take references of their own or outlive the call.
  NSL_ASSERT(X509_STORE_add_cert(store.get(), root) == 1);
  NSL_ASSERT(X509_STORE_CTX_init(context.get(), store.get(), leaf, intermediates) == 1);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, at.value() / 1000);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(limits::kCertificateChainMax));
  if (X509_verify_cert(context.get()) != 1) {
    return refused(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
  }
  const int used = sk_X509_num(X509_STORE_CTX_get0_chain(context.get()));
  if (used != sk_X509_num(intermediates) + 2) return refused("chain has a certificate too many");
  return {};
}

}  // namespace

Result<P384PublicKey> verify_certificate_chain(const CertificateChain& chain, WallTime at) {
  if (chain.intermediates.size() + 2 > static_cast<std::size_t>(limits::kCertificateChainMax)) {
    return refused("chain is too long");
  }
  if (at.value() < 0) return refused("time is before 1970");
  NSL_TRY(const Certificate root, parse_certificate(chain.root));
  NSL_TRY(const Certificate leaf, parse_certificate(chain.leaf));
  NSL_TRY_VOID(check_certificate(root.get(), false));
  NSL_TRY_VOID(check_certificate(leaf.get(), true));
  const Stack intermediates(sk_X509_new_null());
  NSL_ASSERT(intermediates != nullptr);
  for (const ByteView der : chain.intermediates) {
    NSL_TRY(Certificate certificate, parse_certificate(der));
    NSL_TRY_VOID(check_certificate(certificate.get(), false));
    // SAFETY: the stack takes the reference and gives it back in FreeStack.
    NSL_ASSERT(sk_X509_push(intermediates.get(), certificate.release()) > 0);
  }
  NSL_TRY_VOID(check_chain(leaf.get(), intermediates.get(), root.get(), at));
  return key_of(leaf.get());
}

}  // namespace nsl::crypto
