#include "enclave/router/router.h"

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "nsl/v1/sealed.pb.h"

namespace nsl::enclave::router {
namespace {

using google::protobuf::Message;
using internal::v1::Frame;

struct ErrorText {
  std::string pointer;
  std::string message;
};

// A service names a refused field by starting its message with a JSON pointer: "/name: why".
ErrorText split_pointer(const std::string& message) {
  const std::size_t colon = message.find(": ");
  if (!message.starts_with('/') || colon == std::string::npos) return {{}, message};
  return {message.substr(0, colon), message.substr(colon + 2)};
}

Frame error_frame(const Error& error) {
  const ErrorText text = split_pointer(error.message());
  Frame frame;
  frame.mutable_error()->set_code(std::string(code_text(error.code())));
  frame.mutable_error()->set_message(text.message);
  if (!text.pointer.empty()) {
    auto* violation = frame.mutable_error()->add_violations();
    violation->set_pointer(text.pointer);
    violation->set_message(text.message);
  }
  return frame;
}

nsl::v1::Problem to_problem(const Error& error, const std::string& request_id) {
  const ErrorText text = split_pointer(error.message());
  nsl::v1::Problem problem;
  problem.set_type(fmt::format("urn:nsl:error:{}", code_text(error.code())));
  problem.set_title(std::string(code_title(error.code())));
  problem.set_status(static_cast<std::uint32_t>(code_http_status(error.code())));
  problem.set_detail(text.message);
  problem.set_code(std::string(code_text(error.code())));
  problem.set_request_id(request_id);
  if (!text.pointer.empty()) {
    auto* violation = problem.add_errors();
    violation->set_pointer(text.pointer);
    violation->set_message(text.message);
  }
  return problem;
}

auto refuse_plain() {
  return fail(
      Code::seal_required,
      "This operation must be sealed to the enclave (or the account must allow plain requests)");
}

}  // namespace

Router::Router(const std::vector<wire::Service<Call>*>& services, Parts parts) : parts_(parts) {
  for (wire::Service<Call>* service : services) {
    const auto& descriptor = service->descriptor();
    for (int i = 0; i < descriptor.method_count(); ++i) {
      Operation operation = make_operation(*service, *descriptor.method(i));
      NSL_ASSERT(operations_.emplace(operation.full_name, std::move(operation)).second);
    }
  }
}

void Router::serve(const Frame& frame, const Deadline& deadline, Answer answer) {
  const Result<const Operation*> operation = find_operation(frame);
  if (!operation.has_value()) return answer(error_frame(operation.error()));
  if (frame.sealed()) return serve_sealed(**operation, frame, deadline, std::move(answer));
  serve_plain(**operation, frame, deadline, std::move(answer));
}

Result<const Operation*> Router::find_operation(const Frame& frame) const {
  std::string name;
  name.reserve(frame.service_type().size() + 1 + frame.operation().size());
  name.append(frame.service_type()).append(1, '/').append(frame.operation());
  const auto found = operations_.find(name);
  if (found == operations_.end()) return fail(Code::unknown_operation);
  return &found->second;
}

void Router::serve_plain(const Operation& operation, const Frame& frame, const Deadline& deadline,
                         Answer answer) {
  const std::string nobody;
  const Inbound inbound{.operation = operation,
                        .is_sealed = false,
                        .request_id = frame.trace().request_id(),
                        .account_claimed = nobody,
                        .credential = frame.credential(),
                        .idempotency_key = frame.idempotency_key(),
                        .if_match = frame.if_match(),
                        .message = frame.payload()};
  const auto to_reply = [](const Result<Outbound>& outcome) {
    if (!outcome.has_value()) return error_frame(outcome.error());
    Frame reply;
    reply.set_payload(outcome->message);
    reply.set_etag(outcome->etag);
    return reply;
  };
  serve_inbound(inbound, deadline, to_reply, std::move(answer));
}

void Router::serve_sealed(const Operation& operation, const Frame& frame, const Deadline& deadline,
                          Answer answer) {
  Result<session::OpenedRequest> result =
      parts_.session.open(as_bytes(frame.payload()), operation.full_name);
  if (!result.has_value()) return answer(error_frame(result.error()));
  auto opened = std::make_unique<session::OpenedRequest>(*std::move(result));
  const LogRequestScope scope(opened->request_id);
  const Inbound inbound{.operation = operation,
                        .is_sealed = true,
                        .request_id = opened->request_id,
                        .account_claimed = opened->account,
                        .credential = opened->content.credential(),
                        .idempotency_key = opened->content.idempotency_key(),
                        .if_match = opened->content.if_match(),
                        .message = opened->content.message()};
  // Nothing of the router: an answer may be given after it has gone.
  auto to_reply = [opened = std::move(opened),
                   &random = parts_.random](const Result<Outbound>& outcome) {
    nsl::v1::SealedReplyContent content;
    content.set_version(1);
    if (outcome.has_value()) {
      content.set_message(outcome->message);
      content.set_etag(outcome->etag);
    } else {
      *content.mutable_problem() = to_problem(outcome.error(), opened->request_id);
    }
    Frame reply;
    reply.set_sealed(true);
    reply.set_payload(opened->reply_sealer.seal(content, random));
    return reply;
  };
  serve_inbound(inbound, deadline, std::move(to_reply), std::move(answer));
}

void Router::serve_inbound(const Inbound& inbound, const Deadline& deadline, ToReply to_reply,
                           Answer answer) {
  // Who is not known is refused without an audit entry: a stranger must not fill the log.
  const Result<identity::Caller> caller = authenticate(inbound, deadline);
  if (!caller.has_value()) return answer(to_reply(fail(caller.error())));
  const wire::MessagePointer message(inbound.operation.request_prototype().New());
  Ending ending;
  const Result<Outbound> outcome = serve_caller(inbound, *caller, *message, ending, deadline);
  if (!outcome.has_value()) {
    log_failure("router", inbound.operation.full_name, outcome.error());
  }
  audit::Event event{.account = caller->account.value(),
                     .request_id = inbound.request_id,
                     .operation = inbound.operation.full_name,
                     .resource = resource_of(inbound.operation, *message),
                     .failure = {}};
  if (!outcome.has_value()) event.failure = outcome.error().code();
  const bool is_audited = inbound.operation.options.audited();
  if (ending.key.has_value()) {
    const Result<void> kept = commit_with_reply(ending, is_audited, std::move(event), deadline);
    parts_.idempotency.release(*ending.key);
    return answer(to_reply(kept.has_value() ? outcome : fail(kept.error())));
  }
  Frame reply = to_reply(outcome);
  if (!is_audited) return answer(std::move(reply));
  // Without its audit entry a result does not leave the enclave, but no worker waits for that.
  parts_.audit.add_to(ending.batch, event);
  parts_.vault.commit_then(
      std::move(ending.batch), deadline,
      [reply = std::move(reply), to_reply = std::move(to_reply),
       answer = std::move(answer)](const Result<void>& committed) mutable {
        answer(committed.has_value() ? std::move(reply) : to_reply(fail(committed.error())));
      });
}

Result<identity::Caller> Router::authenticate(const Inbound& inbound,
                                              const Deadline& deadline) const {
  const Operation& operation = inbound.operation;
  if (operation.is_internal && inbound.is_sealed) return fail(Code::unknown_operation);
  if (operation.is_internal) return identity::Caller{};
  if (!operation.options.scope().empty()) {
    return parts_.identity.authenticate(inbound.credential, deadline);
  }
  const bool seal_required = operation.options.seal() != nsl::v1::Operation::OPTIONAL;
  if (seal_required && !inbound.is_sealed) return refuse_plain();
  return identity::Caller{};
}

Result<Router::Outbound> Router::serve_caller(const Inbound& inbound,
                                              const identity::Caller& caller, Message& message,
                                              Ending& ending, const Deadline& deadline) {
  if (!message.ParseFromString(inbound.message)) {
    message.Clear();
    return fail(Code::malformed_request, "The request is not the message this operation takes");
  }
  NSL_TRY_VOID(authorise(inbound, caller));
  return execute_once(inbound, caller, message, ending, deadline);
}

Result<void> Router::authorise(const Inbound& inbound, const identity::Caller& caller) {
  const Operation& operation = inbound.operation;
  if (operation.options.scope().empty()) return {};
  if (inbound.is_sealed && inbound.account_claimed != caller.account.value()) {
    return fail(Code::seal_invalid, "The request was sealed for another account");
  }
  // The host reads what is not sealed. A credential it has read could seal requests of its own, so
  // only one that is good for nothing but reading may travel in clear.
  const nsl::v1::Operation::Seal seal = operation.options.seal();
  const bool is_harmless_in_clear = seal == nsl::v1::Operation::OPTIONAL && caller.can_only_read();
  const bool may_be_plain =
      (caller.allows_plain_requests && seal != nsl::v1::Operation::ALWAYS) || is_harmless_in_clear;
  if (!inbound.is_sealed && !may_be_plain) {
    return refuse_plain();
  }
  if (!caller.may(operation.options.scope())) {
    return fail(Code::permission_denied,
                fmt::format("The credential lacks the scope {}", operation.options.scope()));
  }
  return {};
}

Result<Router::Outbound> Router::execute_once(const Inbound& inbound,
                                              const identity::Caller& caller,
                                              const Message& message, Ending& ending,
                                              const Deadline& deadline) {
  using Rule = nsl::v1::Operation;
  const auto rule = inbound.operation.options.idempotency();
  if (rule == Rule::KEY_REQUIRED && inbound.idempotency_key.empty()) {
    return fail(Code::idempotency_key_required);
  }
  if (rule == Rule::NATURAL || inbound.idempotency_key.empty()) {
    const Call call{
        deadline,     caller, inbound.request_id, inbound.if_match, parts_.clock.wall_time(),
        parts_.random};
    return execute(inbound, call, message);
  }
  const IdempotencyKey key{.account = caller.account.value(),
                           .operation = inbound.operation.full_name,
                           .key = inbound.idempotency_key,
                           .request = inbound.message};
  NSL_TRY(const IdempotencyBook::Admission admission, parts_.idempotency.admit(key, deadline));
  ending.key = key;
  if (admission.reply.has_value()) return repeat(inbound.operation, *admission.reply);
  RepeatableRandom random(admission.seed);
  const Call call{deadline, caller, inbound.request_id, inbound.if_match, admission.now, random};
  Result<Outbound> outcome = execute(inbound, call, message);
  if (outcome.has_value()) {
    IdempotencyBook::keep_reply(ending.batch, key, admission, outcome->message);
  }
  return outcome;
}

Result<Router::Outbound> Router::repeat(const Operation& operation, const std::string& reply) {
  const wire::MessagePointer message(operation.reply_prototype().New());
  if (!message->ParseFromString(reply)) return fail(Code::record_corrupt);
  return Outbound{.message = reply, .etag = etag_of(*message)};
}

Result<Router::Outbound> Router::execute(const Inbound& inbound, const Call& call,
                                         const Message& message) {
  const Operation& operation = inbound.operation;
  NSL_TRY(const wire::MessagePointer reply,
          operation.service->dispatch(operation.method->index(), call, message));
  return Outbound{.message = reply->SerializeAsString(), .etag = etag_of(*reply)};
}

Result<void> Router::commit_with_reply(Ending& ending, bool is_audited, audit::Event event,
                                       const Deadline& deadline) {
  if (is_audited) parts_.audit.add_to(ending.batch, event);
  if (ending.batch.empty()) return {};
  Result<void> committed = parts_.vault.commit(std::move(ending.batch), deadline);
  const bool is_refused =
      !committed.has_value() && (committed.error().code() == Code::version_conflict ||
                                 committed.error().code() == Code::limit_exceeded);
  if (!is_refused || !is_audited) return committed;
  // The reply cannot be kept; what was done is told all the same.
  event.failure = committed.error().code();
  vault::Batch entry;
  parts_.audit.add_to(entry, event);
  NSL_TRY_VOID(parts_.vault.commit(std::move(entry), deadline));
  return committed;
}

}  // namespace nsl::enclave::router
