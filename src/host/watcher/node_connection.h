// One kept-alive HTTP connection to a Neo node's JSON-RPC port. Blocking; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::host::watcher {

// "http://127.0.0.1:20331" in parts.
struct NodeAddress {
  std::string host;
  std::string port;
};
Result<NodeAddress> parse_node_url(std::string_view url);

// What the watcher asks a node; tests bring a scripted one.
class Node {
 public:
  virtual ~Node() = default;
  // The whole JSON-RPC reply. `parameters` is a JSON array. Code::node_unavailable when the node
  // does not answer.
  virtual Result<std::string> call(std::string_view method, std::string_view parameters) = 0;
};

class NodeConnection final : public Node {
 public:
  explicit NodeConnection(NodeAddress address);
  ~NodeConnection() override;
  NodeConnection(const NodeConnection&) = delete;
  NodeConnection& operator=(const NodeConnection&) = delete;

  Result<std::string> call(std::string_view method, std::string_view parameters) override;

 private:
  class Stream;
  Result<std::string> exchange(const std::string& body);

  const NodeAddress address_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace nsl::host::watcher
