#include "enclave/accounts/account_service.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "enclave/identity/api_key.h"
#include "enclave/records/names.h"
#include "enclave/router/operation.h"

namespace nsl::enclave::accounts {
namespace {

namespace kind = records::kind;
using nsl::v1::CreateSessionRequest;
using router::Call;

struct LayoutPair {
  CreateSessionRequest::Layout api;
  neo::MessageLayout neo;
};

// The fixed order in which AUTO tries them.
constexpr std::array<LayoutPair, 3> kLayouts = {{
    {CreateSessionRequest::classic, neo::MessageLayout::classic},
    {CreateSessionRequest::classic_unsalted, neo::MessageLayout::classic_unsalted},
    {CreateSessionRequest::ledger, neo::MessageLayout::ledger},
}};

Result<CreateSessionRequest::Layout> matching_layout(const CreateSessionRequest::NeoProof& proof,
                                                     const identity::Challenge& challenge) {
  const Result<neo::PublicKey> key = neo::parse_public_key(as_bytes(proof.public_key()));
  const Result<neo::UInt160> account = neo::parse_address(challenge.address);
  if (!key.has_value() || !account.has_value()) return fail(Code::signature_rejected);
  for (const LayoutPair& layout : kLayouts) {
    if (proof.layout() != CreateSessionRequest::AUTO && proof.layout() != layout.api) continue;
    // verify_signed_message() also checks that the key is the address's own; any key can sign.
    const Result<void> verified = neo::verify_signed_message(
        {.layout = layout.neo, .salt = proof.salt(), .text = challenge.message}, *key,
        as_bytes(proof.signature()), *account);
    if (verified.has_value()) return layout.api;
  }
  return fail(Code::signature_rejected);
}

Result<void> check_scopes(const google::protobuf::RepeatedPtrField<std::string>& scopes) {
  static const std::set<std::string> kKnown = [] {
    const std::vector<std::string> declared = router::declared_scopes();
    return std::set<std::string>(declared.begin(), declared.end());
  }();
  for (const std::string& scope : scopes) {
    if (!kKnown.contains(scope)) {
      return fail(Code::invalid_argument, fmt::format("/scopes: '{}' is not a scope", scope));
    }
  }
  return {};
}

}  // namespace

Result<nsl::v1::NeoChallenge> AccountService::create_neo_challenge(
    const Call& /*call*/, const nsl::v1::CreateNeoChallengeRequest& request) {
  if (!neo::parse_address(request.address()).has_value()) {
    return fail(Code::invalid_address, "/address: not a Neo N3 address");
  }
  NSL_TRY(const identity::Challenge challenge, parts_.challenges.issue(request.address()));
  nsl::v1::NeoChallenge reply;
  reply.set_challenge_id(challenge.id);
  reply.set_message(challenge.message);
  reply.set_expires_at(to_rfc3339(challenge.expires_at));
  reply.set_network(parts_.challenges.network());
  return reply;
}

Result<nsl::v1::Session> AccountService::create_session(const Call& call,
                                                        const CreateSessionRequest& request) {
  switch (request.proof_case()) {
    case CreateSessionRequest::kNeo:
      return sign_in_by_neo(call, request.neo());
    case CreateSessionRequest::kApiKey:
      return sign_in_by_api_key(call, request.api_key());
    case CreateSessionRequest::PROOF_NOT_SET:
      break;
  }
  return fail(Code::invalid_argument, "/neo: a proof is needed");
}

Result<nsl::v1::Session> AccountService::sign_in_by_neo(
    const Call& call, const CreateSessionRequest::NeoProof& proof) {
  NSL_TRY(const identity::Challenge challenge, parts_.challenges.redeem(proof.challenge_id()));
  NSL_TRY(const auto layout, matching_layout(proof, challenge));
  NSL_TRY(nsl::v1::Account account, account_of_address(call, challenge.address));
  nsl::v1::Session session = open_session(call, std::move(account), {});
  session.set_layout(layout);
  return session;
}

Result<nsl::v1::Session> AccountService::sign_in_by_api_key(const Call& call,
                                                            const std::string& text) {
  if (!identity::is_api_key(text)) return fail(Code::token_invalid, "/api_key: not an API key");
  NSL_TRY(const identity::Caller caller, parts_.identity.authenticate(text, call.deadline));
  NSL_TRY(const AccountRecord record, get_account(call, caller.account.value()));
  return open_session(call, record.value.account(), caller.scopes);
}

Result<nsl::v1::Account> AccountService::account_of_address(const Call& call,
                                                            const std::string& address) {
  NSL_TRY(const auto known,
          records::find_record<stored::AddressRecord>(
              parts_.vault, {kind::kAddress, records::kNoAccount, address}, call.deadline));
  if (!known.has_value()) {
    Result<nsl::v1::Account> created = create_account(call, address);
    const bool lost_race = !created.has_value() && created.error().code() == Code::version_conflict;
    return lost_race ? account_of_address(call, address) : created;
  }
  NSL_TRY(const AccountRecord record, get_account(call, known->value.account()));
  return record.value.account();
}

Result<nsl::v1::Account> AccountService::create_account(const Call& call,
                                                        const std::string& address) {
  stored::AccountRecord record;
  nsl::v1::Account& account = *record.mutable_account();
  account.set_id(codec::make_id("acc", call.now, call.random));
  account.set_address(address);
  account.set_created_at(to_rfc3339(call.now));
  account.set_etag(records::to_etag(1));
  stored::AddressRecord owner;
  owner.set_account(account.id());
  vault::Batch batch;
  records::put_record(batch, {kind::kAccount, account.id(), account.id()}, record, 0);
  records::put_record(batch, {kind::kAddress, records::kNoAccount, address}, owner, 0);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  return account;
}

Result<AccountService::AccountRecord> AccountService::get_account(
    const Call& call, const std::string& account) const {
  NSL_TRY(const auto record, records::find_record<stored::AccountRecord>(
                                 parts_.vault, {kind::kAccount, account, account}, call.deadline));
  if (!record.has_value()) return fail(Code::not_found, "No such account");
  return *record;
}

nsl::v1::Session AccountService::open_session(const Call& call, nsl::v1::Account account,
                                              const std::vector<std::string>& scopes) const {
  stored::AccessTokenClaims claims;
  claims.set_account(account.id());
  claims.set_token_id(codec::make_id("tok", call.now, call.random));
  for (const std::string& scope : scopes) claims.add_scopes(scope);
  WallTime expires_at;
  nsl::v1::Session session;
  session.set_access_token(parts_.tokens.issue(std::move(claims), &expires_at));
  session.set_expires_at(to_rfc3339(expires_at));
  *session.mutable_account() = std::move(account);
  return session;
}

Result<nsl::v1::Account> AccountService::get_me(const Call& call, const nsl::v1::GetMeRequest&) {
  NSL_TRY(const AccountRecord record, get_account(call, call.account()));
  return record.value.account();
}

Result<nsl::v1::Account> AccountService::update_me(const Call& call,
                                                   const nsl::v1::UpdateMeRequest& request) {
  NSL_TRY(AccountRecord record, get_account(call, call.account()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Account& account = *record.value.mutable_account();
  account.set_plain_requests(request.plain_requests());
  account.set_etag(records::to_etag(record.version + 1));
  vault::Batch batch;
  records::put_record(batch, {kind::kAccount, account.id(), account.id()}, record.value,
                      record.version);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  return account;
}

Result<nsl::v1::ApiKeyCreated> AccountService::create_api_key(
    const Call& call, const nsl::v1::CreateApiKeyRequest& request) {
  NSL_TRY_VOID(records::check_name(request.name(), "name"));
  NSL_TRY_VOID(check_scopes(request.scopes()));
  NSL_TRY(const auto keys, records::list_records<stored::ApiKeyRecord>(
                               parts_.vault, kind::kApiKey, call.account(), call.deadline));
  const identity::NewApiKey made = identity::make_api_key(call.now, call.random);
  nsl::v1::ApiKeyCreated reply;
  reply.set_text(made.text);
  for (const auto& key : keys) {
    // A repeat of a request that was cut off finds the key it made.
    if (key.value.key().id() == made.parts.id) {
      *reply.mutable_key() = key.value.key();
      return reply;
    }
    if (key.value.key().name() == request.name()) {
      return fail(Code::already_exists, "/name: an API key of this name exists");
    }
  }
  if (keys.size() >= static_cast<std::size_t>(limits::kApiKeysPerAccountMax)) {
    return fail(Code::limit_exceeded, "The account has its maximum of API keys");
  }
  stored::ApiKeyRecord record;
  record.mutable_key()->set_id(made.parts.id);
  record.mutable_key()->set_name(request.name());
  record.mutable_key()->set_created_at(to_rfc3339(call.now));
  *record.mutable_key()->mutable_scopes() = request.scopes();
  // A key never has more than the credential that made it.
  if (request.scopes().empty()) {
    for (const std::string& scope : call.caller.scopes) record.mutable_key()->add_scopes(scope);
  }
  for (const std::string& scope : record.key().scopes()) {
    if (!call.caller.may(scope)) {
      return fail(Code::permission_denied, "/scopes: a key cannot have more than its maker");
    }
  }
  record.set_secret_hash(made.parts.secret_hash.data(), made.parts.secret_hash.size());
  stored::ApiKeyOwnerRecord owner;
  owner.set_account(call.account());
  vault::Batch batch;
  records::put_record(batch, {kind::kApiKey, call.account(), made.parts.id}, record, 0);
  records::put_record(batch, {kind::kApiKeyOwner, records::kNoAccount, made.parts.id}, owner, 0);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  *reply.mutable_key() = record.key();
  return reply;
}

Result<nsl::v1::ApiKeyList> AccountService::list_api_keys(const Call& call,
                                                          const nsl::v1::ListApiKeysRequest&) {
  NSL_TRY(auto keys, records::list_records<stored::ApiKeyRecord>(parts_.vault, kind::kApiKey,
                                                                 call.account(), call.deadline));
  records::cut_page(keys, keys.size(), {},
                    [](const auto& key) -> std::string_view { return key.value.key().id(); });
  nsl::v1::ApiKeyList reply;
  for (auto& key : keys) *reply.add_items() = std::move(*key.value.mutable_key());
  return reply;
}

Result<nsl::v1::Empty> AccountService::delete_api_key(const Call& call,
                                                      const nsl::v1::DeleteApiKeyRequest& request) {
  NSL_TRY(const auto key,
          records::find_record<stored::ApiKeyRecord>(
              parts_.vault, {kind::kApiKey, call.account(), request.key()}, call.deadline));
  if (!key.has_value()) return fail(Code::not_found, "No such API key");
  NSL_TRY(
      const auto owner,
      records::find_record<stored::ApiKeyOwnerRecord>(
          parts_.vault, {kind::kApiKeyOwner, records::kNoAccount, request.key()}, call.deadline));
  vault::Batch batch;
  batch.erase({kind::kApiKey, call.account(), request.key()}, key->version);
  if (owner.has_value()) {
    batch.erase({kind::kApiKeyOwner, records::kNoAccount, request.key()}, owner->version);
  }
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), call.deadline));
  return nsl::v1::Empty();
}

}  // namespace nsl::enclave::accounts
