#include "enclave/chain/rpc_client.h"

#include <fmt/format.h>

namespace nsl::enclave::chain {
namespace {

// Errors that say something about us rather than about the node pass as they are.
bool is_about_the_caller(Code code) {
  return code == Code::deadline_exceeded || code == Code::cancelled ||
         code == Code::http_reply_too_large;
}

}  // namespace

Result<std::string> RpcClient::call(std::string_view method, std::string_view parameters,
                                    const Deadline& deadline) {
  const std::uint64_t id = next_id_++;
  outcall::HttpRequest request;
  request.method = "POST";
  request.url = url_;
  request.headers.push_back({.name = "Content-Type", .value = "application/json"});
  request.body = fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method,
                             parameters);
  const Result<outcall::HttpReply> reply = http_.exchange(request, policy_, deadline);
  if (!reply.has_value()) {
    if (is_about_the_caller(reply.error().code())) return fail(reply.error());
    return fail(Code::node_unavailable, "The Neo node is away",
                std::string(reply.error().message()) + " " + reply.error().detail());
  }
  // neo-go answers some errors with a 4xx status and the JSON error in the body.
  NSL_TRY(RpcReply parsed, parse_reply(reply->body, id));
  if (!parsed.error.has_value()) return std::move(parsed.result_json);
  const Code code = to_code(parsed.error->number);
  return fail(code, std::string(code_title(code)),
              fmt::format("{}: {} {}", method, parsed.error->number, parsed.error->text));
}

}  // namespace nsl::enclave::chain
