#include "enclave/functions/function_service.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/records/records.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::functions {
namespace {

class FunctionServiceTest : public enclave::testing::ServiceTest {
 protected:
  static nsl::v1::PutFunctionRequest request(const char* source = "export function main() {}") {
    nsl::v1::PutFunctionRequest result;
    result.set_name("answer");
    result.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    result.set_source(source);
    return result;
  }
  static nsl::v1::GetFunctionRequest get_request() {
    nsl::v1::GetFunctionRequest result;
    result.set_name("answer");
    return result;
  }
  static nsl::v1::DeleteFunctionRequest delete_request() {
    nsl::v1::DeleteFunctionRequest result;
    result.set_name("answer");
    return result;
  }
  static nsl::v1::GetFunctionVersionRequest version_request(std::uint32_t version) {
    nsl::v1::GetFunctionVersionRequest result;
    result.set_name("answer");
    result.set_version(version);
    return result;
  }
  static nsl::v1::CreateRunRequest run_request(const char* input = "") {
    nsl::v1::CreateRunRequest result;
    result.set_name("answer");
    result.set_input(input);
    return result;
  }

  runs::RunBook runs_{*vault_};
  testing::FakeChecker checker_;
  FunctionService service_{*vault_, runs_, checker_};
  FunctionBook book_{*vault_};
};

TEST_F(FunctionServiceTest, CountsVersionsOfChangedContent) {
  const auto first = service_.put(alice(), request("1"));
  ASSERT_TRUE(first.has_value()) << first.error().message();
  const auto second = service_.put(alice(), request("2"));
  EXPECT_EQ(first->version(), 1U);
  EXPECT_EQ(second->version(), 2U);
  EXPECT_EQ(first->id(), second->id());
  EXPECT_NE(first->digest(), second->digest());
}

TEST_F(FunctionServiceTest, RefusesASourceThatIsNotValid) {
  checker_.mistake = "/source: line 3, column 5: SyntaxError";
  const auto refused = service_.put(alice(), request());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Code::function_invalid);
  EXPECT_EQ(refused.error().message(), checker_.mistake);
  EXPECT_EQ(service_.get(alice(), get_request()).error().code(), Code::function_not_found);
}

TEST_F(FunctionServiceTest, KeepsWhatWasCompiledWithTheVersion) {
  checker_.artifact = std::string("\0compiled", 9);
  const auto function = service_.put(alice(), request());
  ASSERT_TRUE(function.has_value());
  const auto version = book_.get_version("acc_alice", function->id(), 1, deadline_);
  EXPECT_EQ(version->artifact(), checker_.artifact);
  // The same content is not compiled again.
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_EQ(checker_.count, 1);
}

TEST_F(FunctionServiceTest, KeepsTheVersionOfTheSameContent) {
  const auto first = service_.put(alice(), request());
  const auto second = service_.put(alice(), request());
  EXPECT_EQ(second->version(), 1U);
  EXPECT_EQ(second->etag(), first->etag());
}

TEST_F(FunctionServiceTest, ShowsWhatAVersionConsistsOf) {
  const auto first = service_.put(alice(), request("1"));
  ASSERT_TRUE(service_.put(alice(), request("2")).has_value());
  const auto version = service_.get_content(alice(), version_request(1));
  ASSERT_TRUE(version.has_value()) << version.error().message();
  EXPECT_EQ(version->version(), 1U);
  EXPECT_EQ(version->digest(), first->digest());
  EXPECT_EQ(version->content().source(), "1");
}

TEST_F(FunctionServiceTest, ShowsNoVersionThatIsNotTheCallers) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  for (const std::uint32_t version : {0U, 2U}) {
    EXPECT_EQ(service_.get_content(alice(), version_request(version)).error().code(),
              Code::function_not_found);
  }
  EXPECT_EQ(service_.get_content(bob(), version_request(1)).error().code(),
            Code::function_not_found);
}

TEST_F(FunctionServiceTest, KeepsEveryVersionsContent) {
  const auto function = service_.put(alice(), request("1"));
  ASSERT_TRUE(service_.put(alice(), request("2")).has_value());
  ASSERT_TRUE(service_.remove(alice(), delete_request()).has_value());
  EXPECT_EQ(book_.get_version("acc_alice", function->id(), 1, deadline_)->content().source(), "1");
  EXPECT_EQ(book_.get_version("acc_alice", function->id(), 2, deadline_)->content().source(), "2");
  EXPECT_EQ(book_.get_version("acc_bob", function->id(), 1, deadline_).error().code(),
            Code::function_not_found);
}

TEST_F(FunctionServiceTest, HidesOneAccountsFunctionsFromAnother) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_EQ(service_.get(bob(), get_request()).error().code(), Code::function_not_found);
  EXPECT_EQ(service_.remove(bob(), delete_request()).error().code(), Code::function_not_found);
  EXPECT_EQ(service_.create_run(bob(), run_request()).error().code(), Code::function_not_found);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
  EXPECT_EQ(service_.list(alice(), {})->items_size(), 1);
}

TEST_F(FunctionServiceTest, ShowsTheHostNoSource) {
  ASSERT_TRUE(service_.put(alice(), request("const hidden_word = 1")).has_value());
  EXPECT_EQ(host_.everything().find("hidden_word"), std::string::npos);
}

TEST_F(FunctionServiceTest, HonoursIfMatch) {
  const auto function = service_.put(alice(), request("1"));
  auto stale = alice();
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.put(stale, request("2")).error().code(), Code::precondition_failed);
  EXPECT_EQ(service_.remove(stale, delete_request()).error().code(), Code::precondition_failed);
  auto fresh = alice();
  fresh.if_match = function->etag();
  EXPECT_TRUE(service_.put(fresh, request("2")).has_value());
}

TEST_F(FunctionServiceTest, RefusesASourceAboveTheLimit) {
  const std::string huge(static_cast<std::size_t>(limits::kFunctionSourceBytesMax) + 1, 'x');
  EXPECT_FALSE(service_.put(alice(), request(huge.c_str())).has_value());
  EXPECT_EQ(service_.get(alice(), get_request()).error().code(), Code::function_not_found);
}

TEST_F(FunctionServiceTest, QueuesARunOfTheNewestVersion) {
  ASSERT_TRUE(service_.put(alice(), request("1")).has_value());
  ASSERT_TRUE(service_.put(alice(), request("2")).has_value());
  const auto run = service_.create_run(alice(), run_request(R"({"a":1})"));
  ASSERT_TRUE(run.has_value()) << run.error().message();
  EXPECT_EQ(run->status(), nsl::v1::Run::QUEUED);
  EXPECT_EQ(run->version(), 2U);
  EXPECT_EQ(run->input(), R"({"a":1})");
  EXPECT_EQ(host_.jobs(), std::vector<std::string>{"execute/acc_alice/" + run->id()});
}

TEST_F(FunctionServiceTest, TakesNoInputForNull) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_EQ(service_.create_run(alice(), run_request())->input(), "null");
}

TEST_F(FunctionServiceTest, RefusesInputThatIsNoJson) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_EQ(service_.create_run(alice(), run_request("{")).error().code(), Code::malformed_json);
  EXPECT_TRUE(host_.jobs().empty());
}

TEST_F(FunctionServiceTest, BoundsTheFunctionsOfAnAccount) {
  fill(records::kind::kFunction, limits::kFunctionsPerAccountMax - 1);
  EXPECT_TRUE(service_.put(alice(), request("1")).has_value());
  auto one_more = request();
  one_more.set_name("one-more");
  EXPECT_EQ(service_.put(alice(), one_more).error().code(), Code::limit_exceeded);
  EXPECT_TRUE(service_.put(alice(), request("2")).has_value());
  EXPECT_TRUE(service_.put(bob(), one_more).has_value());
}

}  // namespace
}  // namespace nsl::enclave::functions
