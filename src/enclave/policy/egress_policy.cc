#include "enclave/policy/egress_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace nsl::enclave::policy {
namespace {

// RFC 1035 section 2.3.4.
constexpr std::size_t kHostBytesMax = 253;
constexpr std::uint32_t kHttpsPort = 443;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= kHostBytesMax && host.front() != '.' &&
         host.front() != '-' && host.back() != '.' && host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), is_host_character);
}

}  // namespace

Result<std::string> parse_egress_entry(std::string_view text) {
  const auto refused = [&] {
    return fail(Code::invalid_argument,
                fmt::format("/egress: '{}' is not a host name or host:port", text));
  };
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  if (!is_host(host)) return refused();
  std::uint32_t port = kHttpsPort;
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool is_whole = error == std::errc() && end == digits.data() + digits.size();
    if (!is_whole || digits.starts_with('0') || port == 0 || port > 65535) return refused();
  }
  return fmt::format("{}:{}", host, port);
}

}  // namespace nsl::enclave::policy
