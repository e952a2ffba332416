#include "host/nodes/node_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"

namespace nsl::host::nodes {

Result<NodeAddress> parse_node_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  const auto refused = [&] {
    return fail(Code::invalid_configuration, fmt::format("'{}' is not http://HOST:PORT", url));
  };
  std::string_view place = url;
  if (!place.starts_with(kScheme)) return refused();
  place.remove_prefix(kScheme.size());
  if (place.ends_with('/')) place.remove_suffix(1);
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == place.size()) return refused();
  const std::string_view port = place.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string_view::npos) return refused();
  const std::string_view host = place.substr(0, colon);
  if (host.find_first_of("/@?#\\ ") != std::string_view::npos) return refused();
  return NodeAddress{.host = std::string(host), .port = std::string(port)};
}

Result<std::vector<NodeAddress>> parse_node_urls(const std::vector<std::string>& urls) {
  if (urls.empty()) {
    return fail(Code::invalid_configuration, "--chain is needed at least once");
  }
  if (urls.size() > static_cast<std::size_t>(limits::kNodesMax)) {
    return fail(Code::invalid_configuration,
                fmt::format("--chain may be given {} times", limits::kNodesMax));
  }
  std::vector<NodeAddress> addresses;
  for (const std::string& url : urls) {
    NSL_TRY(NodeAddress address, parse_node_url(url));
    if (std::ranges::find(addresses, address) != addresses.end()) {
      return fail(Code::invalid_configuration, fmt::format("--chain names '{}' twice", url));
    }
    addresses.push_back(std::move(address));
  }
  return addresses;
}

}  // namespace nsl::host::nodes
