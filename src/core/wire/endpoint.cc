#include "core/wire/endpoint.h"

#include <fmt/format.h>

#include <charconv>

namespace nsl::wire {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::string_view kVsockPrefix = "vsock:";

Result<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return fail(Code::invalid_configuration, "A vsock endpoint is vsock:CID:PORT");
  }
  return number;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) {
    const std::string_view path = text.substr(kUnixPrefix.size());
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
      return fail(Code::invalid_configuration, "A unix endpoint is unix:/absolute/path");
    }
    if (path.size() > kUnixPathBytesMax) {
      return fail(Code::invalid_configuration, "The path of a unix endpoint is too long");
    }
    return Endpoint(UnixEndpoint{std::string(path)});
  }
  if (text.starts_with(kVsockPrefix)) {
    const std::string_view rest = text.substr(kVsockPrefix.size());
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) {
      return fail(Code::invalid_configuration, "A vsock endpoint is vsock:CID:PORT");
    }
    NSL_TRY(const std::uint32_t cid, parse_number(rest.substr(0, colon)));
    NSL_TRY(const std::uint32_t port, parse_number(rest.substr(colon + 1)));
    return Endpoint(VsockEndpoint{.cid = cid, .port = port});
  }
  return fail(Code::invalid_configuration, "An endpoint is unix:/path or vsock:CID:PORT");
}

std::string to_text(const Endpoint& endpoint) {
  if (const auto* unix_endpoint = std::get_if<UnixEndpoint>(&endpoint)) {
    return fmt::format("{}{}", kUnixPrefix, unix_endpoint->path);
  }
  const auto& vsock = std::get<VsockEndpoint>(endpoint);
  return fmt::format("{}{}:{}", kVsockPrefix, vsock.cid, vsock.port);
}

}  // namespace nsl::wire
