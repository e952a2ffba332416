#include "enclave/outcall/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/limits.h"
#include "core/net/address.h"

namespace nsl::enclave::outcall {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 section 2.3.4, as text.
constexpr std::size_t kLabelBytesMax = 63;

std::unexpected<Error> not_a_url(const char* reason) {
  return fail(Code::invalid_argument, std::string("The URL is not accepted: ") + reason);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

std::uint16_t default_port(Url::Scheme scheme) { return scheme == Url::Scheme::https ? 443 : 80; }
std::string_view scheme_text(Url::Scheme scheme) {
  return scheme == Url::Scheme::https ? "https" : "http";
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, to_lower);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return is_lower_or_digit(c) || c == '-' || c == '_';
         });
}

// A last label that a resolver could take for a number makes the whole name an address to it.
bool looks_like_a_number(std::string_view label) {
  return std::ranges::all_of(label, is_digit) ||
         (label.starts_with("0x") && std::ranges::all_of(label.substr(2), is_hex));
}

Result<void> check_name(std::string_view host) {
  if (host.empty() || host.size() > kHostBytesMax) return not_a_url("no host");
  for (std::string_view rest = host;;) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (!is_label(label)) return not_a_url("not a host name");
    if (dot != std::string_view::npos) {
      rest.remove_prefix(dot + 1);
      continue;
    }
    if (looks_like_a_number(label) && !net::parse_ip_address(host).has_value()) {
      return not_a_url("not an address");
    }
    return {};
  }
}

// Fills in host and port from "host", "host:port" or "[address]:port".
Result<void> parse_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos) return not_a_url("it names a user");
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return not_a_url("not an address");
    const std::string_view address = text.substr(1, close - 1);
    const auto parsed = net::parse_ip_address(address);
    if (!parsed.has_value() || parsed->family != net::IpAddress::Family::v6) {
      return not_a_url("not an address");
    }
    url.host = net::to_text(*parsed);
    port = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = std::string(text.substr(0, colon));
    std::ranges::transform(url.host, url.host.begin(), to_lower);
    NSL_TRY_VOID(check_name(url.host));
    port = text.substr(colon);
  }
  url.port = default_port(url.scheme);
  if (port.empty()) return {};
  if (!port.starts_with(':')) return not_a_url("not a port");
  const auto parsed = net::parse_port(port.substr(1));
  if (!parsed.has_value()) return not_a_url("not a port");
  url.port = *parsed;
  return {};
}

// RFC 3986 section 3.3 and 3.4: pchar, "/" and "?".
bool is_target_char(char c) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/?%";
  return is_lower_or_digit(to_lower(c)) || kOthers.find(c) != std::string_view::npos;
}

Result<void> check_target(std::string_view target) {
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (!is_target_char(target[i])) return not_a_url("a character must be percent-encoded");
    if (target[i] != '%') continue;
    const std::string_view digits = target.substr(i + 1, 2);
    if (digits.size() < 2 || !std::ranges::all_of(digits, is_hex)) {
      return not_a_url("a percent sign without two hexadecimal digits");
    }
  }
  return {};
}

// RFC 3986 section 5.2.4 for a path that starts with "/".
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_with_slash = false;
  for (std::string_view rest = path.substr(1);;) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    const bool is_dots = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!is_dots) kept.push_back(segment);
    ends_with_slash = is_dots;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  std::string result = fmt::format("/{}", fmt::join(kept, "/"));
  if (ends_with_slash && result.back() != '/') result += '/';
  return result;
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }
std::string_view without_fragment(std::string_view text) { return text.substr(0, text.find('#')); }

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > static_cast<std::size_t>(limits::kOutcallUrlBytesMax)) {
    return not_a_url("too long");
  }
  Url url;
  if (starts_with_ignoring_case(text, "https://")) {
    text.remove_prefix(8);
  } else if (starts_with_ignoring_case(text, "http://")) {
    url.scheme = Url::Scheme::http;
    text.remove_prefix(7);
  } else {
    return fail(Code::scheme_refused, "Only https URLs are accepted");
  }
  text = without_fragment(text);
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  NSL_TRY_VOID(parse_authority(text.substr(0, end), url));
  const std::string_view target = text.substr(end);
  NSL_TRY_VOID(check_target(target));
  url.target = target.starts_with('/') ? std::string(target) : fmt::format("/{}", target);
  return url;
}

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  if (starts_with_ignoring_case(reference, "https:") ||
      starts_with_ignoring_case(reference, "http:")) {
    return parse_url(reference);
  }
  reference = without_fragment(reference);
  if (reference.starts_with("//")) {
    return parse_url(fmt::format("{}:{}", scheme_text(base.scheme), reference));
  }
  // A colon in the first segment would be another scheme ("javascript:", "file:").
  if (path_of(reference.substr(0, reference.find('/'))).find(':') != std::string_view::npos) {
    return not_a_url("another scheme");
  }
  NSL_TRY_VOID(check_target(reference));
  Url url = base;
  if (reference.empty()) return url;
  const std::string_view path = path_of(reference);
  const std::string_view query = reference.substr(path.size());
  std::string_view base_path = path_of(base.target);
  if (path.empty()) {
    url.target = fmt::format("{}{}", base_path, query);
  } else if (path.starts_with('/')) {
    url.target = without_dot_segments(path) + std::string(query);
  } else {
    base_path = base_path.substr(0, base_path.rfind('/') + 1);
    url.target = without_dot_segments(fmt::format("{}{}", base_path, path)) + std::string(query);
  }
  if (to_text(url).size() > static_cast<std::size_t>(limits::kOutcallUrlBytesMax)) {
    return not_a_url("too long");
  }
  return url;
}

std::string authority_of(const Url& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  std::string text = is_v6 ? fmt::format("[{}]", url.host) : url.host;
  if (url.port != default_port(url.scheme)) text += fmt::format(":{}", url.port);
  return text;
}

std::string to_text(const Url& url) {
  return fmt::format("{}://{}{}", scheme_text(url.scheme), authority_of(url), url.target);
}

bool is_same_origin(const Url& left, const Url& right) {
  return left.scheme == right.scheme && left.host == right.host && left.port == right.port;
}

Result<void> check_allowed_host(std::string_view entry) {
  NSL_TRY(const Url url, parse_url(fmt::format("https://{}", entry)));
  if (authority_of(url) != entry) {
    return fail(Code::invalid_argument, "An allowed host is \"host\" or \"host:port\"");
  }
  return {};
}

}  // namespace nsl::enclave::outcall
