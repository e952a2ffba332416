// SAFETY: every OpenSSL object is owned by a Handle; the two BIOs are owned by the SSL object;
// lengths given to OpenSSL are those of the spans passed with them.
#include "enclave/tls/tls_session.h"

#include <openssl/err.h>

#include <algorithm>

#include "core/base/assert.h"

namespace nsl::enclave::tls {
namespace {

constexpr std::size_t kRecordBytes = 16384;  // RFC 8446 section 5.1.

}  // namespace

std::string take_openssl_errors() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    std::array<char, 256> line{};
    ERR_error_string_n(code, line.data(), line.size());
    if (!text.empty()) text += "; ";
    text += line.data();
  }
  return text;
}

TlsSession::TlsSession(SslHandle ssl, std::unique_ptr<stream::ByteStream> carrier)
    : ssl_(std::move(ssl)),
      carrier_(std::move(carrier)),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())) {
  NSL_ASSERT(ssl_ != nullptr && carrier_ != nullptr);
  NSL_ASSERT(incoming_ != nullptr && outgoing_ != nullptr);
  // An empty buffer means "more to come", not the end.
  BIO_set_mem_eof_return(incoming_, -1);
  BIO_set_mem_eof_return(outgoing_, -1);
  SSL_set_bio(ssl_.get(), incoming_, outgoing_);
}

Result<void> TlsSession::flush(const Deadline& deadline) {
  for (;;) {
    const int size = BIO_read(outgoing_, buffer_.data(), static_cast<int>(buffer_.size()));
    if (size <= 0) return {};
    NSL_TRY_VOID(
        carrier_->write_all(ByteView(buffer_).first(static_cast<std::size_t>(size)), deadline));
  }
}

Result<void> TlsSession::refill(const Deadline& deadline) {
  NSL_TRY(const std::size_t size, carrier_->read_some(buffer_, deadline));
  if (size == 0) return fail(Code::connection_lost, "The server ended the stream without notice");
  const int written = BIO_write(incoming_, buffer_.data(), static_cast<int>(size));
  NSL_ASSERT(written == static_cast<int>(size));
  return {};
}

Result<TlsSession::Step> TlsSession::after(int answer, const Deadline& deadline) {
  const int reason = SSL_get_error(ssl_.get(), answer);
  NSL_TRY_VOID(flush(deadline));  // Also sends the alert that says why it failed.
  switch (reason) {
    case SSL_ERROR_NONE:
      return Step::done;
    case SSL_ERROR_WANT_WRITE:
      return Step::again;
    case SSL_ERROR_WANT_READ:
      NSL_TRY_VOID(refill(deadline));
      return Step::again;
    case SSL_ERROR_ZERO_RETURN:
      return Step::ended;
    default:
      return fail(Code::tls_failed, "TLS failed", take_openssl_errors());
  }
}

Result<void> TlsSession::handshake(const Deadline& deadline) {
  for (;;) {
    ERR_clear_error();
    NSL_TRY(const Step step, after(SSL_do_handshake(ssl_.get()), deadline));
    if (step == Step::done) return {};
    if (step == Step::ended) return fail(Code::tls_failed, "The server ended the handshake");
  }
}

Result<std::size_t> TlsSession::read_some(std::span<std::uint8_t> into, const Deadline& deadline) {
  const auto size = static_cast<int>(std::min(into.size(), kRecordBytes));
  for (;;) {
    ERR_clear_error();
    const int answer = SSL_read(ssl_.get(), into.data(), size);
    NSL_TRY(const Step step, after(answer, deadline));
    if (step == Step::done) return static_cast<std::size_t>(answer);
    if (step == Step::ended) return std::size_t{0};
  }
}

Result<void> TlsSession::write_all(ByteView bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    const auto size = static_cast<int>(std::min(bytes.size(), kRecordBytes));
    ERR_clear_error();
    const int answer = SSL_write(ssl_.get(), bytes.data(), size);
    NSL_TRY(const Step step, after(answer, deadline));
    if (step == Step::ended) return fail(Code::connection_lost);
    if (step == Step::done) bytes = bytes.subspan(static_cast<std::size_t>(answer));
  }
  return {};
}

Result<void> TlsSession::finish(const Deadline& deadline) {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  return flush(deadline);
}

}  // namespace nsl::enclave::tls
