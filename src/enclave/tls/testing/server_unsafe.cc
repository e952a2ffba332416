// SAFETY: every OpenSSL object is owned by a Handle.
#include "enclave/tls/testing/server.h"

#include <openssl/pem.h>

#include "core/base/assert.h"
#include "enclave/tls/tls_session.h"

namespace nsl::enclave::tls::testing {

ServerStream::ServerStream(std::unique_ptr<TlsSession> session) : session_(std::move(session)) {}
ServerStream::~ServerStream() = default;

Result<std::size_t> ServerStream::read_some(std::span<std::uint8_t> into,
                                            const Deadline& deadline) {
  return session_->read_some(into, deadline);
}
Result<void> ServerStream::write_all(ByteView bytes, const Deadline& deadline) {
  return session_->write_all(bytes, deadline);
}
Result<void> ServerStream::finish(const Deadline& deadline) { return session_->finish(deadline); }

std::string ServerStream::requested_name() const {
  const char* const name = SSL_get_servername(session_->ssl(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

Result<std::unique_ptr<ServerStream>> accept_tls(std::unique_ptr<stream::ByteStream> carrier,
                                                 const ServerIdentity& identity,
                                                 Protocols protocols, const Deadline& deadline) {
  const ContextHandle context(SSL_CTX_new(TLS_server_method()));
  if (protocols == Protocols::tls11_only) {
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  } else if (protocols == Protocols::tls12_only) {
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  }
  const BioHandle certificate_bio(BIO_new_mem_buf(
      identity.certificate_pem.data(), static_cast<int>(identity.certificate_pem.size())));
  const CertificateHandle certificate(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr));
  const BioHandle key_bio(
      BIO_new_mem_buf(identity.key_pem.data(), static_cast<int>(identity.key_pem.size())));
  const KeyHandle key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  NSL_ASSERT(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
  NSL_ASSERT(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  SslHandle ssl(SSL_new(context.get()));
  SSL_set_accept_state(ssl.get());
  auto session = std::make_unique<TlsSession>(std::move(ssl), std::move(carrier));
  NSL_TRY_VOID(session->handshake(deadline));
  return std::make_unique<ServerStream>(std::move(session));
}

}  // namespace nsl::enclave::tls::testing
