// A node's replies, parsed. Every byte is untrusted: sizes are bounded by the HTTP client, nesting
// and counts here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/neo/block.h"
#include "enclave/chain/chain.h"

namespace nsl::enclave::chain {

// A JSON-RPC error object as our code. The node's own number and text go into the detail.
struct RpcError {
  std::int64_t number = 0;
  std::string text;
};

// The result member of a reply as JSON text, or the error it holds.
struct RpcReply {
  std::string result_json;
  std::optional<RpcError> error;
};

// Code::node_malformed_reply unless `text` is a JSON-RPC 2.0 reply to request `id`.
Result<RpcReply> parse_reply(std::string_view text, std::uint64_t id);
// The replies to `count` requests of one batch, whose ids follow `first_id`, in their order.
Result<std::vector<RpcReply>> parse_replies(std::string_view text, std::uint64_t first_id,
                                            std::size_t count);

// By the table of core/neo/rpc_error.h.
Code to_code(std::int64_t rpc_error_number);

Result<std::uint64_t> parse_unsigned(std::string_view result_json);
Result<NetworkInfo> parse_version(std::string_view result_json);
Result<ApplicationLog> parse_application_log(std::string_view result_json);
// Of the block's own bytes, which must be a block with that index and the merkle root it names.
Result<BlockContent> parse_block_content(std::string_view result_json, neo::BlockIndex index);
Result<Invocation> parse_invocation(std::string_view result_json);
// A block in base64. Its merkle root is checked, its witness is not.
Result<neo::Block> parse_raw_block(std::string_view result_json);
// Of calculatenetworkfee.
Result<neo::GasAmount> parse_network_fee(std::string_view result_json);
// The first stack item of an invocation as an integer.
Result<std::int64_t> parse_integer_result(std::string_view result_json);

}  // namespace nsl::enclave::chain
