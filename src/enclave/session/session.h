// Session opens sealed requests. What it returns was sealed to this enclave, for this operation,
// and has not been seen before.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/seal/seal.h"
#include "enclave/session/replay_guard.h"

namespace nsl::enclave::session {

struct OpenedRequest {
  std::string account;
  std::string request_id;
  nsl::v1::SealedContent content;
  seal::ReplySealer reply_sealer;
};

class Session {
 public:
  // The sealing key of this boot and the SHA-256 of the attestation binding that names it.
  Session(crypto::P256PrivateKey sealing_key, const crypto::Digest32& binding_digest,
          const Clock& clock)
      : sealing_key_(std::move(sealing_key)),
        binding_digest_(binding_digest),
        replay_guard_(clock) {}

  // `operation` is what the host says it routes to; the seal must say the same.
  Result<OpenedRequest> open(ByteView body, std::string_view operation);

 private:
  const crypto::P256PrivateKey sealing_key_;
  const crypto::Digest32 binding_digest_;
  ReplayGuard replay_guard_;
};

}  // namespace nsl::enclave::session
