// The gateway's operations side over a real socket: routes, forms, headers, errors.
#include "host/gateway/gateway.h"

#include <google/protobuf/util/json_util.h>

#include "core/codec/ulid.h"
#include "core/rest/json_reader.h"
#include "host/gateway/gateway_fixture.h"
#include "nsl/v1/attestation.pb.h"
#include "nsl/v1/common.pb.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"
#include "nsl/v1/secret.pb.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::host::gateway {
namespace {

v1::Problem problem_of(const TestReply& reply) {
  v1::Problem problem;
  const auto read = rest::read_json(reply.body, rest::FieldNames::declared, problem);
  EXPECT_TRUE(read.has_value()) << reply.body;
  return problem;
}

TEST_F(GatewayTest, AnswersAPlainRequestAsJson) {
  v1::Secret secret;
  secret.set_name("a");
  secret.set_version(3);
  answer(secret, "tag1");
  const TestReply reply = ask("GET", "/v1/secrets/a%20b?", {{"Authorization", "bearer tok.en"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  EXPECT_EQ(reply.header("ETag"), "\"tag1\"");
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  EXPECT_EQ(reply.body,
            R"({"id":"","name":"a","description":"","allowed_functions":[],"version":3,)"
            R"("created_at":"","updated_at":"","etag":""})");
  const auto frame = link_.frame(0);
  EXPECT_EQ(frame.kind(), internal::v1::Frame::REQUEST);
  EXPECT_EQ(frame.service_type(), "nsl.v1.SecretService");
  EXPECT_EQ(frame.operation(), "Get");
  EXPECT_EQ(frame.credential(), "tok.en");
  EXPECT_FALSE(frame.sealed());
  EXPECT_EQ(received<v1::GetSecretRequest>().name(), "a b");
  EXPECT_EQ(link_.deadline_ms(0), limits::kRequestDeadlineMsDefault);
}

TEST_F(GatewayTest, PutsBodyPathAndHeadersIntoTheFrame) {
  answer(v1::Secret());
  const TestReply reply = ask("PUT", "/v1/secrets/a",
                              {{"Content-Type", "application/json; charset=UTF-8"},
                               {"Idempotency-Key", "\"key-1\""},
                               {"If-Match", "\"tag\""},
                               {"Prefer", "respond-async, wait=30"}},
                              R"({"value": "v", "allowed_functions": ["f"]})");
  EXPECT_EQ(reply.status, 200);
  const auto request = received<v1::PutSecretRequest>();
  EXPECT_EQ(request.name(), "a");
  EXPECT_EQ(request.value(), "v");
  EXPECT_EQ(link_.frame(0).idempotency_key(), "key-1");
  EXPECT_EQ(link_.frame(0).if_match(), "tag");
  EXPECT_EQ(link_.deadline_ms(0), 30000);
}

TEST_F(GatewayTest, TakesQueryValuesWhereThereIsNoBody) {
  answer(v1::RunList());
  EXPECT_EQ(ask("GET", "/v1/runs?limit=7&cursor=a%2Bb&function=f").status, 200);
  const auto request = received<v1::ListRunsRequest>();
  EXPECT_EQ(request.limit(), 7U);
  EXPECT_EQ(request.cursor(), "a+b");
  EXPECT_EQ(request.function(), "f");
}

TEST_F(GatewayTest, RefusesQueryValuesThatDoNotFit) {
  answer(v1::RunList());
  for (const char* query : {"limit=x", "limit=1&limit=2", "unknown=1", "limit=%", "=1"}) {
    EXPECT_EQ(ask("GET", std::string("/v1/runs?") + query).status, 400) << query;
  }
  const auto problem = problem_of(ask("GET", "/v1/runs?limt=1"));
  EXPECT_EQ(problem.code(), "NSL-API-0002");
  EXPECT_EQ(problem.errors(0).pointer(), "/limt");
  EXPECT_NE(problem.errors(0).message().find("\"limit\""), std::string::npos);
  EXPECT_EQ(
      ask("PUT", "/v1/secrets/a?value=x", {{"Content-Type", "application/json"}}, "{}").status,
      400);
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, RefusesABodyThatContradictsThePath) {
  answer(v1::Secret());
  const std::vector<std::pair<std::string, std::string>> type = {
      {"Content-Type", "application/json"}};
  EXPECT_EQ(ask("PUT", "/v1/secrets/a", type, R"({"name": "a"})").status, 200);
  const auto problem = problem_of(ask("PUT", "/v1/secrets/a", type, R"({"name": "b"})"));
  EXPECT_EQ(problem.code(), "NSL-API-0001");
  EXPECT_EQ(problem.errors(0).pointer(), "/name");
}

TEST_F(GatewayTest, UsesTheDeclaredStatusAndTheRawReply) {
  answer(v1::Run());
  EXPECT_EQ(ask("POST", "/v1/functions/f/runs").status, 201);
  v1::RunReceipt receipt;
  receipt.set_receipt("\xd2\x84");
  answer(receipt);
  const TestReply reply = ask("GET", "/v1/runs/r/receipt");
  EXPECT_EQ(reply.header("Content-Type"), "application/cose; cose-type=\"cose-sign1\"");
  EXPECT_EQ(reply.body, "\xd2\x84");
}

TEST_F(GatewayTest, ReportsErrorsOfTheEnclaveAsProblems) {
  answer_error(Code::secret_not_found, "No such secret");
  const TestReply reply = ask("GET", "/v1/secrets/a?", {{"X-Request-Id", "my-id.1"}});
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(reply.header("Retry-After"), "");
  EXPECT_EQ(reply.body,
            R"({"type":"urn:nsl:error:NSL-SECRET-0001","title":"No such secret","status":404,)"
            R"("detail":"No such secret","instance":"/v1/secrets/a","code":"NSL-SECRET-0001",)"
            R"("request_id":"my-id.1","errors":[]})");
}

TEST_F(GatewayTest, PassesViolationsOfTheEnclaveOn) {
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) {
    internal::v1::Frame frame;
    frame.mutable_error()->set_code("NSL-API-0001");
    frame.mutable_error()->set_message("A name is wrong");
    auto& violation = *frame.mutable_error()->add_violations();
    violation.set_pointer("/name");
    violation.set_message("must be lower case");
    return frame;
  });
  const auto problem = problem_of(ask("GET", "/v1/secrets/A"));
  ASSERT_EQ(problem.errors_size(), 1);
  EXPECT_EQ(problem.errors(0).pointer(), "/name");
}

TEST_F(GatewayTest, GivesEveryErrorOfTheProductItsStatus) {
  for (std::uint16_t i = 0; i < kCodeCount; ++i) {
    const Code code = static_cast<Code>(i);
    answer_error(code, "text");
    const TestReply reply = ask("GET", "/v1/secrets/a");
    const int expected = code_http_status(code) >= 400 ? code_http_status(code) : 500;
    EXPECT_EQ(reply.status, expected) << code_text(code);
    EXPECT_EQ(problem_of(reply).code(), code_text(code));
    const bool retries = code_is_retryable(code) || expected == 503 || expected == 429;
    EXPECT_EQ(!reply.header("Retry-After").empty(), retries) << code_text(code);
    EXPECT_EQ(!reply.header("WWW-Authenticate").empty(), expected == 401) << code_text(code);
  }
}

TEST_F(GatewayTest, ReportsFailuresOfTheLink) {
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) -> Result<internal::v1::Frame> {
    return nsl::fail(Code::unavailable, "The enclave is away", "private detail");
  });
  const TestReply reply = ask("GET", "/v1/secrets/a");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("Retry-After"), "1");
  EXPECT_EQ(reply.body.find("private"), std::string::npos);
}

TEST_F(GatewayTest, ReportsAnUnknownCodeOrABrokenReplyAsInternal) {
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) {
    internal::v1::Frame frame;
    frame.mutable_error()->set_code("NSL-NEW-9999");
    return frame;
  });
  EXPECT_EQ(ask("GET", "/v1/secrets/a").status, 500);
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) {
    internal::v1::Frame frame;
    frame.set_payload("\xff\xff");
    return frame;
  });
  EXPECT_EQ(problem_of(ask("GET", "/v1/secrets/a")).code(), code_text(Code::malformed_frame));
  link_.answer_with([](const internal::v1::Frame&, std::int64_t) {
    internal::v1::Frame frame;
    frame.set_sealed(true);
    return frame;
  });
  EXPECT_EQ(problem_of(ask("GET", "/v1/secrets/a")).code(), code_text(Code::malformed_frame));
}

TEST_F(GatewayTest, DropsAnEntityTagThatWouldBreakTheHeader) {
  answer(v1::Secret(), "a\r\nX-Evil: 1");
  EXPECT_EQ(ask("GET", "/v1/secrets/a").header("ETag"), "");
}

TEST_F(GatewayTest, NamesWhatIsNotThere) {
  EXPECT_EQ(problem_of(ask("GET", "/v1/nothing")).code(), "NSL-API-0003");
  const TestReply wrong_method = ask("POST", "/v1/secrets/a");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.header("Allow"), "DELETE, GET, HEAD, PUT");
  EXPECT_EQ(ask("BREW", "/v1/secrets/a").status, 405);
  EXPECT_EQ(ask("GET", "/v1/secrets/%zz").status, 400);
  EXPECT_EQ(ask("GET", "v1").status, 400);
  EXPECT_EQ(ask("OPTIONS", "*").status, 400);
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, TakesTheAbsoluteFormOfATarget) {
  answer(v1::SecretList());
  EXPECT_EQ(ask("GET", "http://example.test/v1/secrets?limit=1").status, 200);
  EXPECT_EQ(ask("GET", "http://example.test").status, 400);
}

TEST_F(GatewayTest, RefusesOtherContentTypes) {
  for (const char* type : {"text/plain", "application/xml", "application/json; charset=latin1",
                           "application/proto", "application/x-www-form-urlencoded"}) {
    const TestReply reply = ask("PUT", "/v1/secrets/a", {{"Content-Type", type}}, "{}");
    EXPECT_EQ(reply.status, 415) << type;
  }
  EXPECT_EQ(ask("PUT", "/v1/secrets/a", {}, "{}").status, 415);
  EXPECT_EQ(ask("PUT", "/v1/secrets/a",
                {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, "{}")
                .status,
            415);
  EXPECT_EQ(ask("GET", "/v1/secrets/a", {{"Content-Type", "application/json"}}, "{}").status, 400);
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, RefusesJsonThatIsNotStrict) {
  const std::vector<std::pair<std::string, std::string>> type = {
      {"Content-Type", "application/json"}};
  for (const char* body : {"{'value': 'a'}", "{\"value\": \"a\",}", "[]", "{", "{}{}",
                           R"({"value": "a", "value": "b"})", R"({"value": 1})"}) {
    EXPECT_EQ(ask("PUT", "/v1/secrets/a", type, body).status, 400) << body;
  }
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, RefusesBrokenCredentialsWithoutAskingTheEnclave) {
  for (const std::string& value : {std::string("Basic YTpi"), std::string("Bearer"),
                                   std::string("Bearer a b"), "Bearer " + std::string(1025, 'a')}) {
    const TestReply reply = ask("GET", "/v1/secrets/a", {{"Authorization", value}});
    EXPECT_EQ(reply.status, 401) << value;
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
  }
  EXPECT_EQ(
      ask("GET", "/v1/secrets/a", {{"Authorization", "Bearer a"}, {"Authorization", "Bearer b"}})
          .status,
      401);
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, RefusesBrokenKeysAndTags) {
  for (const char* key : {"a b", "a\"b", "\xc3\xa9"}) {
    EXPECT_EQ(ask("GET", "/v1/secrets/a", {{"Idempotency-Key", key}}).status, 400) << key;
  }
  EXPECT_EQ(ask("GET", "/v1/secrets/a", {{"Idempotency-Key", std::string(129, 'a')}}).status, 400);
  for (const char* tag : {"a", "W/\"a\"", "\"a\", \"b\"", "\"\""}) {
    EXPECT_EQ(ask("GET", "/v1/secrets/a", {{"If-Match", tag}}).status, 400) << tag;
  }
  EXPECT_EQ(link_.request_count(), 0U);
}

TEST_F(GatewayTest, EchoesAWellFormedRequestIdAndMakesOneOtherwise) {
  answer(v1::SecretList());
  EXPECT_EQ(ask("GET", "/v1/secrets", {{"X-Request-Id", "abc-1_2.Z"}}).header("X-Request-Id"),
            "abc-1_2.Z");
  EXPECT_EQ(link_.frame(0).trace().request_id(), "abc-1_2.Z");
  for (const std::string& bad : {std::string("a b"), std::string("a\"b"), std::string(65, 'a')}) {
    const std::string made(
        ask("GET", "/v1/secrets", {{"X-Request-Id", bad}}).header("X-Request-Id"));
    EXPECT_TRUE(codec::parse_id("req", made).has_value()) << made;
  }
  EXPECT_FALSE(ask("GET", "/v1/nothing").header("X-Request-Id").empty());
}

TEST_F(GatewayTest, ContinuesATraceUnderANewParent) {
  answer(v1::SecretList());
  const std::string given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const std::string back(ask("GET", "/v1/secrets", {{"Traceparent", given}}).header("Traceparent"));
  EXPECT_EQ(back.substr(0, 36), given.substr(0, 36));
  EXPECT_NE(back.substr(36, 16), given.substr(36, 16));
  EXPECT_EQ(back.substr(52), "-01");
  EXPECT_EQ(link_.frame(0).trace().traceparent(), back);
  EXPECT_EQ(ask("GET", "/v1/secrets", {{"Traceparent", "00-xyz"}}).header("Traceparent"), "");
}

TEST_F(GatewayTest, AnswersHeadLikeGetWithoutTheBody) {
  answer(v1::SecretList());
  start();
  TestClient client(port_);
  const TestReply head = client.exchange("HEAD", "/v1/secrets");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  const TestReply get = client.exchange("GET", "/v1/secrets");
  EXPECT_EQ(head.header("Content-Length"), std::to_string(get.body.size()));
}

TEST_F(GatewayTest, LimitsTheRateOfOperationsWithoutCredential) {
  options_.rate_per_minute = 3;
  answer(v1::Attestation());
  for (int left : {2, 1, 0}) {
    const TestReply reply = ask("GET", "/v1/attestation");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("RateLimit-Policy"), "\"default\";q=3;w=60");
    EXPECT_EQ(reply.header("RateLimit").substr(0, 13), "\"default\";r=" + std::to_string(left));
  }
  const TestReply refused = ask("GET", "/v1/attestation");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "20");
  EXPECT_EQ(refused.header("RateLimit"), "\"default\";r=0;t=60");
  EXPECT_EQ(problem_of(refused).code(), "NSL-API-0010");
  EXPECT_EQ(link_.request_count(), 3U);
  clock_.advance_ms(20000);
  EXPECT_EQ(ask("GET", "/v1/attestation").status, 200);
  // An operation with a scope is the enclave's to refuse.
  answer(v1::SecretList());
  EXPECT_EQ(ask("GET", "/v1/secrets").header("RateLimit"), "");
}

TEST_F(GatewayTest, ServesPublicRepliesAgainForAWhile) {
  v1::Measurements measurements;
  measurements.set_module_id("m");
  answer(measurements, "t");
  const TestReply first = ask("GET", "/v1/attestation/measurements");
  EXPECT_EQ(first.header("Cache-Control"), "public, max-age=60");
  clock_.advance_ms(10000);
  const TestReply second = ask("GET", "/v1/attestation/measurements");
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.header("ETag"), "\"t\"");
  EXPECT_EQ(second.header("Cache-Control"), "public, max-age=50");
  EXPECT_NE(second.header("X-Request-Id"), first.header("X-Request-Id"));
  EXPECT_EQ(link_.request_count(), 1U);
  clock_.advance_ms(50000);
  EXPECT_EQ(ask("GET", "/v1/attestation/measurements").status, 200);
  EXPECT_EQ(link_.request_count(), 2U);
}

TEST_F(GatewayTest, KeepsNoErrorInTheCache) {
  answer_error(Code::unavailable, "away");
  EXPECT_EQ(ask("GET", "/v1/attestation/measurements").header("Cache-Control"), "no-store");
  EXPECT_EQ(ask("GET", "/v1/attestation/measurements").status, 503);
  EXPECT_EQ(link_.request_count(), 2U);
}

TEST_F(GatewayTest, SaysWhetherItIsAliveAndReady) {
  bool is_store_healthy = true;
  options_.is_store_healthy = [&is_store_healthy] { return is_store_healthy; };
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  EXPECT_EQ(ask("GET", "/readyz").body,
            R"({"ready":true,"enclave":true,"store":true,"chain":"ok","draining":false})");
  link_.set_connected(false);
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  link_.set_connected(true);
  is_store_healthy = false;
  const TestReply reply = ask("GET", "/readyz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.header("Retry-After"), "1");
  EXPECT_EQ(ask("POST", "/livez").header("Allow"), "GET, HEAD");
}

TEST_F(GatewayTest, IsNotReadyOnAnotherChainThanBefore) {
  std::optional<Code> trouble = Code::node_unavailable;
  options_.chain_trouble = [&trouble] { return trouble; };
  const TestReply away = ask("GET", "/readyz");
  EXPECT_EQ(away.status, 200);
  EXPECT_NE(away.body.find(R"("chain":"NSL-CHAIN-0001")"), std::string::npos);
  trouble = Code::chain_replaced;
  const TestReply reply = ask("GET", "/readyz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, std::string(R"({"ready":false,"enclave":true,"store":true,"chain":")") +
                            std::string(code_text(Code::chain_replaced)) +
                            R"(","draining":false})");
}

TEST_F(GatewayTest, CountsRequestsByRouteAndStatus) {
  answer(v1::Secret());
  ask("GET", "/v1/secrets/my-very-own-name");
  ask("BREW", "/v1/elsewhere");
  const TestReply reply = ask("GET", "/metrics");
  EXPECT_EQ(reply.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"nsl_gateway_requests_total{route=\"/v1/secrets/{name}\",method=\"GET\",status=\"200\"} "
        "1\n",
        "nsl_gateway_requests_total{route=\"unmatched\",method=\"other\",status=\"404\"} 1\n",
        "nsl_gateway_request_seconds_count{route=\"/v1/secrets/{name}\"} 1\n",
        "nsl_gateway_requests_in_flight 1\n", "nsl_gateway_link_up 1\n"}) {
    EXPECT_NE(reply.body.find(line), std::string::npos) << line << reply.body;
  }
  EXPECT_EQ(reply.body.find("my-very-own-name"), std::string::npos);
}

TEST_F(GatewayTest, WritesOneLogLineForEachRequestWithoutNames) {
  Mutex mutex;
  std::vector<std::string> lines;
  set_log_level(LogLevel::info);
  set_log_sink([&](LogLevel, std::string_view line) {
    MutexLock lock(mutex);
    lines.emplace_back(line);
  });
  answer(v1::Secret());
  ask("GET", "/v1/secrets/my-very-own-name?", {{"X-Request-Id", "id-1"}});
  gateway_.reset();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find(R"("request_id":"id-1","method":"GET","route":"/v1/secrets/{name}",)"
                          R"("status":200,"duration_us":)"),
            std::string::npos)
      << lines[0];
  EXPECT_EQ(lines[0].find("my-very-own-name"), std::string::npos);
}

TEST_F(GatewayTest, ServesTheOpenApiDocument) {
  const TestReply reply = ask("GET", "/openapi.json");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, print_openapi(options_.version).value());
}

TEST_F(GatewayTest, AllowsNoOtherOriginByDefault) {
  answer(v1::SecretList());
  const TestReply reply = ask("GET", "/v1/secrets", {{"Origin", "https://a.test"}});
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "");
  const TestReply options = ask("OPTIONS", "/v1/secrets", {{"Origin", "https://a.test"}});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(options.header("Access-Control-Allow-Methods"), "");
  EXPECT_EQ(ask("OPTIONS", "/v1/nothing").status, 404);
}

TEST_F(GatewayTest, AllowsTheOriginsOnTheList) {
  options_.cors_origins = {"https://a.test"};
  answer(v1::SecretList());
  const TestReply reply = ask("GET", "/v1/secrets", {{"Origin", "https://a.test"}});
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "https://a.test");
  EXPECT_EQ(reply.header("Vary"), "Origin");
  const TestReply preflight =
      ask("OPTIONS", "/nsl.v1.SecretService/Put",
          {{"Origin", "https://a.test"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.header("Access-Control-Allow-Methods"), "POST, OPTIONS");
  const TestReply other = ask("GET", "/v1/secrets", {{"Origin", "https://b.test"}});
  EXPECT_EQ(other.header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(other.header("Vary"), "Origin");
}

}  // namespace
}  // namespace nsl::host::gateway
