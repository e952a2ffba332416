// The errors of Neo nodes' JSON-RPC, as our codes and with what to do about each.
//
// Sources: NEP-23 (-101 to -109, -300 to -304, -500 to -512, -601 to -608), JSON-RPC 2.0 section
// 5.1 (-32700 to -32603), and pkg/neorpc/errors.go of nspcc-dev/neo-go v0.122.0.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/result.h"

namespace nsl::neo {

enum class RpcRetry : std::uint8_t {
  // The same request fails again, at every node.
  never,
  // The same request may succeed later, or now at a node that is further on.
  later,
  // This node cannot or does not serve such requests; another one may.
  other_node,
  // What was asked for is the case already: as good as success.
  is_done,
};

struct RpcErrorRule {
  std::int64_t number = 0;
  std::string_view name;
  Code code = Code::node_refused;
  RpcRetry retry = RpcRetry::never;
};

// Every number there is a rule for, in falling order.
std::span<const RpcErrorRule> rpc_error_rules();
// A number nobody has written down is Code::node_refused, and another node may know better.
const RpcErrorRule& rpc_error_rule(std::int64_t number);

}  // namespace nsl::neo
