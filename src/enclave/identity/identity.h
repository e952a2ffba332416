// Identity: a credential in, a Caller out. Sessions and API keys are checked here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/identity/caller.h"
#include "enclave/identity/token.h"
#include "enclave/vault/vault.h"

namespace nsl::enclave::identity {

class Identity {
 public:
  Identity(const TokenAuthority& tokens, vault::Vault& vault) : tokens_(tokens), vault_(vault) {}

  // Code::unauthenticated without a credential, token_invalid or token_expired with a bad one. An
  // account that was deleted has no valid credential.
  Result<Caller> authenticate(std::string_view credential, const Deadline& deadline) const;

 private:
  Result<Caller> authenticate_api_key(std::string_view text, const Deadline& deadline) const;
  Result<Caller> caller_of(std::string account, std::vector<std::string> scopes,
                           const Deadline& deadline) const;

  const TokenAuthority& tokens_;
  vault::Vault& vault_;
};

}  // namespace nsl::enclave::identity
