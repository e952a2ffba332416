#include "client/api/testing/fake_service.h"

#include "core/base/assert.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/seal/seal.h"
#include "nsl/v1/attestation.pb.h"

namespace nsl::client::api {
namespace {

constexpr const char* kAttest = "nsl.v1.AttestationService/Get";

std::string header(const HttpRequest& request, const std::string& wanted) {
  for (const auto& [name, value] : request.headers) {
    if (name == wanted) return value;
  }
  return {};
}

}  // namespace

HttpReply connect_error(const v1::Problem& problem) {
  const std::string detail = codec::encode_base64(as_bytes(problem.SerializeAsString()));
  return {static_cast<int>(problem.status()), "application/json",
          "{\"code\":\"unknown\",\"message\":\"" + problem.detail() +
              "\",\"details\":[{\"type\":\"nsl.v1.Problem\",\"value\":\"" +
              detail.substr(0, detail.find('=')) + "\"}]}"};
}

v1::Problem problem_of(Code code) {
  v1::Problem problem;
  problem.set_code(std::string(code_text(code)));
  problem.set_title(std::string(code_title(code)));
  problem.set_detail(std::string(code_title(code)));
  problem.set_status(static_cast<std::uint32_t>(code_http_status(code)));
  problem.set_request_id("req_from_the_service");
  return problem;
}

FakeService::FakeService(Random& random, const Clock& clock)
    : random_(random),
      clock_(clock),
      module_(random, clock.wall_time()),
      keys_(attestation::make_bound_keys(random)) {}

void FakeService::restart() { keys_ = attestation::make_bound_keys(random_); }

Trust FakeService::trust() const {
  return {.development_root = crypto::sha256(module_.root_der()), .measurements = {}};
}

Result<HttpReply> FakeService::post(const HttpRequest& request) {
  requests_.push_back(request);
  HttpReply reply = answer(request);
  tamper(reply);
  return reply;
}

HttpReply FakeService::answer(const HttpRequest& request) {
  const std::size_t start = request.url.find("/nsl.v1.");
  NSL_ASSERT(start != std::string::npos);
  if (request.content_type == seal::kContentType) return answer_sealed(request);
  return answer_plain(request.url.substr(start + 1), request);
}

HttpReply FakeService::answer_plain(const std::string& operation, const HttpRequest& request) {
  if (operation == kAttest) return {200, "application/proto", attest(request.body)};
  const std::string bearer = header(request, "Authorization");
  const auto reply = handle({.operation = operation,
                             .credential = bearer.empty() ? "" : bearer.substr(7),
                             .message = request.body});
  if (!reply.has_value()) return connect_error(reply.error());
  return {200, "application/proto", *reply};
}

HttpReply FakeService::answer_sealed(const HttpRequest& request) {
  const auto opened =
      seal::open_request(keys_.sealing, crypto::sha256(binding()), as_bytes(request.body));
  if (!opened.has_value()) return connect_error(problem_of(opened.error().code()));
  const auto reply = handle({.operation = opened->envelope.operation,
                             .is_sealed = true,
                             .credential = opened->content.credential(),
                             .account = opened->envelope.account,
                             .idempotency_key = opened->content.idempotency_key(),
                             .message = opened->content.message()});
  v1::SealedReplyContent content;
  content.set_version(seal::kVersion);
  if (reply.has_value()) {
    content.set_message(*reply);
  } else {
    *content.mutable_problem() = reply.error();
  }
  return {200, std::string(seal::kContentType), opened->reply_sealer.seal(content, random_)};
}

std::expected<std::string, v1::Problem> FakeService::handle(const Call& call) {
  calls_.push_back(call);
  const auto handler = handlers_.find(call.operation);
  if (handler == handlers_.end()) return std::unexpected(problem_of(Code::unknown_operation));
  return handler->second(call);
}

std::string FakeService::attest(const std::string& body) {
  v1::GetAttestationRequest request;
  NSL_ASSERT(request.ParseFromString(body));
  auto nonce = codec::decode_hex(request.nonce());
  NSL_ASSERT(nonce.has_value());
  v1::Attestation reply;
  reply.set_mode(v1::Attestation::dev);
  reply.set_document(
      to_string(module_.document(keys_.binding, clock_.wall_time(), std::move(*nonce))));
  reply.set_binding(to_string(binding()));
  return reply.SerializeAsString();
}

}  // namespace nsl::client::api
