// One JSON-RPC request to one node.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "enclave/chain/rpc_reply.h"
#include "enclave/outcall/http.h"

namespace nsl::enclave::chain {

class RpcClient {
 public:
  // `policy` names the node's host and nothing else.
  RpcClient(std::string url, outcall::EgressPolicy policy, outcall::HttpExchanger& http)
      : url_(std::move(url)), policy_(std::move(policy)), http_(http) {}

  // `parameters` is a JSON array. The result as JSON text. A node's error keeps its code
  // (to_code()); a node that cannot be reached is Code::node_unavailable.
  Result<std::string> call(std::string_view method, std::string_view parameters,
                           const Deadline& deadline);
  // The same method for each of the parameters, in one request; an answer each, in their order.
  // Fails when the node gives no such list.
  Result<std::vector<Result<std::string>>> call_each(std::string_view method,
                                                     std::span<const std::string> parameters,
                                                     const Deadline& deadline);

 private:
  Result<std::string> exchange(std::string body, const Deadline& deadline);

  const std::string url_;
  const outcall::EgressPolicy policy_;
  outcall::HttpExchanger& http_;
  // Ids of a batch follow each other.
  std::atomic<std::uint64_t> next_id_ = 1;
};

}  // namespace nsl::enclave::chain
