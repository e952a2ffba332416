// How the enclave gets a connected byte stream to a host in the internet.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/net/address.h"
#include "core/wire/endpoint.h"
#include "core/wire/service.h"
#include "enclave/stream/byte_stream.h"

namespace nsl::enclave::outcall {

class Dialer {
 public:
  virtual ~Dialer() = default;
  virtual Result<std::unique_ptr<stream::ByteStream>> dial(const std::string& host,
                                                           std::uint16_t port,
                                                           const Deadline& deadline) = 0;
};

// Dials through the host's DialService: asks for a token, connects to the dial endpoint, shows the
// token. The enclave checks the address the host says it reached by its own rule. A lying host can
// connect elsewhere all the same: only TLS's certificate check says who is at the other end.
class HostDialer final : public Dialer {
 public:
  struct Options {
    // "unix:/path"; or "vsock:CID:PORT", where the reply's port, if any, is used instead.
    wire::Endpoint endpoint;
    // Addresses outside the public internet that may be dialled (development).
    std::vector<net::IpEndpoint> allowed_addresses;
  };

  HostDialer(Options options, wire::Transport& host, const Clock& clock);
  Result<std::unique_ptr<stream::ByteStream>> dial(const std::string& host, std::uint16_t port,
                                                   const Deadline& deadline) override;

 private:
  const Options options_;
  wire::Transport& host_;
  const Clock& clock_;
};

}  // namespace nsl::enclave::outcall
