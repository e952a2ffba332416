// A function's list of hosts it may call: "api.example.com" (port 443) or "api.example.com:8443".
// Names are compared whole; there are no wildcards.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::enclave::policy {

// The entry in its canonical form, "host:port". Fails on anything but a host name or IPv4 address
// in lower case, with an optional port.
Result<std::string> parse_egress_entry(std::string_view text);

}  // namespace nsl::enclave::policy
