#include "client/api/session.h"

#include <gtest/gtest.h>

#include "client/api/testing/fake_service.h"
#include "core/seal/seal.h"
#include "nsl/v1/secret.service.h"
#include "nsl/v1/wallet.service.h"

namespace nsl::client::api {
namespace {

class SessionWith : public testing::Test {
 protected:
  SeededRandom random_{21};
  ManualClock clock_{WallTime(1'795'000'000'000)};
  FakeService service_{random_, clock_};
  Session session_{{.url = "http://127.0.0.1:1",
                    .trust = service_.trust(),
                    .account = "acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4",
                    .credential = "token"},
                   service_,
                   clock_,
                   random_};

  void SetUp() override {
    service_.on("nsl.v1.SecretService/Put", [](const FakeService::Call& call) {
      v1::PutSecretRequest request;
      EXPECT_TRUE(request.ParseFromString(call.message));
      v1::Secret reply;
      reply.set_name(request.name());
      reply.set_version(1);
      return reply.SerializeAsString();
    });
    service_.on("nsl.v1.SecretService/List",
                [](const FakeService::Call&) { return v1::SecretList().SerializeAsString(); });
  }
  Result<v1::Secret> put() {
    v1::PutSecretRequest request;
    request.set_name("api-key");
    request.set_value("hunter2-in-the-clear");
    return v1::SecretServiceStub(session_).put(request, session_.deadline());
  }
  Result<v1::SecretList> list() {
    return v1::SecretServiceStub(session_).list({}, session_.deadline());
  }
};

TEST_F(SessionWith, AnOperationThatMustBeSealedIsSealed) {
  const auto reply = put();
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  EXPECT_EQ(reply->name(), "api-key");
  const FakeService::Call& call = service_.calls().back();
  EXPECT_TRUE(call.is_sealed);
  EXPECT_EQ(call.credential, "token");
  EXPECT_EQ(call.account, "acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4");
}

TEST_F(SessionWith, TheHostSeesNeitherTokenNorSecretOfASealedRequest) {
  ASSERT_TRUE(put().has_value());
  for (const HttpRequest& request : service_.requests()) {
    if (request.content_type != seal::kContentType) continue;
    EXPECT_EQ(request.body.find("hunter2"), std::string::npos);
    EXPECT_EQ(request.body.find("token"), std::string::npos);
    for (const auto& [name, value] : request.headers) EXPECT_NE(name, "Authorization");
  }
}

TEST_F(SessionWith, ARequestWithACredentialNeverTravelsPlain) {
  ASSERT_TRUE(list().has_value());
  EXPECT_EQ(service_.requests().back().url, "http://127.0.0.1:1/nsl.v1.SecretService/List");
  EXPECT_TRUE(service_.calls().back().is_sealed);
  EXPECT_EQ(service_.calls().back().credential, "token");
  for (const HttpRequest& request : service_.requests()) {
    for (const auto& [name, value] : request.headers) EXPECT_NE(name, "Authorization");
  }
}

TEST_F(SessionWith, TheEnclaveIsVerifiedOnce) {
  ASSERT_TRUE(put().has_value());
  ASSERT_TRUE(put().has_value());
  EXPECT_EQ(service_.requests().size(), 3U);
}

TEST_F(SessionWith, AnEnclaveThatStartedAgainIsVerifiedAgain) {
  ASSERT_TRUE(put().has_value());
  service_.restart();
  const auto reply = put();
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  EXPECT_FALSE(session_.refusal().has_value());
}

TEST_F(SessionWith, AnEnclaveThatCallsEverythingStaleIsNotAskedForever) {
  service_.tamper = [](HttpReply& reply) {
    if (reply.content_type == seal::kContentType) {
      reply = connect_error(problem_of(Code::seal_stale));
    }
  };
  const auto reply = put();
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::seal_stale);
  EXPECT_EQ(service_.requests().size(), 4U);
}

TEST_F(SessionWith, AnotherRootIsNeverSealedTo) {
  Trust trust = service_.trust();
  (*trust.development_root)[0] ^= 1U;
  Session session(
      {.url = "http://127.0.0.1:1", .trust = trust, .account = {}, .credential = "token"}, service_,
      clock_, random_);
  v1::PutSecretRequest request;
  const auto reply = v1::SecretServiceStub(session).put(request, session.deadline());
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::attestation_untrusted);
  EXPECT_EQ(service_.requests().size(), 1U);
}

TEST_F(SessionWith, AwsRootWithoutMeasurementsIsNotEnough) {
  Session session({.url = "http://127.0.0.1:1", .trust = {}, .account = {}, .credential = "token"},
                  service_, clock_, random_);
  const auto reply = v1::SecretServiceStub(session).put({}, session.deadline());
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::cli_trust_refused);
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(SessionWith, OtherMeasurementsThanPinnedAreRefused) {
  Trust trust = service_.trust();
  trust.measurements[0] = crypto::Digest48{};
  Session session(
      {.url = "http://127.0.0.1:1", .trust = trust, .account = {}, .credential = "token"}, service_,
      clock_, random_);
  const auto reply = v1::SecretServiceStub(session).put({}, session.deadline());
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::attestation_untrusted);
}

TEST_F(SessionWith, AnAttestationThatIsReplayedIsStale) {
  HttpReply first;
  service_.tamper = [&first](HttpReply& reply) {
    if (first.body.empty()) first = reply;
    reply = first;
  };
  ASSERT_FALSE(put().has_value());
  const auto evidence = fetch_evidence(session_, service_.trust(), Bytes{1, 2, 3}, clock_);
  ASSERT_FALSE(evidence.has_value());
  EXPECT_EQ(evidence.error().code(), Code::attestation_stale);
}

TEST_F(SessionWith, AChangedReplyDoesNotOpen) {
  service_.tamper = [](HttpReply& reply) {
    if (reply.content_type == seal::kContentType) reply.body.back() ^= 1;
  };
  const auto reply = put();
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::seal_invalid);
}

TEST_F(SessionWith, ARefusalInsideTheSealIsKept) {
  service_.on("nsl.v1.SecretService/Put",
              [](const FakeService::Call&) -> std::expected<std::string, v1::Problem> {
                return std::unexpected(problem_of(Code::secret_too_large));
              });
  const auto reply = put();
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::secret_too_large);
  ASSERT_TRUE(session_.refusal().has_value());
  EXPECT_EQ(session_.refusal()->request_id(), "req_from_the_service");
  ASSERT_TRUE(list().has_value());
  EXPECT_FALSE(session_.refusal().has_value());
}

TEST_F(SessionWith, AnOperationThatHonoursAKeyGetsOne) {
  service_.on("nsl.v1.WalletService/Create",
              [](const FakeService::Call&) { return v1::Wallet().SerializeAsString(); });
  ASSERT_TRUE(v1::WalletServiceStub(session_).create({}, session_.deadline()).has_value());
  EXPECT_TRUE(service_.calls().back().idempotency_key.starts_with("idem_"));
  ASSERT_TRUE(put().has_value());
  EXPECT_TRUE(service_.calls().back().idempotency_key.empty());
}

TEST_F(SessionWith, ADeadlineThatHasPassedSendsNothing) {
  const Deadline past = Deadline::at(clock_.monotonic_time());
  const auto reply = v1::SecretServiceStub(session_).list({}, past);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::deadline_exceeded);
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(SessionWith, SomethingElseOnThatPortIsNamed) {
  service_.tamper = [](HttpReply& reply) { reply = {200, "text/html", "<html>"}; };
  const auto reply = list();
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::cli_unreachable);
}

}  // namespace
}  // namespace nsl::client::api
