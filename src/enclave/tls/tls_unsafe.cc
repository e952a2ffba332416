// SAFETY: every OpenSSL object is owned by a Handle, or by the object it was given to (named where
// that happens); texts passed to OpenSSL end with NUL.
#include "enclave/tls/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>

#include "core/base/assert.h"
#include "core/net/address.h"
#include "enclave/tls/tls_session.h"

namespace nsl::enclave::tls {
namespace {

// Forward secrecy and authenticated encryption only; TLS 1.3's own suites are all of that kind.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::array<unsigned char, 9> kAlpnHttp11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

Result<std::size_t> add_roots(X509_STORE* store, std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  NSL_ASSERT(bio != nullptr);
  std::size_t count = 0;
  ERR_clear_error();
  for (;;) {
    const CertificateHandle root(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (root == nullptr) break;
    if (X509_STORE_add_cert(store, root.get()) != 1) {
      return fail(Code::invalid_configuration, "A root certificate is refused",
                  take_openssl_errors());
    }
    ++count;
  }
  // The end of the bundle is an error of its own kind; anything else is a broken certificate.
  const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string errors = take_openssl_errors();
  if (!is_at_end) {
    return fail(Code::invalid_configuration, "The root bundle is malformed", errors);
  }
  return count;
}

ContextHandle make_context() {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  ContextHandle context(SSL_CTX_new(TLS_client_method()));
  NSL_ASSERT(context != nullptr);
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_security_level(raw, 2);
  NSL_ASSERT(SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1);
  NSL_ASSERT(SSL_CTX_set_cipher_list(raw, kTls12Ciphers) == 1);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  // Returns 0 for success, unlike its neighbours.
  NSL_ASSERT(SSL_CTX_set_alpn_protos(raw, kAlpnHttp11.data(), kAlpnHttp11.size()) == 0);
  return context;
}

// The certificate must name `host` and be valid at `now`.
Result<void> expect_host(SSL* ssl, const std::string& host, WallTime now) {
  X509_VERIFY_PARAM* const param = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_time(param, now.value() / 1000);
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (net::parse_ip_address(host).has_value()) {
    if (X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) != 1) return fail(Code::tls_failed);
    return {};
  }
  if (host.empty() || host.find('\0') != std::string::npos ||
      X509_VERIFY_PARAM_set1_host(param, host.data(), host.size()) != 1 ||
      SSL_set_tlsext_host_name(ssl, host.c_str()) != 1) {
    return fail(Code::tls_failed, "Not a host name");
  }
  return {};
}

Bytes hash_of_peer(SSL* ssl) {
  const CertificateHandle certificate(SSL_get1_peer_certificate(ssl));
  NSL_ASSERT(certificate != nullptr);
  Bytes hash(32);
  unsigned size = 0;
  NSL_ASSERT(X509_digest(certificate.get(), EVP_sha256(), hash.data(), &size) == 1);
  NSL_ASSERT(size == hash.size());
  return hash;
}

}  // namespace

struct TlsClient::Context {
  ContextHandle handle;
};

TlsStream::TlsStream(std::unique_ptr<TlsSession> session, Bytes certificate_hash)
    : session_(std::move(session)), certificate_hash_(std::move(certificate_hash)) {}
TlsStream::~TlsStream() = default;

Result<std::size_t> TlsStream::read_some(std::span<std::uint8_t> into, const Deadline& deadline) {
  return session_->read_some(into, deadline);
}

Result<void> TlsStream::write_all(ByteView bytes, const Deadline& deadline) {
  return session_->write_all(bytes, deadline);
}

TlsClient::TlsClient(std::unique_ptr<Context> context, const Clock& clock)
    : context_(std::move(context)), clock_(clock) {}
TlsClient::~TlsClient() = default;

Result<std::unique_ptr<TlsClient>> TlsClient::make(std::string_view roots_pem,
                                                   std::string_view extra_roots_pem,
                                                   const Clock& clock) {
  auto context = std::make_unique<Context>(make_context());
  X509_STORE* const store = SSL_CTX_get_cert_store(context->handle.get());
  std::size_t count = 0;
  for (const std::string_view pem : {roots_pem, extra_roots_pem}) {
    if (pem.empty()) continue;
    NSL_TRY(const std::size_t added, add_roots(store, pem));
    count += added;
  }
  if (count == 0) return fail(Code::invalid_configuration, "There is no root certificate");
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(context), clock));
}

Result<std::unique_ptr<TlsStream>> TlsClient::connect(std::unique_ptr<stream::ByteStream> carrier,
                                                      const std::string& host,
                                                      const Deadline& deadline) const {
  SslHandle ssl(SSL_new(context_->handle.get()));
  NSL_ASSERT(ssl != nullptr);
  SSL_set_connect_state(ssl.get());
  NSL_TRY_VOID(expect_host(ssl.get(), host, clock_.wall_time()));
  auto session = std::make_unique<TlsSession>(std::move(ssl), std::move(carrier));
  const auto done = session->handshake(deadline);
  if (!done.has_value()) {
    const long verdict = SSL_get_verify_result(session->ssl());
    if (done.error().code() != Code::tls_failed || verdict == X509_V_OK) return fail(done.error());
    return fail(Code::tls_failed,
                std::string("Certificate refused: ") + X509_verify_cert_error_string(verdict),
                done.error().detail());
  }
  // TRUST: the handshake fails unless the chain and the name were verified; a second look costs
  // nothing and catches a mistake above.
  NSL_ASSERT(SSL_get_verify_result(session->ssl()) == X509_V_OK);
  Bytes hash = hash_of_peer(session->ssl());
  return std::make_unique<TlsStream>(std::move(session), std::move(hash));
}

}  // namespace nsl::enclave::tls
