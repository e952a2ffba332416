#include "core/net/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "core/base/assert.h"

namespace nsl::net {
namespace {

constexpr std::size_t kGroups = 8;

struct Range {
  std::array<std::uint8_t, 4> prefix;
  unsigned bits;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
constexpr Range kNotPublicV4[] = {
    {{0, 0, 0, 0}, 8},        // This network (RFC 791)
    {{10, 0, 0, 0}, 8},       // Private (RFC 1918)
    {{100, 64, 0, 0}, 10},    // Shared, carrier-grade NAT (RFC 6598)
    {{127, 0, 0, 0}, 8},      // Loopback (RFC 1122)
    {{169, 254, 0, 0}, 16},   // Link-local, cloud metadata (RFC 3927)
    {{172, 16, 0, 0}, 12},    // Private (RFC 1918)
    {{192, 0, 0, 0}, 24},     // IETF protocol assignments (RFC 6890)
    {{192, 0, 2, 0}, 24},     // Documentation (RFC 5737)
    {{192, 88, 99, 0}, 24},   // 6to4 relays (RFC 7526)
    {{192, 168, 0, 0}, 16},   // Private (RFC 1918)
    {{198, 18, 0, 0}, 15},    // Benchmarking (RFC 2544)
    {{198, 51, 100, 0}, 24},  // Documentation (RFC 5737)
    {{203, 0, 113, 0}, 24},   // Documentation (RFC 5737)
    {{224, 0, 0, 0}, 4},      // Multicast (RFC 5771)
    {{240, 0, 0, 0}, 4},      // Reserved and broadcast (RFC 1112, RFC 919)
};

// https://www.iana.org/assignments/iana-ipv6-special-registry, inside 2000::/3.
constexpr Range kNotPublicV6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // IETF protocol assignments, Teredo (RFC 2928, RFC 4380)
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // Documentation (RFC 3849)
    {{0x20, 0x02, 0x00, 0x00}, 16},  // 6to4 (RFC 3056)
    {{0x3f, 0xff, 0x00, 0x00}, 20},  // Documentation (RFC 9637)
};
constexpr Range kGlobalUnicastV6 = {{0x20, 0, 0, 0}, 3};  // RFC 4291 section 2.4

bool is_in(const IpAddress& address, const Range& range) {
  std::uint32_t value = 0;
  std::uint32_t prefix = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8U | address.bytes[i];
    prefix = prefix << 8U | range.prefix[i];
  }
  const unsigned shift = 32 - range.bits;
  return value >> shift == prefix >> shift;
}

std::unexpected<Error> not_an_address() {
  return fail(Code::invalid_argument, "Not an IP address");
}

template <class T>
std::optional<T> parse_whole(std::string_view text, int base) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

bool has_leading_zero(std::string_view text) { return text.size() > 1 && text[0] == '0'; }

// The four bytes of a dotted quad.
std::optional<std::array<std::uint8_t, 4>> parse_quad(std::string_view text) {
  std::array<std::uint8_t, 4> quad{};
  for (std::size_t i = 0; i < quad.size(); ++i) {
    const std::size_t dot = text.find('.');
    const bool is_last = i + 1 == quad.size();
    if ((dot == std::string_view::npos) != is_last) return std::nullopt;
    const std::string_view part = text.substr(0, dot);
    const auto number = parse_whole<std::uint8_t>(part, 10);
    if (!number || has_leading_zero(part)) return std::nullopt;
    quad[i] = *number;
    if (!is_last) text.remove_prefix(dot + 1);
  }
  return quad;
}

struct Groups {
  std::array<std::uint16_t, kGroups> values{};
  std::size_t count = 0;

  bool add(std::uint16_t value) {
    if (count == kGroups) return false;
    values[count++] = value;
    return true;
  }
};

// Groups of up to four hexadecimal digits between colons; the last may be a dotted quad.
std::optional<Groups> parse_groups(std::string_view text) {
  Groups groups;
  if (text.empty()) return groups;
  for (;;) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (part.find('.') != std::string_view::npos) {
      const auto quad = parse_quad(part);
      if (colon != std::string_view::npos || !quad) return std::nullopt;
      const auto high = static_cast<std::uint16_t>((*quad)[0] << 8U | (*quad)[1]);
      const auto low = static_cast<std::uint16_t>((*quad)[2] << 8U | (*quad)[3]);
      if (!groups.add(high) || !groups.add(low)) return std::nullopt;
      return groups;
    }
    const auto value = parse_whole<std::uint16_t>(part, 16);
    if (part.size() > 4 || !value || !groups.add(*value)) return std::nullopt;
    if (colon == std::string_view::npos) return groups;
    text.remove_prefix(colon + 1);
  }
}

std::optional<Groups> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto groups = parse_groups(text);
    return groups && groups->count == kGroups ? groups : std::nullopt;
  }
  const auto left = parse_groups(text.substr(0, gap));
  const auto right = parse_groups(text.substr(gap + 2));
  const bool has_quad_left = text.substr(0, gap).find('.') != std::string_view::npos;
  // "::" stands for at least one group.
  if (!left || !right || has_quad_left || left->count + right->count >= kGroups) {
    return std::nullopt;
  }
  Groups groups = *left;
  groups.count = kGroups;
  std::copy_n(right->values.begin(), right->count,
              groups.values.end() - static_cast<std::ptrdiff_t>(right->count));
  return groups;
}

std::string v6_text(const IpAddress& address) {
  std::array<unsigned, kGroups> groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<unsigned>(address.bytes[2 * i] << 8U | address.bytes[2 * i + 1]);
  }
  // The longest run of at least two zero groups, the first of equals.
  std::size_t best_start = 0;
  std::size_t best_size = 1;
  for (std::size_t start = 0; start < kGroups; ++start) {
    std::size_t size = 0;
    while (start + size < kGroups && groups[start + size] == 0) ++size;
    if (size > best_size) {
      best_start = start;
      best_size = size;
    }
  }
  if (best_size < 2) return fmt::format("{:x}", fmt::join(groups, ":"));
  const auto middle = groups.begin() + static_cast<std::ptrdiff_t>(best_start);
  const auto after = middle + static_cast<std::ptrdiff_t>(best_size);
  return fmt::format("{:x}::{:x}", fmt::join(groups.begin(), middle, ":"),
                     fmt::join(after, groups.end(), ":"));
}

}  // namespace

Result<IpAddress> parse_ip_address(std::string_view text) {
  IpAddress address;
  if (text.find(':') == std::string_view::npos) {
    const auto quad = parse_quad(text);
    if (!quad) return not_an_address();
    std::ranges::copy(*quad, address.bytes.begin());
    return address;
  }
  const auto groups = parse_v6(text);
  if (!groups) return not_an_address();
  address.family = IpAddress::Family::v6;
  for (std::size_t i = 0; i < kGroups; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(groups->values[i] >> 8U);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups->values[i] & 0xffU);
  }
  return address;
}

std::string to_text(const IpAddress& address) {
  if (address.family == IpAddress::Family::v6) return v6_text(address);
  return fmt::format("{}", fmt::join(address.bytes.begin(), address.bytes.begin() + 4, "."));
}

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_whole<std::uint16_t>(text, 10);
  if (!port || *port == 0 || has_leading_zero(text)) {
    return fail(Code::invalid_argument, "Not a port");
  }
  return *port;
}

Result<IpEndpoint> parse_ip_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return fail(Code::invalid_argument, "Not an address with a port");
  }
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  IpEndpoint endpoint;
  NSL_TRY(endpoint.address, parse_ip_address(host));
  NSL_TRY(endpoint.port, parse_port(text.substr(colon + 1)));
  if (has_brackets != (endpoint.address.family == IpAddress::Family::v6)) return not_an_address();
  return endpoint;
}

std::string to_text(const IpEndpoint& endpoint) {
  const bool is_v6 = endpoint.address.family == IpAddress::Family::v6;
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", to_text(endpoint.address), is_v6 ? "]" : "",
                     endpoint.port);
}

bool is_public(const IpAddress& address) {
  const auto holds = [&address](const Range& range) { return is_in(address, range); };
  switch (address.family) {
    case IpAddress::Family::v4:
      return std::ranges::none_of(kNotPublicV4, holds);
    case IpAddress::Family::v6:
      return is_in(address, kGlobalUnicastV6) && std::ranges::none_of(kNotPublicV6, holds);
  }
  NSL_ASSERT(false);
}

bool may_dial(const IpEndpoint& endpoint, std::span<const IpEndpoint> operator_allowed) {
  return is_public(endpoint.address) ||
         std::ranges::find(operator_allowed, endpoint) != operator_allowed.end();
}

}  // namespace nsl::net
