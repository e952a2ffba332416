#include "enclave/chain/rpc_evidence.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/application_log.h"
#include "core/neo/native.h"

namespace nsl::enclave::chain {
namespace {

// neo-project/neo Role.StateValidator.
constexpr int kStateValidatorRole = 4;

Result<neo::JsonValue> parse_result(const std::string& result_json) {
  return neo::parse_json(result_json, static_cast<std::size_t>(limits::kChainReplyBytesMax));
}

// The bytes a node gives as a JSON string of Base64.
Result<Bytes> parse_bytes(const std::string& result_json) {
  NSL_TRY(const neo::JsonValue json, parse_result(result_json));
  const std::string* text = json.find_string();
  if (text == nullptr) return fail(Code::node_malformed_reply);
  return codec::decode_base64(*text);
}

}  // namespace

Result<neo::BlockIndex> RpcEvidence::height(const Deadline& deadline) {
  NSL_TRY(const std::string json, node_->call("getblockcount", "[]", deadline));
  NSL_TRY(const std::uint64_t count, parse_unsigned(json));
  if (count == 0 || count > UINT32_MAX) return fail(Code::node_malformed_reply);
  return neo::BlockIndex(static_cast<std::uint32_t>(count - 1));
}

Result<std::vector<neo::Header>> RpcEvidence::headers(neo::BlockIndex first, std::size_t count,
                                                      const Deadline& deadline) {
  std::vector<std::string> parameters;
  parameters.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    parameters.push_back(fmt::format("[{},0]", first.value() + i));
  }
  NSL_TRY(const auto replies, node_->call_each("getblockheader", parameters, deadline));
  std::vector<neo::Header> headers;
  for (const Result<std::string>& reply : replies) {
    // The node has no more.
    if (!reply.has_value()) break;
    NSL_TRY(const Bytes bytes, parse_bytes(*reply));
    NSL_TRY(neo::Header header, neo::parse_header(bytes));
    headers.push_back(std::move(header));
  }
  return headers;
}

Result<neo::Header> RpcEvidence::header_named(const neo::UInt256& hash, const Deadline& deadline) {
  NSL_TRY(const std::string json,
          node_->call("getblockheader", fmt::format(R"(["{}",0])", hash.to_text()), deadline));
  NSL_TRY(const Bytes bytes, parse_bytes(json));
  return neo::parse_header(bytes);
}

Result<neo::Block> RpcEvidence::block(neo::BlockIndex index, const Deadline& deadline) {
  NSL_TRY(const std::string json,
          node_->call("getblock", fmt::format("[{},0]", index.value()), deadline));
  NSL_TRY(const Bytes bytes, parse_bytes(json));
  return neo::parse_block(bytes);
}

Result<neo::StateRoot> RpcEvidence::state_root(neo::BlockIndex index, const Deadline& deadline) {
  NSL_TRY(const std::string json,
          node_->call("getstateroot", fmt::format("[{}]", index.value()), deadline));
  NSL_TRY(const neo::JsonValue value, parse_result(json));
  return neo::parse_rpc_state_root(value);
}

Result<neo::StorageProof> RpcEvidence::storage_proof(const neo::UInt256& root,
                                                     const neo::UInt160& contract, ByteView key,
                                                     const Deadline& deadline) {
  NSL_TRY(const std::string json,
          node_->call("getproof",
                      fmt::format(R"(["{}","{}","{}"])", root.to_text(), contract.to_text(),
                                  codec::encode_base64(key)),
                      deadline));
  NSL_TRY(const Bytes bytes, parse_bytes(json));
  return neo::parse_storage_proof(bytes);
}

Result<std::vector<neo::StorageProof>> RpcEvidence::neighbours(const neo::UInt256& root,
                                                               const neo::UInt160& contract,
                                                               const StorageRange& range,
                                                               const Deadline& deadline) {
  NSL_TRY(const std::string json,
          node_->call(
              "findstates",
              fmt::format(R"(["{}","{}","{}","{}",2])", root.to_text(), contract.to_text(),
                          codec::encode_base64(range.prefix), codec::encode_base64(range.after)),
              deadline));
  NSL_TRY(const neo::JsonValue found, parse_result(json));
  std::vector<neo::StorageProof> ways;
  for (const char* name : {"firstProof", "lastProof"}) {
    const neo::JsonValue* field = found.find(name);
    const std::string* text = field == nullptr ? nullptr : field->find_string();
    // Absent or null: there are fewer items.
    if (text == nullptr || text->empty()) continue;
    NSL_TRY(const Bytes bytes, codec::decode_base64(*text));
    NSL_TRY(neo::StorageProof way, neo::parse_storage_proof(bytes));
    ways.push_back(std::move(way));
  }
  return ways;
}

Result<std::vector<neo::PublicKey>> RpcEvidence::state_validators(neo::BlockIndex index,
                                                                  const Deadline& deadline) {
  const std::string parameters =
      fmt::format(R"(["{}","getDesignatedByRole",[{{"type":"Integer","value":"{}"}},)"
                  R"({{"type":"Integer","value":"{}"}}]])",
                  neo::hash_of(neo::kRoleManagement).to_text(), kStateValidatorRole, index.value());
  NSL_TRY(const std::string json, node_->call("invokefunction", parameters, deadline));
  NSL_TRY(const Invocation invocation, parse_invocation(json));
  if (!invocation.is_halt) return fail(Code::node_refused);
  NSL_TRY(const neo::JsonValue stack, parse_result(invocation.stack_json));
  const neo::JsonValue::Array* items = stack.find_array();
  if (items == nullptr || items->size() != 1) return fail(Code::node_malformed_reply);
  NSL_TRY(const neo::StackItem list, neo::parse_rpc_stack_item(items->front()));
  NSL_TRY(const neo::StackItem::List& entries, list.items());
  std::vector<neo::PublicKey> keys;
  for (const neo::StackItem& entry : entries) {
    NSL_TRY(const Bytes bytes, entry.to_bytes());
    NSL_TRY(const neo::PublicKey key, neo::parse_public_key(bytes));
    keys.push_back(key);
  }
  return keys;
}

}  // namespace nsl::enclave::chain
