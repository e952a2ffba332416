// Accounts: sign-in by a Neo N3 signature, settings, API keys. A new address gets a new account at
// its first sign-in. The credential checks of every other request are enclave/identity's.
#pragma once

#include "enclave/identity/challenge.h"
#include "enclave/identity/identity.h"
#include "enclave/identity/token.h"
#include "enclave/records/records.h"
#include "enclave/router/call.h"
#include "nsl/v1/account.service.h"

namespace nsl::enclave::accounts {

class AccountService final : public nsl::v1::AccountServiceInterface<router::Call> {
 public:
  struct Parts {
    vault::Vault& vault;
    identity::ChallengeBook& challenges;
    const identity::TokenAuthority& tokens;
    const identity::Identity& identity;
  };
  explicit AccountService(Parts parts) : parts_(parts) {}

  Result<nsl::v1::NeoChallenge> create_neo_challenge(
      const router::Call& call, const nsl::v1::CreateNeoChallengeRequest& request) override;
  Result<nsl::v1::Session> create_session(const router::Call& call,
                                          const nsl::v1::CreateSessionRequest& request) override;
  Result<nsl::v1::Account> get_me(const router::Call& call,
                                  const nsl::v1::GetMeRequest& request) override;
  Result<nsl::v1::Account> update_me(const router::Call& call,
                                     const nsl::v1::UpdateMeRequest& request) override;
  Result<nsl::v1::ApiKeyCreated> create_api_key(
      const router::Call& call, const nsl::v1::CreateApiKeyRequest& request) override;
  Result<nsl::v1::ApiKeyList> list_api_keys(const router::Call& call,
                                            const nsl::v1::ListApiKeysRequest& request) override;
  Result<nsl::v1::Empty> delete_api_key(const router::Call& call,
                                        const nsl::v1::DeleteApiKeyRequest& request) override;

 private:
  using AccountRecord = records::Stored<stored::AccountRecord>;

  Result<nsl::v1::Session> sign_in_by_neo(const router::Call& call,
                                          const nsl::v1::CreateSessionRequest::NeoProof& proof);
  Result<nsl::v1::Session> sign_in_by_api_key(const router::Call& call, const std::string& text);
  Result<nsl::v1::Account> account_of_address(const router::Call& call, const std::string& address);
  Result<nsl::v1::Account> create_account(const router::Call& call, const std::string& address);
  Result<AccountRecord> get_account(const router::Call& call, const std::string& account) const;
  nsl::v1::Session open_session(const router::Call& call, nsl::v1::Account account,
                                const std::vector<std::string>& scopes) const;

  Parts parts_;
};

}  // namespace nsl::enclave::accounts
