// Internet addresses as values: text to bytes and back, and which of them lie in the public
// internet. Host and enclave both refuse to dial the others (server-side request forgery), each by
// this code and neither believing the other.
//
// The rule is an allow-list at heart: IPv6 outside 2000::/3 is never public, and neither is any
// form that embeds or tunnels to an IPv4 address (mapped, NAT64, 6to4, Teredo). Sources: the IANA
// IPv4 and IPv6 special-purpose address registries (RFC 6890 and its updates), RFC 4291, RFC 5952.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::net {

struct IpAddress {
  enum class Family : std::uint8_t { v4, v6 };
  Family family = Family::v4;
  // Network order; IPv4 uses the first four, the rest is 0.
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;
};

struct IpEndpoint {
  IpAddress address;
  std::uint16_t port = 0;
  bool operator==(const IpEndpoint&) const = default;
};

// Strict: four decimal numbers without leading zeros, or RFC 4291 text without zone or brackets.
Result<IpAddress> parse_ip_address(std::string_view text);
// RFC 5952 for IPv6.
std::string to_text(const IpAddress& address);

// "127.0.0.1:8443" or "[::1]:8443"; the port is not 0.
Result<IpEndpoint> parse_ip_endpoint(std::string_view text);
std::string to_text(const IpEndpoint& endpoint);
// A decimal port without leading zeros, 1 to 65535.
Result<std::uint16_t> parse_port(std::string_view text);

bool is_public(const IpAddress& address);
// Public, or one the operator listed by address and port.
bool may_dial(const IpEndpoint& endpoint, std::span<const IpEndpoint> operator_allowed);

}  // namespace nsl::net
