#include "client/api/session.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <utility>

#include "client/api/problem.h"
#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/codec/ulid.h"
#include "core/seal/seal.h"
#include "nsl/v1/attestation.service.h"
#include "nsl/v1/options.pb.h"

namespace nsl::client::api {
namespace {

constexpr std::string_view kPlainType = "application/proto";
constexpr std::size_t kNonceBytes = 32;

Result<attestation::TrustAnchor> anchor_for(const Trust& trust, ByteView document) {
  if (!trust.development_root.has_value()) return attestation::aws_nitro_root();
  return attestation::find_development_root(document, *trust.development_root);
}

v1::Operation operation_options(const std::string& full_name) {
  const google::protobuf::MethodDescriptor* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
  NSL_ASSERT(method != nullptr);  // The name came from a generated stub.
  return method->options().GetExtension(v1::operation);
}

}  // namespace

Result<Evidence> fetch_evidence(wire::Transport& transport, const Trust& trust, ByteView nonce,
                                const Clock& clock) {
  v1::GetAttestationRequest request;
  request.set_nonce(codec::encode_hex(nonce));
  const auto deadline = Deadline::after_ms(clock, limits::kRequestDeadlineMsDefault);
  NSL_TRY(v1::Attestation reply, v1::AttestationServiceStub(transport).get(request, deadline));
  const ByteView document = as_bytes(reply.document());
  NSL_TRY(const attestation::TrustAnchor anchor, anchor_for(trust, document));
  const attestation::Expectations expectations{
      .at = clock.wall_time(), .nonce = to_bytes(nonce), .measurements = trust.measurements};
  NSL_TRY(attestation::VerifiedAttestation verified,
          attestation::verify(document, as_bytes(reply.binding()), anchor, expectations));
  return Evidence{std::move(reply), std::move(verified)};
}

Session::Session(Options options, Http& http, const Clock& clock, Random& random)
    : options_(std::move(options)), http_(http), clock_(clock), random_(random) {
  NSL_ASSERT(!options_.url.empty() && options_.url.back() != '/');
}

Deadline Session::deadline() const {
  return Deadline::after_ms(clock_, limits::kRequestDeadlineMsMax);
}

Result<std::string> Session::call(std::string_view service, std::string_view method,
                                  std::string payload, const Deadline& deadline) {
  refusal_.reset();
  if (deadline.has_passed(clock_)) return fail(Code::deadline_exceeded);
  const std::string name(service);
  const v1::Operation options = operation_options(name + "." + std::string(method));
  const std::string operation = name + "/" + std::string(method);
  // A credential in clear could be used by the host to seal requests of its own, so whatever needs
  // one is sealed.
  if (options.seal() == v1::Operation::OPTIONAL && options.scope().empty()) {
    return call_plain(operation, std::move(payload), deadline);
  }
  std::string idempotency_key;
  if (options.idempotency() != v1::Operation::NATURAL) {
    idempotency_key = codec::make_id("idem", clock_.wall_time(), random_);
  }
  auto reply = call_sealed(operation, payload, idempotency_key, deadline);
  if (reply.has_value() || reply.error().code() != Code::seal_stale) return reply;
  // The enclave was started again since it was verified. Nothing was done: its key did not open
  // the request.
  enclave_.reset();
  refusal_.reset();
  return call_sealed(operation, payload, idempotency_key, deadline);
}

Result<std::string> Session::call_plain(const std::string& path, std::string payload,
                                        const Deadline& deadline) {
  NSL_TRY(HttpReply reply, post(path, kPlainType, std::move(payload), deadline));
  if (reply.status != 200) return fail(refuse(parse_problem(reply)));
  if (!reply.content_type.starts_with(kPlainType)) {
    return fail(Code::cli_unreachable, "This URL does not answer like a Neo Service Layer");
  }
  return std::move(reply.body);
}

Result<std::string> Session::call_sealed(const std::string& operation, const std::string& payload,
                                         const std::string& idempotency_key,
                                         const Deadline& deadline) {
  NSL_TRY_VOID(verify_enclave());
  const seal::Recipient recipient{enclave_->binding.sealing_key, enclave_->binding_digest};
  const seal::Envelope envelope{operation, options_.account,
                                codec::make_id("req", clock_.wall_time(), random_)};
  v1::SealedContent content;
  content.set_version(seal::kVersion);
  content.set_credential(options_.credential);
  content.set_issued_at_ms(clock_.wall_time().value());
  content.set_idempotency_key(idempotency_key);
  content.set_message(payload);
  NSL_TRY(seal::SealedCall call, seal::seal_request(recipient, envelope, content, random_));
  NSL_TRY(const HttpReply reply, post(operation, seal::kContentType, call.request, deadline));
  return open_reply(call, reply);
}

Result<std::string> Session::open_reply(const seal::SealedCall& call, const HttpReply& reply) {
  // TRUST: a refusal that is not sealed comes from the host or from before the seal was opened. It
  // can only make the call fail, as the host can anyway.
  if (!reply.content_type.starts_with(seal::kContentType)) {
    return fail(refuse(parse_problem(reply)));
  }
  NSL_TRY(v1::SealedReplyContent content, call.reply_opener.open(as_bytes(reply.body)));
  if (content.has_problem()) return fail(refuse(content.problem()));
  return std::move(*content.mutable_message());
}

Result<HttpReply> Session::post(const std::string& path, std::string_view content_type,
                                std::string body, const Deadline& deadline) {
  const std::int64_t ms = deadline.ms_left(clock_);
  if (ms == 0) return fail(Code::deadline_exceeded);
  HttpRequest request{
      .url = options_.url + "/" + path,
      .content_type = std::string(content_type),
      .headers = {{"Connect-Protocol-Version", "1"}, {"Connect-Timeout-Ms", std::to_string(ms)}},
      .body = std::move(body),
      .timeout_ms = ms};
  return http_.post(request);
}

Result<void> Session::verify_enclave() {
  if (enclave_.has_value()) return {};
  if (!options_.trust.development_root.has_value() && options_.trust.measurements.empty()) {
    return fail(Code::cli_trust_refused,
                "No measurements are pinned for this service, so any enclave could pass for it");
  }
  const auto nonce = random_.bytes<kNonceBytes>();
  NSL_TRY(Evidence evidence, fetch_evidence(*this, options_.trust, nonce, clock_));
  enclave_.emplace(std::move(evidence.verified));
  return {};
}

Error Session::refuse(v1::Problem problem) {
  Error error = to_error(problem);
  refusal_ = std::move(problem);
  return error;
}

}  // namespace nsl::client::api
