#include "enclave/accounts/account_service.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "enclave/records/records.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::accounts {
namespace {

using nsl::v1::CreateSessionRequest;

constexpr const char* kSalt = "00112233445566778899aabbccddeeff";

class AccountServiceTest : public testing::ServiceTest {
 protected:
  router::Call nobody() { return call_of(""); }
  router::Call call_as(const nsl::v1::Account& account, std::vector<std::string> scopes = {}) {
    auto call = call_of(account.id().c_str());
    call.caller.scopes = std::move(scopes);
    return call;
  }
  nsl::v1::NeoChallenge challenge(const neo::PrivateKey& key) {
    nsl::v1::CreateNeoChallengeRequest request;
    request.set_address(neo::to_address(key.public_key()));
    return service_.create_neo_challenge(nobody(), request).value();
  }
  static CreateSessionRequest prove(const nsl::v1::NeoChallenge& challenge,
                                    const neo::PrivateKey& key,
                                    neo::MessageLayout layout = neo::MessageLayout::classic,
                                    const std::string& salt = kSalt) {
    const Bytes bytes = neo::signed_message_bytes(layout, salt, challenge.message()).value();
    const neo::Signature signature = crypto::p256_sign(key, bytes);
    const auto public_key = key.public_key().compressed();
    CreateSessionRequest request;
    auto& proof = *request.mutable_neo();
    proof.set_challenge_id(challenge.challenge_id());
    proof.set_public_key(public_key.data(), public_key.size());
    proof.set_signature(signature.data(), signature.size());
    proof.set_salt(salt);
    return request;
  }
  Result<nsl::v1::Session> sign_in(const CreateSessionRequest& request) {
    return service_.create_session(nobody(), request);
  }
  nsl::v1::Session signed_in(const neo::PrivateKey& key) {
    return sign_in(prove(challenge(key), key)).value();
  }
  Result<nsl::v1::Session> sign_in_by(const std::string& api_key) {
    CreateSessionRequest request;
    request.set_api_key(api_key);
    return sign_in(request);
  }
  Result<nsl::v1::ApiKeyCreated> create_key(const router::Call& call,
                                            const std::vector<std::string>& scopes = {},
                                            const char* name = "ci") {
    nsl::v1::CreateApiKeyRequest request;
    request.set_name(name);
    for (const std::string& scope : scopes) request.add_scopes(scope);
    return service_.create_api_key(call, request);
  }

  neo::PrivateKey key_ = neo::PrivateKey::generate(random_);
  neo::PrivateKey other_key_ = neo::PrivateKey::generate(random_);
  identity::ChallengeBook challenges_{"localhost", 56753, clock_, random_};
  identity::TokenAuthority tokens_{Secret<32>(), clock_};
  identity::Identity identity_{tokens_, *vault_};
  AccountService service_{
      {.vault = *vault_, .challenges = challenges_, .tokens = tokens_, .identity = identity_}};
};

TEST_F(AccountServiceTest, SignsInWithEveryLayout) {
  struct Case {
    neo::MessageLayout layout;
    const char* salt;
    CreateSessionRequest::Layout reported;
  };
  for (const Case& c :
       {Case{neo::MessageLayout::classic, kSalt, CreateSessionRequest::classic},
        Case{neo::MessageLayout::classic_unsalted, "", CreateSessionRequest::classic_unsalted},
        Case{neo::MessageLayout::ledger, "", CreateSessionRequest::ledger}}) {
    const auto session = sign_in(prove(challenge(key_), key_, c.layout, c.salt));
    ASSERT_TRUE(session.has_value()) << session.error().message();
    EXPECT_EQ(session->layout(), c.reported);
  }
}

TEST_F(AccountServiceTest, TriesOnlyTheLayoutItIsTold) {
  auto request = prove(challenge(key_), key_);
  request.mutable_neo()->set_layout(CreateSessionRequest::ledger);
  EXPECT_EQ(sign_in(request).error().code(), Code::signature_rejected);
}

TEST_F(AccountServiceTest, GivesATokenThatSpeaksForTheAccount) {
  const auto session = signed_in(key_);
  EXPECT_EQ(session.account().address(), neo::to_address(key_.public_key()));
  const auto caller = identity_.authenticate(session.access_token(), deadline_);
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->account.value(), session.account().id());
  EXPECT_TRUE(caller->may("wallets:sign"));
  EXPECT_FALSE(caller->allows_plain_requests);
}

TEST_F(AccountServiceTest, GivesTheSameAddressTheSameAccount) {
  EXPECT_EQ(signed_in(key_).account().id(), signed_in(key_).account().id());
  EXPECT_NE(signed_in(key_).account().id(), signed_in(other_key_).account().id());
}

TEST_F(AccountServiceTest, RefusesAChallengeASecondTime) {
  const auto request = prove(challenge(key_), key_);
  ASSERT_TRUE(sign_in(request).has_value());
  EXPECT_FALSE(sign_in(request).has_value());
}

TEST_F(AccountServiceTest, SpendsAChallengeOnAFailedTry) {
  const auto asked = challenge(key_);
  ASSERT_EQ(sign_in(prove(asked, other_key_)).error().code(), Code::signature_rejected);
  EXPECT_FALSE(sign_in(prove(asked, key_)).has_value());
}

TEST_F(AccountServiceTest, RefusesAnOldChallenge) {
  const auto request = prove(challenge(key_), key_);
  clock_.advance_ms(limits::kChallengeTtlMs + 1);
  EXPECT_FALSE(sign_in(request).has_value());
}

TEST_F(AccountServiceTest, RefusesTheSignatureOfAnotherKey) {
  EXPECT_EQ(sign_in(prove(challenge(key_), other_key_)).error().code(), Code::signature_rejected);
}

TEST_F(AccountServiceTest, RefusesAnotherKeyBesideTheRightSignature) {
  auto request = prove(challenge(key_), key_);
  const auto other = other_key_.public_key().compressed();
  request.mutable_neo()->set_public_key(other.data(), other.size());
  EXPECT_EQ(sign_in(request).error().code(), Code::signature_rejected);
}

TEST_F(AccountServiceTest, RefusesASignatureOfAnotherChallenge) {
  auto request = prove(challenge(key_), key_);
  request.mutable_neo()->set_challenge_id(challenge(key_).challenge_id());
  EXPECT_EQ(sign_in(request).error().code(), Code::signature_rejected);
}

TEST_F(AccountServiceTest, RefusesAProofThatIsNone) {
  EXPECT_EQ(sign_in({}).error().code(), Code::invalid_argument);
  auto request = prove(challenge(key_), key_);
  request.mutable_neo()->set_public_key("no key");
  EXPECT_EQ(sign_in(request).error().code(), Code::signature_rejected);
}

TEST_F(AccountServiceTest, ChallengesNoOneWithoutAnAddress) {
  nsl::v1::CreateNeoChallengeRequest request;
  request.set_address("NotAnAddress");
  EXPECT_EQ(service_.create_neo_challenge(nobody(), request).error().code(), Code::invalid_address);
}

TEST_F(AccountServiceTest, AllowsPlainRequestsOnlyWhenTheAccountSaysSo) {
  const auto session = signed_in(key_);
  nsl::v1::UpdateMeRequest request;
  request.set_plain_requests(true);
  ASSERT_TRUE(service_.update_me(call_as(session.account()), request).has_value());
  EXPECT_TRUE(identity_.authenticate(session.access_token(), deadline_)->allows_plain_requests);
  EXPECT_TRUE(service_.get_me(call_as(session.account()), {})->plain_requests());
}

TEST_F(AccountServiceTest, HonoursIfMatch) {
  auto stale = call_as(signed_in(key_).account());
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.update_me(stale, {}).error().code(), Code::precondition_failed);
}

TEST_F(AccountServiceTest, SignsInByAnApiKey) {
  const auto account = signed_in(key_).account();
  const auto created = create_key(call_as(account));
  ASSERT_TRUE(created.has_value()) << created.error().message();
  const auto session = sign_in_by(created->text());
  ASSERT_TRUE(session.has_value()) << session.error().message();
  EXPECT_EQ(session->account().id(), account.id());
}

TEST_F(AccountServiceTest, KeepsAnApiKeysScopesInItsSessions) {
  const auto created = create_key(call_as(signed_in(key_).account()), {"wallets:read"});
  const auto session = sign_in_by(created->text());
  const auto caller = identity_.authenticate(session->access_token(), deadline_);
  EXPECT_TRUE(caller->may("wallets:read"));
  EXPECT_FALSE(caller->may("wallets:sign"));
}

TEST_F(AccountServiceTest, RefusesAChangedApiKey) {
  std::string text = create_key(call_as(signed_in(key_).account()))->text();
  text[text.size() - 4] = text[text.size() - 4] == 'A' ? 'B' : 'A';
  EXPECT_EQ(sign_in_by(text).error().code(), Code::token_invalid);
  EXPECT_EQ(sign_in_by("password").error().code(), Code::token_invalid);
}

TEST_F(AccountServiceTest, ForgetsADeletedApiKey) {
  const auto account = signed_in(key_).account();
  const auto created = create_key(call_as(account));
  nsl::v1::DeleteApiKeyRequest request;
  request.set_key(created->key().id());
  ASSERT_TRUE(service_.delete_api_key(call_as(account), request).has_value());
  EXPECT_EQ(sign_in_by(created->text()).error().code(), Code::token_invalid);
  EXPECT_EQ(service_.list_api_keys(call_as(account), {})->items_size(), 0);
}

TEST_F(AccountServiceTest, GivesAnApiKeyNoMoreThanItsMakerHas) {
  const auto account = signed_in(key_).account();
  const auto maker = call_as(account, {"account:write", "wallets:read"});
  EXPECT_EQ(create_key(maker, {"wallets:sign"}).error().code(), Code::permission_denied);
  EXPECT_TRUE(create_key(maker, {"wallets:read"}).has_value());
}

TEST_F(AccountServiceTest, GivesAnApiKeyWithoutScopesThoseOfItsMaker) {
  const auto account = signed_in(key_).account();
  const auto created = create_key(call_as(account, {"account:write"}));
  ASSERT_TRUE(created.has_value());
  const auto caller = identity_.authenticate(created->text(), deadline_);
  EXPECT_TRUE(caller->may("account:write"));
  EXPECT_FALSE(caller->may("wallets:read"));
}

TEST_F(AccountServiceTest, RefusesAScopeThatNoOperationHas) {
  EXPECT_EQ(create_key(call_as(signed_in(key_).account()), {"everything"}).error().code(),
            Code::invalid_argument);
}

TEST_F(AccountServiceTest, RefusesASecondApiKeyOfTheSameName) {
  const auto account = signed_in(key_).account();
  ASSERT_TRUE(create_key(call_as(account)).has_value());
  EXPECT_EQ(create_key(call_as(account)).error().code(), Code::already_exists);
}

TEST_F(AccountServiceTest, HidesOneAccountsApiKeysFromAnother) {
  const auto created = create_key(call_as(signed_in(key_).account()));
  const auto other = signed_in(other_key_).account();
  nsl::v1::DeleteApiKeyRequest request;
  request.set_key(created->key().id());
  EXPECT_EQ(service_.delete_api_key(call_as(other), request).error().code(), Code::not_found);
  EXPECT_EQ(service_.list_api_keys(call_as(other), {})->items_size(), 0);
  EXPECT_TRUE(sign_in_by(created->text()).has_value());
}

TEST_F(AccountServiceTest, NeverShowsTheHostAnApiKey) {
  const auto created = create_key(call_as(signed_in(key_).account()));
  const std::string secret = created->text().substr(created->text().size() - 43);
  EXPECT_EQ(host_.everything().find(secret), std::string::npos);
}

TEST_F(AccountServiceTest, BoundsTheApiKeysOfAnAccount) {
  fill(records::kind::kApiKey, limits::kApiKeysPerAccountMax - 1);
  EXPECT_TRUE(create_key(alice(), {}, "last").has_value());
  EXPECT_EQ(create_key(alice(), {}, "one-more").error().code(), Code::limit_exceeded);
  EXPECT_TRUE(create_key(bob(), {}, "one-more").has_value());
}

}  // namespace
}  // namespace nsl::enclave::accounts
