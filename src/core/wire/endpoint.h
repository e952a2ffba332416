// Where the other side listens, as text: "unix:/path/to/socket" in development, "vsock:CID:PORT" on
// a Nitro host. To listen, the CID is 4294967295 (any); an enclave reaches its parent at CID 3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"

namespace nsl::wire {

struct UnixEndpoint {
  std::string path;  // Absolute, at most kUnixPathBytesMax bytes, no NUL.
  bool operator==(const UnixEndpoint&) const = default;
};

struct VsockEndpoint {
  std::uint32_t cid = 0;
  std::uint32_t port = 0;
  bool operator==(const VsockEndpoint&) const = default;
};

using Endpoint = std::variant<UnixEndpoint, VsockEndpoint>;

// sockaddr_un holds 108 bytes with the closing NUL (unix(7)).
inline constexpr std::size_t kUnixPathBytesMax = 107;

Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_text(const Endpoint& endpoint);

}  // namespace nsl::wire
