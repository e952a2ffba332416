// Access tokens: "nsl_at_" + base64url(claims || HMAC-SHA256(key, claims)). Only the enclave makes
// and verifies them, so a shared key is enough and costs a fiftieth of a signature check.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "nsl/enclave/stored/records.pb.h"

namespace nsl::enclave::identity {

class TokenAuthority {
 public:
  TokenAuthority(Secret<32> key, const Clock& clock) : key_(std::move(key)), clock_(clock) {}

  // Valid for limits::kAccessTokenTtlMs from now; expires_at_ms is filled in.
  std::string issue(stored::AccessTokenClaims claims, WallTime* expires_at) const;
  // Code::token_invalid or Code::token_expired.
  Result<stored::AccessTokenClaims> verify(std::string_view token) const;

 private:
  const Secret<32> key_;
  const Clock& clock_;
};

}  // namespace nsl::enclave::identity
