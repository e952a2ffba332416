// The server end of a TLS connection, for tests.
#pragma once

#include <memory>
#include <string>

#include "enclave/stream/byte_stream.h"
#include "enclave/tls/testing/authority.h"

namespace nsl::enclave::tls {
class TlsSession;
}

namespace nsl::enclave::tls::testing {

enum class Protocols : std::uint8_t { tls11_only, tls12_only, all };

class ServerStream final : public stream::ByteStream {
 public:
  explicit ServerStream(std::unique_ptr<TlsSession> session);
  ~ServerStream() override;
  Result<std::size_t> read_some(std::span<std::uint8_t> into, const Deadline& deadline) override;
  Result<void> write_all(ByteView bytes, const Deadline& deadline) override;
  // Sends close_notify.
  Result<void> finish(const Deadline& deadline);
  // The name the client asked for (SNI), or empty.
  std::string requested_name() const;

 private:
  std::unique_ptr<TlsSession> session_;
};

// Performs the handshake as a server.
Result<std::unique_ptr<ServerStream>> accept_tls(std::unique_ptr<stream::ByteStream> carrier,
                                                 const ServerIdentity& identity,
                                                 Protocols protocols, const Deadline& deadline);

}  // namespace nsl::enclave::tls::testing
