#include "enclave/chain/rpc_client.h"

#include <fmt/format.h>

namespace nsl::enclave::chain {
namespace {

// Errors that say something about us rather than about the node pass as they are.
bool is_about_the_caller(Code code) {
  return code == Code::deadline_exceeded || code == Code::cancelled ||
         code == Code::http_reply_too_large;
}

std::string request_json(std::uint64_t id, std::string_view method, std::string_view parameters) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{}}})", id, method,
                     parameters);
}

Result<std::string> answer_of(RpcReply reply, std::string_view method) {
  if (!reply.error.has_value()) return std::move(reply.result_json);
  const Code code = to_code(reply.error->number);
  return fail(code, std::string(code_title(code)),
              fmt::format("{}: {} {}", method, reply.error->number, reply.error->text));
}

}  // namespace

Result<std::string> RpcClient::exchange(std::string body, const Deadline& deadline) {
  outcall::HttpRequest request;
  request.method = "POST";
  request.url = url_;
  request.headers.push_back({.name = "Content-Type", .value = "application/json"});
  request.body = std::move(body);
  Result<outcall::HttpReply> reply = http_.exchange(request, policy_, deadline);
  // neo-go answers some errors with a 4xx status and the JSON error in the body.
  if (reply.has_value()) return std::move(reply->body);
  if (is_about_the_caller(reply.error().code())) return fail(reply.error());
  return fail(Code::node_unavailable, "The Neo node is away",
              std::string(reply.error().message()) + " " + reply.error().detail());
}

Result<std::string> RpcClient::call(std::string_view method, std::string_view parameters,
                                    const Deadline& deadline) {
  const std::uint64_t id = next_id_++;
  NSL_TRY(const std::string body, exchange(request_json(id, method, parameters), deadline));
  NSL_TRY(RpcReply reply, parse_reply(body, id));
  return answer_of(std::move(reply), method);
}

Result<std::vector<Result<std::string>>> RpcClient::call_each(
    std::string_view method, std::span<const std::string> parameters, const Deadline& deadline) {
  const std::uint64_t first_id = next_id_.fetch_add(parameters.size());
  std::string body;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    body += i == 0 ? '[' : ',';
    body += request_json(first_id + i, method, parameters[i]);
  }
  body += ']';
  NSL_TRY(const std::string text, exchange(std::move(body), deadline));
  NSL_TRY(std::vector<RpcReply> replies, parse_replies(text, first_id, parameters.size()));
  std::vector<Result<std::string>> answers;
  answers.reserve(replies.size());
  for (RpcReply& reply : replies) answers.push_back(answer_of(std::move(reply), method));
  return answers;
}

}  // namespace nsl::enclave::chain
