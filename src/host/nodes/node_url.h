// "http://127.0.0.1:20331" in parts: where a Neo node's JSON-RPC is. The same port serves its
// websocket, under /ws.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::host::nodes {

struct NodeAddress {
  std::string host;
  std::string port;

  // "127.0.0.1:20331": what metrics and the log call the node.
  std::string to_text() const { return host + ":" + port; }
  friend bool operator==(const NodeAddress&, const NodeAddress&) = default;
};

Result<NodeAddress> parse_node_url(std::string_view url);
// One to limits::kNodesMax, each once.
Result<std::vector<NodeAddress>> parse_node_urls(const std::vector<std::string>& urls);

}  // namespace nsl::host::nodes
