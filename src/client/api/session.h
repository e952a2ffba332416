// A signed-in conversation with one service. It is the transport under the generated stubs: an
// operation that its descriptor marks `seal: REQUIRED` travels sealed to the attested key with the
// credential inside; every other one travels as a plain Connect call with a bearer token.
//
// Nothing is sealed before the enclave is verified: with a fresh nonce, against exactly one trust
// anchor, and in production against the profile's measurements. The verified keys are kept for the
// life of the session and fetched again once when the enclave says they are stale.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/api/http.h"
#include "core/attestation/attestation.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/wire/service.h"
#include "nsl/v1/attestation.pb.h"
#include "nsl/v1/common.pb.h"

namespace nsl::seal {
struct SealedCall;
}

namespace nsl::client::api {

// Which enclave may be sealed to.
struct Trust {
  // SHA-256 of this installation's development root; nothing: AWS's root.
  std::optional<crypto::Digest32> development_root;
  // Registers the enclave must have. Production needs them: AWS's root vouches for anybody's
  // enclave.
  attestation::Registers measurements;
};

struct Evidence {
  v1::Attestation reply;
  attestation::VerifiedAttestation verified;
};

// Fetches and verifies the attestation for this nonce. Any enclave of the trusted root passes when
// `trust` names no measurements.
Result<Evidence> fetch_evidence(wire::Transport& transport, const Trust& trust, ByteView nonce,
                                const Clock& clock);

// Used from one thread.
class Session final : public wire::Transport {
 public:
  struct Options {
    // "http://127.0.0.1:8080", without a slash at the end.
    std::string url;
    Trust trust;
    // Account id and token; empty before sign-in.
    std::string account;
    std::string credential;
  };

  Session(Options options, Http& http, const Clock& clock, Random& random);

  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& deadline) override;

  const Trust& trust() const { return options_.trust; }
  bool is_signed_in() const { return !options_.credential.empty(); }
  const Clock& clock() const { return clock_; }
  // How long one call may take.
  Deadline deadline() const;
  // What the service said when it refused the last call.
  const std::optional<v1::Problem>& refusal() const { return refusal_; }

 private:
  Result<std::string> call_plain(const std::string& path, std::string payload,
                                 const Deadline& deadline);
  Result<std::string> call_sealed(const std::string& operation, const std::string& payload,
                                  const std::string& idempotency_key, const Deadline& deadline);
  Result<std::string> open_reply(const seal::SealedCall& call, const HttpReply& reply);
  Result<HttpReply> post(const std::string& path, std::string_view content_type, std::string body,
                         const Deadline& deadline);
  Result<void> verify_enclave();
  Error refuse(v1::Problem problem);

  Options options_;
  Http& http_;
  const Clock& clock_;
  Random& random_;
  std::optional<attestation::VerifiedAttestation> enclave_;
  std::optional<v1::Problem> refusal_;
};

}  // namespace nsl::client::api
