#include "core/neo/rpc_error.h"

#include <algorithm>
#include <array>

namespace nsl::neo {
namespace {

using enum RpcRetry;

constexpr std::array kRules = {
    // neo-go before NEP-23 knew only this one for everything it did not have.
    RpcErrorRule{-100, "unknown item", Code::not_found, later},
    RpcErrorRule{-101, "unknown block", Code::not_found, later},
    RpcErrorRule{-102, "unknown contract", Code::not_found, later},
    RpcErrorRule{-103, "unknown transaction", Code::not_found, later},
    RpcErrorRule{-104, "unknown storage item", Code::not_found, later},
    RpcErrorRule{-105, "unknown script container", Code::not_found, later},
    RpcErrorRule{-106, "unknown state root", Code::not_found, later},
    RpcErrorRule{-107, "unknown session", Code::not_found, never},
    RpcErrorRule{-108, "unknown iterator", Code::not_found, never},
    RpcErrorRule{-109, "unknown height", Code::not_found, later},
    // Of a node's own wallet, which nothing of ours uses.
    RpcErrorRule{-300, "insufficient funds in the node's wallet", Code::node_refused, never},
    RpcErrorRule{-301, "fee limit of the node's wallet", Code::node_refused, never},
    RpcErrorRule{-302, "no wallet is open", Code::node_refused, never},
    RpcErrorRule{-303, "wallet not found", Code::node_refused, never},
    RpcErrorRule{-304, "wallet not supported", Code::node_refused, never},
    RpcErrorRule{-500, "verification failed", Code::transaction_rejected, never},
    RpcErrorRule{-501, "already in a block", Code::already_exists, is_done},
    RpcErrorRule{-502, "memory pool is full", Code::mempool_full, later},
    RpcErrorRule{-503, "already in the memory pool", Code::already_exists, is_done},
    RpcErrorRule{-504, "network fee is too small", Code::network_fee_too_low, never},
    RpcErrorRule{-505, "policy refuses it", Code::transaction_rejected, never},
    RpcErrorRule{-506, "invalid script", Code::transaction_rejected, never},
    RpcErrorRule{-507, "invalid attribute", Code::transaction_rejected, never},
    RpcErrorRule{-508, "invalid signature", Code::transaction_rejected, never},
    RpcErrorRule{-509, "too large", Code::transaction_rejected, never},
    RpcErrorRule{-510, "expired", Code::transaction_expired, never},
    RpcErrorRule{-511, "insufficient GAS", Code::insufficient_gas, later},
    RpcErrorRule{-512, "invalid verification function", Code::transaction_rejected, never},
    RpcErrorRule{-601, "sessions are disabled", Code::node_refused, other_node},
    RpcErrorRule{-602, "oracle is disabled", Code::node_refused, other_node},
    RpcErrorRule{-603, "oracle request is finished", Code::node_refused, is_done},
    RpcErrorRule{-604, "oracle request is unknown", Code::node_refused, later},
    RpcErrorRule{-605, "not a designated oracle node", Code::node_refused, other_node},
    RpcErrorRule{-606, "old state is not kept", Code::node_refused, other_node},
    RpcErrorRule{-607, "invalid proof", Code::node_refused, never},
    RpcErrorRule{-608, "execution failed", Code::node_refused, never},
    RpcErrorRule{-32600, "invalid request", Code::node_refused, never},
    RpcErrorRule{-32601, "unknown method", Code::node_refused, other_node},
    RpcErrorRule{-32602, "invalid parameters", Code::node_refused, never},
    RpcErrorRule{-32603, "internal error of the node", Code::node_unavailable, other_node},
    RpcErrorRule{-32700, "request is not JSON", Code::node_refused, never},
};

constexpr RpcErrorRule kUnknown{0, "unknown error", Code::node_refused, other_node};

constexpr auto kFalling = [](std::int64_t left, std::int64_t right) { return left > right; };

static_assert(std::ranges::is_sorted(kRules, kFalling, &RpcErrorRule::number));

}  // namespace

std::span<const RpcErrorRule> rpc_error_rules() { return kRules; }

const RpcErrorRule& rpc_error_rule(std::int64_t number) {
  const auto* const found =
      std::ranges::lower_bound(kRules, number, kFalling, &RpcErrorRule::number);
  return found != kRules.end() && found->number == number ? *found : kUnknown;
}

}  // namespace nsl::neo
