// A gateway and an enclave for tests of the client, without a network: it attests with a software
// security module, opens seals, and answers operations with what the test gives it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client/api/http.h"
#include "client/api/session.h"
#include "core/attestation/testing/software_module.h"
#include "nsl/v1/common.pb.h"
#include "nsl/v1/sealed.pb.h"

namespace nsl::client::api {

class FakeService final : public Http {
 public:
  // One call as the service saw it.
  struct Call {
    std::string operation = {};
    bool is_sealed = false;
    // From the header, or from inside the seal.
    std::string credential = {};
    std::string account = {};
    std::string idempotency_key = {};
    std::string message = {};
  };
  // The reply message's bytes, or a refusal.
  using Handler = std::function<std::expected<std::string, v1::Problem>(const Call&)>;

  FakeService(Random& random, const Clock& clock);

  Result<HttpReply> post(const HttpRequest& request) override;

  // Answers this operation, "nsl.v1.SecretService/List".
  void on(const std::string& operation, Handler handler) { handlers_[operation] = handler; }
  // The same boot's keys go, as after a restart.
  void restart();
  // What a client must trust to believe it.
  Trust trust() const;
  const attestation::SoftwareModule& module() const { return module_; }
  const attestation::BoundKeys& keys() const { return keys_; }
  Bytes binding() const { return attestation::encode_binding(keys_.binding); }
  const std::vector<Call>& calls() const { return calls_; }
  const std::vector<HttpRequest>& requests() const { return requests_; }
  // Changes a reply before the client sees it: a host in the middle.
  std::function<void(HttpReply&)> tamper = [](HttpReply&) {};

 private:
  HttpReply answer(const HttpRequest& request);
  HttpReply answer_sealed(const HttpRequest& request);
  HttpReply answer_plain(const std::string& operation, const HttpRequest& request);
  std::expected<std::string, v1::Problem> handle(const Call& call);
  std::string attest(const std::string& request);

  Random& random_;
  const Clock& clock_;
  attestation::SoftwareModule module_;
  attestation::BoundKeys keys_;
  std::map<std::string, Handler> handlers_;
  std::vector<Call> calls_;
  std::vector<HttpRequest> requests_;
};

// As the gateway refuses on /nsl.v1.*.
HttpReply connect_error(const v1::Problem& problem);
v1::Problem problem_of(Code code);

}  // namespace nsl::client::api
