// One TLS connection over any ByteStream, through memory buffers, so that OpenSSL never touches a
// descriptor. Private to this folder (and its testing/ server).
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/stream/byte_stream.h"

namespace nsl::enclave::tls {

template <auto free_function>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};
template <class T, auto free_function>
using Handle = std::unique_ptr<T, FreeWith<free_function>>;

using SslHandle = Handle<SSL, SSL_free>;
using ContextHandle = Handle<SSL_CTX, SSL_CTX_free>;
using CertificateHandle = Handle<X509, X509_free>;
using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using BioHandle = Handle<BIO, BIO_free_all>;

// What OpenSSL last complained about on this thread; for the log.
std::string take_openssl_errors();

class TlsSession {
 public:
  // `ssl` has its role (client or server) set.
  TlsSession(SslHandle ssl, std::unique_ptr<stream::ByteStream> carrier);

  Result<void> handshake(const Deadline& deadline);
  Result<std::size_t> read_some(std::span<std::uint8_t> into, const Deadline& deadline);
  Result<void> write_all(ByteView bytes, const Deadline& deadline);
  // Says farewell (close_notify); the carrier stays open.
  Result<void> finish(const Deadline& deadline);
  SSL* ssl() const { return ssl_.get(); }

 private:
  // What OpenSSL's answer means: done, or go on after moving bytes, or an error.
  enum class Step : std::uint8_t { done, again, ended };
  Result<Step> after(int answer, const Deadline& deadline);
  Result<void> flush(const Deadline& deadline);
  Result<void> refill(const Deadline& deadline);

  SslHandle ssl_;
  std::unique_ptr<stream::ByteStream> carrier_;
  // Owned by ssl_.
  BIO* incoming_;
  BIO* outgoing_;
  std::array<std::uint8_t, 16384> buffer_{};
};

}  // namespace nsl::enclave::tls
