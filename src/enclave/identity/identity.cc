#include "enclave/identity/identity.h"

#include "enclave/identity/api_key.h"
#include "enclave/records/records.h"

namespace nsl::enclave::identity {
namespace {

namespace kind = records::kind;

std::vector<std::string> to_vector(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

Result<Caller> Identity::authenticate(std::string_view credential, const Deadline& deadline) const {
  if (credential.empty()) return fail(Code::unauthenticated, "This needs a credential: sign in");
  if (is_api_key(credential)) return authenticate_api_key(credential, deadline);
  NSL_TRY(const stored::AccessTokenClaims claims, tokens_.verify(credential));
  return caller_of(claims.account(), to_vector(claims.scopes()), deadline);
}

Result<Caller> Identity::authenticate_api_key(std::string_view text,
                                              const Deadline& deadline) const {
  const auto refused = [] { return fail(Code::token_invalid, "The API key is not valid"); };
  NSL_TRY(const ApiKeyText parts, parse_api_key(text));
  NSL_TRY(const auto owner,
          records::find_record<stored::ApiKeyOwnerRecord>(
              vault_, {kind::kApiKeyOwner, records::kNoAccount, parts.id}, deadline));
  if (!owner.has_value()) return refused();
  const std::string account = owner->value.account();
  NSL_TRY(const auto key, records::find_record<stored::ApiKeyRecord>(
                              vault_, {kind::kApiKey, account, parts.id}, deadline));
  if (!key.has_value()) return refused();
  if (!equal_in_constant_time(as_bytes(key->value.secret_hash()), parts.secret_hash)) {
    return refused();
  }
  return caller_of(account, to_vector(key->value.key().scopes()), deadline);
}

Result<Caller> Identity::caller_of(std::string account, std::vector<std::string> scopes,
                                   const Deadline& deadline) const {
  NSL_TRY(const auto record, records::find_record<stored::AccountRecord>(
                                 vault_, {kind::kAccount, account, account}, deadline));
  if (!record.has_value()) return fail(Code::token_invalid, "The account does not exist");
  return Caller{.account = AccountId(std::move(account)),
                .scopes = std::move(scopes),
                .allows_plain_requests = record->value.account().plain_requests()};
}

}  // namespace nsl::enclave::identity
