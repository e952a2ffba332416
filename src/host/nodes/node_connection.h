// One kept-alive HTTP connection to a Neo node's JSON-RPC port. Blocking; one thread at a time.
//
// It never connects a second time: a node that closed its connection may have started again with
// another chain, and whoever uses it must look before it believes the next answer.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "host/nodes/node_url.h"

namespace nsl::host::nodes {

// What the pool needs of a connection; tests bring scripted ones.
class NodeConnection {
 public:
  virtual ~NodeConnection() = default;
  // The body of the reply, whatever its HTTP status. Code::node_unavailable when there is none,
  // Code::limit_exceeded when it is larger than limits::kChainReplyBytesMax. After either the
  // connection is of no more use.
  virtual Result<std::string> exchange(const std::string& body) = 0;
};

using Dial = std::function<std::unique_ptr<NodeConnection>(const NodeAddress&)>;

// Connects at the first exchange.
std::unique_ptr<NodeConnection> dial_http(const NodeAddress& address);

}  // namespace nsl::host::nodes
