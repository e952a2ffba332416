// The Connect protocol and sealed bodies over a real socket.
#include <simdjson.h>

#include "core/codec/base64.h"
#include "core/rest/json_reader.h"
#include "host/gateway/connect_error.h"
#include "host/gateway/gateway_fixture.h"
#include "nsl/v1/attestation.pb.h"
#include "nsl/v1/common.pb.h"
#include "nsl/v1/sealed.pb.h"
#include "nsl/v1/secret.pb.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::host::gateway {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const Headers kJson = {{"Content-Type", "application/json"}, {"Connect-Protocol-Version", "1"}};
const Headers kProto = {{"Content-Type", "application/proto"}};
const Headers kSealed = {{"Content-Type", "application/nsl-sealed"}};

struct ConnectError {
  std::string code;
  v1::Problem problem;
};

ConnectError error_of(const TestReply& reply) {
  ConnectError error;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  EXPECT_EQ(parser.parse(reply.body).get(root), simdjson::SUCCESS) << reply.body;
  error.code = std::string(root["code"].get_string().value());
  EXPECT_FALSE(root["message"].get_string().value().empty());
  const auto detail = root["details"].at(0);
  EXPECT_EQ(detail["type"].get_string().value(), "nsl.v1.Problem");
  std::string value(detail["value"].get_string().value());
  EXPECT_EQ(value.find('='), std::string::npos);
  while (value.size() % 4 != 0) value += '=';
  EXPECT_TRUE(error.problem.ParseFromString(to_string(codec::decode_base64(value).value())));
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  return error;
}

std::string sealed_body(const std::string& operation) {
  v1::SealedRequest sealed;
  sealed.set_version(1);
  sealed.set_operation(operation);
  sealed.set_request_id("req_01JD7Y3K5QJ8M2N4P6R8T0V2X4");
  sealed.set_ciphertext("\xff\x01 opaque");
  return sealed.SerializeAsString();
}

TEST_F(GatewayTest, ServesEveryOperationOverConnectAsJson) {
  v1::Secret secret;
  secret.set_name("a");
  answer(secret, "t");
  const TestReply reply = ask("POST", "/nsl.v1.SecretService/Put", kJson,
                              R"({"name": "a", "allowedFunctions": ["f"]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.header("ETag"), "\"t\"");
  EXPECT_EQ(received<v1::PutSecretRequest>().allowed_functions(0), "f");
  EXPECT_EQ(link_.frame(0).operation(), "Put");
}

TEST_F(GatewayTest, ServesEveryOperationOverConnectInBinary) {
  v1::Wallet wallet;
  wallet.set_id("wal_1");
  answer(wallet);
  v1::CreateWalletRequest request;
  request.set_name("w");
  const TestReply reply =
      ask("POST", "/nsl.v1.WalletService/Create", kProto, request.SerializeAsString());
  // REST's 201 is REST's: Connect has one status of success.
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/proto");
  v1::Wallet back;
  ASSERT_TRUE(back.ParseFromString(reply.body));
  EXPECT_EQ(back.id(), "wal_1");
  EXPECT_EQ(received<v1::CreateWalletRequest>().name(), "w");
  // The empty message is the empty body.
  EXPECT_EQ(ask("POST", "/nsl.v1.WalletService/List", kProto).status, 200);
}

TEST_F(GatewayTest, PassesOnNoUnknownBinaryField) {
  answer(v1::Wallet());
  v1::SealedContent other;
  other.set_issued_at_ms(1);
  EXPECT_EQ(ask("POST", "/nsl.v1.WalletService/Create", kProto, other.SerializeAsString()).status,
            200);
  EXPECT_EQ(link_.frame(0).payload(), "");
}

TEST_F(GatewayTest, HonoursTheConnectTimeout) {
  answer(v1::WalletList());
  Headers headers = kProto;
  headers.emplace_back("Connect-Timeout-Ms", "250");
  EXPECT_EQ(ask("POST", "/nsl.v1.WalletService/List", headers).status, 200);
  EXPECT_EQ(link_.deadline_ms(0), 250);
  headers.back().second = "9999999999";
  EXPECT_EQ(ask("POST", "/nsl.v1.WalletService/List", headers).status, 200);
  EXPECT_EQ(link_.deadline_ms(1), limits::kRequestDeadlineMsMax);
  for (const char* bad : {"1x", "-1", "99999999999", "1.5"}) {
    headers.back().second = bad;
    EXPECT_EQ(ask("POST", "/nsl.v1.WalletService/List", headers).status, 400) << bad;
  }
}

TEST_F(GatewayTest, ReportsErrorsOfConnectAsConnectErrors) {
  answer_error(Code::wallet_not_found, "No such wallet");
  const TestReply reply = ask("POST", "/nsl.v1.WalletService/Get", kProto);
  EXPECT_EQ(reply.status, 404);
  const ConnectError error = error_of(reply);
  EXPECT_EQ(error.code, "not_found");
  EXPECT_EQ(error.problem.code(), "NSL-WALLET-0001");
  EXPECT_EQ(error.problem.request_id(), reply.header("X-Request-Id"));
}

TEST_F(GatewayTest, RefusesConnectRequestsOfTheWrongShape) {
  const TestReply missing = ask("POST", "/nsl.v1.WalletService/Nothing", kProto);
  EXPECT_EQ(missing.status, 501);
  EXPECT_EQ(error_of(missing).code, "unimplemented");
  const TestReply get = ask("GET", "/nsl.v1.WalletService/Get");
  EXPECT_EQ(get.header("Allow"), "POST");
  EXPECT_EQ(error_of(get).code, "unimplemented");
  EXPECT_EQ(
      error_of(ask("POST", "/nsl.v1.WalletService/Get", {{"Content-Type", "text/plain"}})).code,
      "unimplemented");
  EXPECT_EQ(error_of(ask("POST", "/nsl.v1.WalletService/Get",
                         {{"Content-Type", "application/connect+json"}}, "{}"))
                .code,
            "unimplemented");
  EXPECT_EQ(error_of(ask("POST", "/nsl.v1.WalletService/Get", kProto, "\xff\xff")).code,
            "invalid_argument");
  EXPECT_EQ(error_of(ask("POST", "/nsl.v1.WalletService/Get", kJson, "{'a': 1}")).code,
            "invalid_argument");
  EXPECT_EQ(error_of(ask("POST", "/nsl.v1.WalletService/Get", kJson, R"({"wallt": "a"})"))
                .problem.errors(0)
                .pointer(),
            "/wallt");
  EXPECT_EQ(
      error_of(ask("POST", "/nsl.v1.WalletService/Get",
                   {{"Content-Type", "application/proto"}, {"Connect-Protocol-Version", "2"}}))
          .code,
      "invalid_argument");
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, GivesEveryErrorOfTheProductAConnectCode) {
  for (std::uint16_t i = 0; i < kCodeCount; ++i) {
    const ConnectCode code = to_connect_code(static_cast<Code>(i));
    EXPECT_FALSE(code.text.empty());
    EXPECT_GE(code.http_status, 400);
  }
  EXPECT_EQ(to_connect_code(Code::already_exists).text, "already_exists");
  EXPECT_EQ(to_connect_code(Code::conflict).text, "aborted");
  EXPECT_EQ(to_connect_code(Code::precondition_failed).http_status, 400);
  EXPECT_EQ(to_connect_code(Code::deadline_exceeded).text, "deadline_exceeded");
}

TEST_F(GatewayTest, PassesSealedBodiesThroughUnread) {
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) {
    internal::v1::Frame frame;
    frame.set_sealed(true);
    frame.set_payload("sealed \xff reply");
    return frame;
  });
  const std::string body = sealed_body("nsl.v1.SecretService/Put");
  const std::pair<const char*, const char*> places[] = {{"PUT", "/v1/secrets/a"},
                                                        {"POST", "/nsl.v1.SecretService/Put"}};
  std::size_t index = 0;
  for (const auto& [method, target] : places) {
    const TestReply reply = ask(method, target, kSealed, body);
    EXPECT_EQ(reply.status, 200) << target;
    EXPECT_EQ(reply.header("Content-Type"), "application/nsl-sealed");
    EXPECT_EQ(reply.body, "sealed \xff reply");
    EXPECT_EQ(reply.header("X-Request-Id"), "req_01JD7Y3K5QJ8M2N4P6R8T0V2X4");
    const auto frame = link_.frame(index++);
    EXPECT_TRUE(frame.sealed());
    EXPECT_EQ(frame.payload(), body);
    EXPECT_EQ(frame.service_type(), "nsl.v1.SecretService");
    EXPECT_EQ(frame.operation(), "Put");
  }
}

TEST_F(GatewayTest, KeepsACredentialBesideASealOutOfTheFrame) {
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) {
    internal::v1::Frame frame;
    frame.set_sealed(true);
    return frame;
  });
  Headers headers = kSealed;
  headers.emplace_back("Authorization", "Bearer token");
  ask("PUT", "/v1/secrets/a", headers, sealed_body("nsl.v1.SecretService/Put"));
  EXPECT_EQ(link_.frame(0).credential(), "");
}

TEST_F(GatewayTest, RefusesSealedBodiesOfAnotherOperation) {
  const TestReply other =
      ask("PUT", "/v1/secrets/a", kSealed, sealed_body("nsl.v1.SecretService/Delete"));
  EXPECT_EQ(other.status, 400);
  EXPECT_NE(other.body.find("NSL-AUTH-0010"), std::string::npos);
  EXPECT_EQ(ask("PUT", "/v1/secrets/a", kSealed, "\xff").status, 400);
  EXPECT_EQ(ask("PUT", "/v1/secrets/a", kSealed).status, 400);
  // GET and DELETE have no body; their sealed form goes to the Connect path.
  const TestReply get =
      ask("GET", "/v1/secrets/a/value", kSealed, sealed_body("nsl.v1.SecretService/GetValue"));
  EXPECT_EQ(get.status, 400);
  EXPECT_NE(get.body.find("/nsl.v1.SecretService/GetValue"), std::string::npos);
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, ReportsErrorsOutsideTheSealInTheStyleOfThePath) {
  answer_error(Code::seal_stale, "The key is no longer live");
  const TestReply rest =
      ask("PUT", "/v1/secrets/a", kSealed, sealed_body("nsl.v1.SecretService/Put"));
  EXPECT_EQ(rest.status, 409);
  EXPECT_EQ(rest.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(rest.header("Retry-After"), "1");
  const TestReply connect =
      ask("POST", "/nsl.v1.SecretService/Put", kSealed, sealed_body("nsl.v1.SecretService/Put"));
  EXPECT_EQ(error_of(connect).code, "aborted");
}

TEST_F(GatewayTest, RefusesAPlainReplyToASealedRequest) {
  answer(v1::Secret());
  const TestReply reply =
      ask("PUT", "/v1/secrets/a", kSealed, sealed_body("nsl.v1.SecretService/Put"));
  EXPECT_NE(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
}

TEST_F(GatewayTest, CachesConnectRepliesByForm) {
  v1::Measurements measurements;
  measurements.set_module_id("m");
  answer(measurements);
  const std::string path = "/nsl.v1.AttestationService/GetMeasurements";
  const TestReply json = ask("POST", path, kJson, "{}");
  const TestReply proto = ask("POST", path, kProto);
  EXPECT_EQ(link_.request_count(), 2U);
  EXPECT_EQ(ask("POST", path, kJson, "{ }").body, json.body);
  EXPECT_EQ(ask("POST", path, kProto).body, proto.body);
  EXPECT_EQ(link_.request_count(), 2U);
  EXPECT_NE(json.body, proto.body);
}

}  // namespace
}  // namespace nsl::host::gateway
