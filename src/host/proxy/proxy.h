// The enclave's way to the internet. The enclave asks to dial a name; the host resolves it, refuses
// what is not public (unless the operator listed address and port), connects, and hands out a
// one-time token. The enclave opens a second connection to the dial endpoint, sends the token,
// reads one byte 0x01, and from then on bytes are pumped both ways, unread: TLS ends in the
// enclave.
//
// Bounded: open dials (limits::kDialsOpenMax), one small buffer for each direction, the life of a
// token, and the time a connection may be silent. A token opens its connection once.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/net/address.h"
#include "core/wire/endpoint.h"
#include "host/link/enclave_link.h"
#include "nsl/internal/v1/dial.service.h"

namespace nsl::host::proxy {

inline constexpr std::size_t kTokenBytes = 32;

class Proxy final : public internal::v1::DialServiceInterface<link::OutcallContext> {
 public:
  struct Options {
    wire::Endpoint endpoint;  // Where the enclave brings its tokens.
    // Addresses outside the public internet that may be dialled all the same.
    std::vector<net::IpEndpoint> allowed_addresses;
    std::size_t dials_open_max = limits::kDialsOpenMax;
    std::int64_t token_ttl_ms = limits::kDialTokenTtlMs;
    std::int64_t idle_ms_max = limits::kDialIdleMsMax;
  };

  Proxy(Options options, Random& random);
  // Closes every connection. No dial() may be under way.
  ~Proxy() override;

  Result<void> start();
  Result<internal::v1::DialReply> dial(const link::OutcallContext& call,
                                       const internal::v1::DialRequest& request) override;
  std::size_t dials_open() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace nsl::host::proxy
