// TLS 1.2 and 1.3 as a client, ending inside the enclave: who carries the bytes (the host's pump)
// can delay or cut them, but neither read nor change them.
//
// The server must show a certificate that chains to one of the given roots, is valid at the clock's
// wall time, and names the host asked for. There is no session resumption, no renegotiation, no
// compression and no fallback; nothing is shared between two streams but the roots. A stream that
// ends without TLS's own farewell is connection_lost, never a proper end (truncation attack).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/stream/byte_stream.h"

namespace nsl::enclave::tls {

class TlsSession;

class TlsStream final : public stream::ByteStream {
 public:
  TlsStream(std::unique_ptr<TlsSession> session, Bytes certificate_hash);
  ~TlsStream() override;

  Result<std::size_t> read_some(std::span<std::uint8_t> into, const Deadline& deadline) override;
  Result<void> write_all(ByteView bytes, const Deadline& deadline) override;
  // SHA-256 of the server's certificate (DER).
  const Bytes& certificate_hash() const { return certificate_hash_; }

 private:
  std::unique_ptr<TlsSession> session_;
  Bytes certificate_hash_;
};

// The roots and settings all streams start from. Thread-safe after make().
class TlsClient {
 public:
  // Roots as PEM bundles; `extra_roots_pem` (development) may be empty. Refuses bundles that hold
  // no certificate or anything that is not one.
  static Result<std::unique_ptr<TlsClient>> make(std::string_view roots_pem,
                                                 std::string_view extra_roots_pem,
                                                 const Clock& clock);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // `host` is a DNS name or an IP address; the certificate must name it. Errors: tls_failed with
  // the reason, connection_lost, deadline_exceeded.
  Result<std::unique_ptr<TlsStream>> connect(std::unique_ptr<stream::ByteStream> carrier,
                                             const std::string& host,
                                             const Deadline& deadline) const;

 private:
  struct Context;
  TlsClient(std::unique_ptr<Context> context, const Clock& clock);

  std::unique_ptr<Context> context_;
  const Clock& clock_;
};

}  // namespace nsl::enclave::tls
