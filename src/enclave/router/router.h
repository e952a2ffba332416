// Router: the path of one request through the enclave, top to bottom. It is the only caller of
// services, so nothing reaches a service unchecked.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/wire/service.h"
#include "enclave/audit/audit_log.h"
#include "enclave/identity/identity.h"
#include "enclave/router/call.h"
#include "enclave/router/idempotency.h"
#include "enclave/router/operation.h"
#include "enclave/server/server.h"
#include "enclave/session/session.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::enclave::router {

class Router final : public server::RequestHandler {
 public:
  struct Parts {
    session::Session& session;
    const identity::Identity& identity;
    // Of the audit entries and the idempotency records.
    vault::Vault& vault;
    const audit::AuditLog& audit;
    IdempotencyBook& idempotency;
    const Clock& clock;
    Random& random;
  };

  Router(const std::vector<wire::Service<Call>*>& services, Parts parts);

  // Never fails: what goes wrong is in the answer's error.
  void serve(const internal::v1::Frame& request, const Deadline& deadline, Answer answer) override;

  // Every operation served, by full name.
  const std::map<std::string, Operation>& operations() const { return operations_; }

 private:
  // What came in, whichever way it travelled. The texts belong to the frame or to the opened seal.
  struct Inbound {
    const Operation& operation;
    bool is_sealed;
    const std::string& request_id;
    const std::string& account_claimed;
    const std::string& credential;
    const std::string& idempotency_key;
    const std::string& if_match;
    const std::string& message;
  };
  struct Outbound {
    std::string message;
    std::string etag;
  };

  // The frame that tells the outcome, the way the request travelled.
  using ToReply = std::move_only_function<internal::v1::Frame(const Result<Outbound>&)>;

  // What is stored when an operation has ended, in one commit: its audit entry, and its reply for a
  // repeat.
  struct Ending {
    vault::Batch batch;
    // Released once that is durable.
    std::optional<IdempotencyKey> key;
  };

  Result<const Operation*> find_operation(const internal::v1::Frame& frame) const;
  void serve_plain(const Operation& operation, const internal::v1::Frame& frame,
                   const Deadline& deadline, Answer answer);
  void serve_sealed(const Operation& operation, const internal::v1::Frame& frame,
                    const Deadline& deadline, Answer answer);
  void serve_inbound(const Inbound& inbound, const Deadline& deadline, ToReply to_reply,
                     Answer answer);
  // Nobody in particular for an operation that asks for no scope.
  Result<identity::Caller> authenticate(const Inbound& inbound, const Deadline& deadline) const;
  // Parses the request into `message`, which stays empty when it cannot be parsed.
  Result<Outbound> serve_caller(const Inbound& inbound, const identity::Caller& caller,
                                google::protobuf::Message& message, Ending& ending,
                                const Deadline& deadline);
  static Result<void> authorise(const Inbound& inbound, const identity::Caller& caller);
  Result<Outbound> execute_once(const Inbound& inbound, const identity::Caller& caller,
                                const google::protobuf::Message& message, Ending& ending,
                                const Deadline& deadline);
  // The reply an operation gave before, with the same entity tag.
  static Result<Outbound> repeat(const Operation& operation, const std::string& reply);
  Result<Outbound> execute(const Inbound& inbound, const Call& call,
                           const google::protobuf::Message& message);
  // Of a request that is repeated with its key: what is kept for that must be there when it
  // returns.
  Result<void> commit_with_reply(Ending& ending, bool is_audited, audit::Event event,
                                 const Deadline& deadline);

  std::map<std::string, Operation> operations_;
  Parts parts_;
};

}  // namespace nsl::enclave::router
