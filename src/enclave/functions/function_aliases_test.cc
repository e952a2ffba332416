#include "enclave/functions/function_aliases.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/limits.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::functions {
namespace {

using Shares = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

class FunctionAliasTest : public enclave::testing::ServiceTest {
 protected:
  void SetUp() override {
    for (const char* source : {"1", "2", "3"}) {
      nsl::v1::PutFunctionRequest request;
      request.set_name("answer");
      request.set_runtime(nsl::v1::PutFunctionRequest::javascript);
      request.set_source(source);
      ASSERT_TRUE(service_.put(alice(), request).has_value());
    }
  }

  static nsl::v1::PutFunctionAliasRequest alias_request(const Shares& shares,
                                                        const std::string& alias = "live") {
    nsl::v1::PutFunctionAliasRequest request;
    request.set_name("answer");
    request.set_alias(alias);
    for (const auto& [version, percent] : shares) {
      nsl::v1::AliasTarget& target = *request.add_targets();
      target.set_version(version);
      target.set_percent(percent);
    }
    return request;
  }
  static nsl::v1::CreateRunRequest run_request(const std::string& rollout_key = "",
                                               const std::string& alias = "live") {
    nsl::v1::CreateRunRequest request;
    request.set_name("answer");
    request.set_alias(alias);
    request.set_rollout_key(rollout_key);
    return request;
  }
  static nsl::v1::RollbackFunctionRequest rollback_request(std::uint32_t version) {
    nsl::v1::RollbackFunctionRequest request;
    request.set_name("answer");
    request.set_version(version);
    return request;
  }
  std::uint32_t version_run(const nsl::v1::CreateRunRequest& request) {
    const auto run = service_.create_run(alice(), request);
    EXPECT_TRUE(run.has_value()) << run.error().message();
    return run.has_value() ? run->version() : 0;
  }
  Code refusal(const Shares& shares) {
    return service_.put_alias(alice(), alias_request(shares)).error().code();
  }

  runs::RunBook runs_{*vault_};
  testing::FakeChecker checker_;
  FunctionService service_{*vault_, runs_, checker_};
};

TEST_F(FunctionAliasTest, RunsTheVersionItNames) {
  const auto alias = service_.put_alias(alice(), alias_request({{2, 0}}));
  ASSERT_TRUE(alias.has_value()) << alias.error().message();
  EXPECT_EQ(alias->targets(0).percent(), 100U);
  EXPECT_EQ(version_run(run_request()), 2U);
  ASSERT_TRUE(service_.put_alias(alice(), alias_request({{1, 100}})).has_value());
  EXPECT_EQ(version_run(run_request()), 1U);
}

TEST_F(FunctionAliasTest, SharesRunsByPercent) {
  ASSERT_TRUE(service_.put_alias(alice(), alias_request({{1, 70}, {3, 30}})).has_value());
  std::map<std::uint32_t, int> count;
  for (int i = 0; i < 1000; ++i) ++count[version_run(run_request(std::to_string(i)))];
  ASSERT_EQ(count.size(), 2U);
  EXPECT_NEAR(count[1], 700, 60);
}

TEST_F(FunctionAliasTest, GivesOneKeyAlwaysTheSameVersion) {
  ASSERT_TRUE(service_.put_alias(alice(), alias_request({{1, 50}, {2, 50}})).has_value());
  for (const std::string key : {"a", "b", "c", "d", "e", "f"}) {
    const std::uint32_t first = version_run(run_request(key));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(version_run(run_request(key)), first) << key;
  }
}

TEST_F(FunctionAliasTest, RefusesSharesThatAreNone) {
  EXPECT_EQ(refusal({}), Code::invalid_argument);
  EXPECT_EQ(refusal({{1, 50}}), Code::invalid_argument);
  EXPECT_EQ(refusal({{1, 50}, {2, 51}}), Code::invalid_argument);
  EXPECT_EQ(refusal({{1, 0}, {2, 100}}), Code::invalid_argument);
  EXPECT_EQ(refusal({{1, 50}, {1, 50}}), Code::invalid_argument);
  EXPECT_EQ(refusal({{1, 0xffffffff}, {2, 101}}), Code::invalid_argument);
  Shares many;
  for (std::uint32_t i = 0; i <= limits::kFunctionAliasTargetsMax; ++i) many.push_back({i + 1, 20});
  EXPECT_EQ(refusal(many), Code::invalid_argument);
  EXPECT_EQ(refusal({{4, 100}}), Code::function_not_found);
  EXPECT_EQ(refusal({{0, 100}}), Code::function_not_found);
}

TEST_F(FunctionAliasTest, BoundsTheAliasesOfAFunction) {
  for (std::int64_t i = 0; i < limits::kFunctionAliasesMax; ++i) {
    const auto alias = alias_request({{1, 100}}, "alias-" + std::to_string(i));
    ASSERT_TRUE(service_.put_alias(alice(), alias).has_value()) << i;
  }
  EXPECT_EQ(service_.put_alias(alice(), alias_request({{1, 100}})).error().code(),
            Code::limit_exceeded);
  EXPECT_TRUE(service_.put_alias(alice(), alias_request({{2, 100}}, "alias-0")).has_value());
}

TEST_F(FunctionAliasTest, IsNobodyElses) {
  ASSERT_TRUE(service_.put_alias(alice(), alias_request({{1, 100}})).has_value());
  EXPECT_EQ(service_.put_alias(bob(), alias_request({{1, 100}})).error().code(),
            Code::function_not_found);
  EXPECT_EQ(service_.create_run(bob(), run_request()).error().code(), Code::function_not_found);
  nsl::v1::ListFunctionAliasesRequest list;
  list.set_name("answer");
  EXPECT_EQ(service_.list_aliases(bob(), list).error().code(), Code::function_not_found);
  EXPECT_EQ(service_.list_aliases(alice(), list)->items_size(), 1);
}

TEST_F(FunctionAliasTest, GoesWithItsFunction) {
  ASSERT_TRUE(service_.put_alias(alice(), alias_request({{1, 100}})).has_value());
  nsl::v1::DeleteFunctionRequest request;
  request.set_name("answer");
  ASSERT_TRUE(service_.remove(alice(), request).has_value());
  SetUp();
  EXPECT_EQ(service_.create_run(alice(), run_request()).error().code(), Code::function_not_found);
}

TEST_F(FunctionAliasTest, IsDeletedByItsName) {
  ASSERT_TRUE(service_.put_alias(alice(), alias_request({{1, 100}})).has_value());
  nsl::v1::DeleteFunctionAliasRequest request;
  request.set_name("answer");
  request.set_alias("live");
  EXPECT_TRUE(service_.delete_alias(alice(), request).has_value());
  EXPECT_EQ(service_.delete_alias(alice(), request).error().code(), Code::function_not_found);
}

TEST_F(FunctionAliasTest, ARunMayNameItsVersionInstead) {
  nsl::v1::CreateRunRequest request = run_request("", "");
  EXPECT_EQ(version_run(request), 3U);
  request.set_version(1);
  EXPECT_EQ(version_run(request), 1U);
  request.set_version(4);
  EXPECT_EQ(service_.create_run(alice(), request).error().code(), Code::function_not_found);
  request.set_alias("live");
  EXPECT_EQ(service_.create_run(alice(), request).error().code(), Code::invalid_argument);
}

TEST_F(FunctionAliasTest, ARollbackMakesAnEarlierVersionTheCurrentOne) {
  const auto function = service_.rollback(alice(), rollback_request(1));
  ASSERT_TRUE(function.has_value()) << function.error().message();
  EXPECT_EQ(function->version(), 1U);
  EXPECT_EQ(version_run(run_request("", "")), 1U);
  EXPECT_EQ(service_.rollback(alice(), rollback_request(9)).error().code(),
            Code::function_not_found);
  // What is deployed next is a new version all the same.
  nsl::v1::PutFunctionRequest request;
  request.set_name("answer");
  request.set_runtime(nsl::v1::PutFunctionRequest::javascript);
  request.set_source("4");
  EXPECT_EQ(service_.put(alice(), request)->version(), 4U);
}

TEST_F(FunctionAliasTest, ListsVersionsNewestFirstAndPageByPage) {
  ASSERT_TRUE(service_.rollback(alice(), rollback_request(2)).has_value());
  nsl::v1::ListFunctionVersionsRequest request;
  request.set_name("answer");
  request.set_limit(2);
  const auto first = service_.list_versions(alice(), request);
  ASSERT_TRUE(first.has_value()) << first.error().message();
  ASSERT_EQ(first->items_size(), 2);
  EXPECT_EQ(first->items(0).version(), 3U);
  EXPECT_FALSE(first->items(0).current());
  EXPECT_TRUE(first->items(1).current());
  EXPECT_FALSE(first->items(1).created_at().empty());
  request.set_cursor(first->next_cursor());
  const auto second = service_.list_versions(alice(), request);
  ASSERT_EQ(second->items_size(), 1);
  EXPECT_EQ(second->items(0).version(), 1U);
  EXPECT_TRUE(second->next_cursor().empty());
  for (const char* cursor : {"0", "-1", "x", "99999999999"}) {
    request.set_cursor(cursor);
    EXPECT_EQ(service_.list_versions(alice(), request).error().code(), Code::invalid_argument);
  }
}

}  // namespace
}  // namespace nsl::enclave::functions
