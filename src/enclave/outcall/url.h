// The strict subset of URLs the enclave calls: https or http, a host, a port, a path and a query,
// all in printable ASCII. What two parsers could read differently is refused rather than repaired:
// user names, backslashes, spaces, percent signs in the host, numbers that look like an address,
// internationalised names (the caller writes the "xn--" form itself). A fragment is dropped.
//
// The host is what the allow-list is checked against, what is dialled and what the certificate must
// name: one text for all three.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::enclave::outcall {

struct Url {
  enum class Scheme : std::uint8_t { https, http };
  Scheme scheme = Scheme::https;
  std::string host;  // Lower case; an IPv6 address without brackets.
  std::uint16_t port = 443;
  std::string target = "/";  // Path and query, as sent.

  bool operator==(const Url&) const = default;
};

// Code::invalid_argument says what is wrong.
Result<Url> parse_url(std::string_view text);
// The URL a Location header means on a page at `base` (RFC 3986 section 5.2).
Result<Url> resolve_url(const Url& base, std::string_view reference);
std::string to_text(const Url& url);
// "example.com" or "example.com:8443": without the port when it is the scheme's own. The value of
// the Host header.
std::string authority_of(const Url& url);
// Whether scheme, host and port are the same.
bool is_same_origin(const Url& left, const Url& right);

// An entry of an allow-list: a host, perhaps with a port, in the form authority_of() writes.
Result<void> check_allowed_host(std::string_view entry);

}  // namespace nsl::enclave::outcall
