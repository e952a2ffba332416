#include "host/nodes/rpc_batch.h"

#include <fmt/format.h>

#include <optional>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/neo/rpc_error.h"

namespace nsl::host::nodes {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

// The error a reply carries, if it carries one.
std::optional<Error> error_of(const element& reply) {
  element error;
  if (reply["error"].get(error) != SUCCESS || error.is_null()) return std::nullopt;
  std::int64_t number = 0;
  if (error["code"].get_int64().get(number) != SUCCESS) return malformed_reply("error").error();
  const neo::RpcErrorRule& rule = neo::rpc_error_rule(number);
  return Error(
      rule.code, fmt::format("The Neo node says: {}", rule.name),
      simdjson::minify(error).substr(0, static_cast<std::size_t>(limits::kLogLineBytesMax)));
}

}  // namespace

std::unexpected<Error> malformed_reply(std::string_view what) {
  return fail(Code::node_malformed_reply, "The Neo node's reply is malformed", std::string(what));
}

std::string to_batch_text(std::span<const RpcRequest> requests) {
  NSL_ASSERT(!requests.empty());
  NSL_ASSERT(requests.size() <= static_cast<std::size_t>(limits::kNodeBatchMax));
  std::string text;
  std::size_t id = 0;
  for (const RpcRequest& request : requests) {
    text += fmt::format(R"({}{{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})",
                        id == 0 ? "[" : ",", id + 1, request.method, request.parameters);
    ++id;
  }
  return text + "]";
}

Result<RpcReplies> RpcReplies::parse(std::string_view text, std::size_t count) {
  RpcReplies replies;
  element root;
  if (replies.parser_->parse(text.data(), text.size()).get(root) != SUCCESS) {
    return malformed_reply("JSON");
  }
  array answers;
  if (root.get_array().get(answers) != SUCCESS) {
    std::optional<Error> error = error_of(root);
    if (error.has_value()) return fail(*std::move(error));
    return malformed_reply("not a batch");
  }
  std::vector<std::optional<element>> found(count);
  std::size_t answered = 0;
  for (const element answer : answers) {
    std::uint64_t id = 0;
    const bool is_ours = answer["id"].get_uint64().get(id) == SUCCESS && id >= 1 && id <= count &&
                         !found[id - 1].has_value();
    if (!is_ours) return malformed_reply("id");
    found[id - 1] = answer;
    ++answered;
  }
  if (answered != count) return malformed_reply("incomplete batch");
  for (const std::optional<element>& answer : found) replies.replies_.push_back(*answer);
  return replies;
}

Result<element> RpcReplies::result(std::size_t index) const {
  NSL_ASSERT(index < replies_.size());
  const element& reply = replies_[index];
  std::optional<Error> error = error_of(reply);
  if (error.has_value()) return fail(*std::move(error));
  element result;
  if (reply["result"].get(result) != SUCCESS) return malformed_reply("result");
  return result;
}

Result<std::string_view> text_at(const element& object, const char* member) {
  std::string_view text;
  if (object[member].get_string().get(text) != SUCCESS) return malformed_reply(member);
  return text;
}

Result<std::uint32_t> to_number(const element& element) {
  std::uint64_t number = 0;
  if (element.get_uint64().get(number) != SUCCESS || number > UINT32_MAX) {
    return malformed_reply("number");
  }
  return static_cast<std::uint32_t>(number);
}

}  // namespace nsl::host::nodes
