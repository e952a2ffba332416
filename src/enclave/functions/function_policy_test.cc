#include "enclave/functions/function_policy.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::functions {
namespace {

using nsl::v1::Run;

class FunctionPolicyTest : public enclave::testing::ServiceTest {
 protected:
  FunctionPolicyTest() { deploy("export function main() {}"); }
  void deploy(const char* source) {
    nsl::v1::PutFunctionRequest request;
    request.set_name("answer");
    request.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    request.set_source(source);
    EXPECT_TRUE(service_.put(alice(), request).has_value());
  }
  static nsl::v1::PutFunctionPolicyRequest request() {
    nsl::v1::PutFunctionPolicyRequest result;
    result.set_name("answer");
    result.mutable_retry()->set_attempts(3);
    result.mutable_retry()->set_backoff_ms(10);
    result.mutable_retry()->add_statuses(Run::TIMED_OUT);
    result.mutable_concurrency()->set_runs(2);
    result.mutable_concurrency()->set_beyond(nsl::v1::ConcurrencyPolicy::refuse);
    return result;
  }
  static nsl::v1::GetFunctionPolicyRequest get_request() {
    nsl::v1::GetFunctionPolicyRequest result;
    result.set_name("answer");
    return result;
  }
  stored::RunRecord create(bool is_waited_for) {
    nsl::v1::CreateRunRequest asked;
    asked.set_name("answer");
    asked.set_wait(is_waited_for);
    // Nothing runs here: who waits gets the run as it is when the time is over.
    const Deadline soon = Deadline::after_ms(system_clock_, 300);
    router::Call call{soon, alice().caller, "req_test", {}, clock_.wall_time(), random_};
    const auto run = service_.create_run(call, asked);
    EXPECT_TRUE(run.has_value()) << run.error().message();
    return runs_.get("acc_alice", run->id(), deadline_)->value;
  }

  runs::RunBook runs_{*vault_};
  testing::FakeChecker checker_;
  FunctionService service_{*vault_, runs_, checker_};
};

TEST_F(FunctionPolicyTest, IsKeptForEveryVersion) {
  EXPECT_EQ(service_.get_policy(alice(), get_request())->retry().attempts(), 0U);
  ASSERT_TRUE(service_.put_policy(alice(), request()).has_value());
  deploy("export function main() { return 2; }");
  nsl::v1::RollbackFunctionRequest back;
  back.set_name("answer");
  back.set_version(1);
  ASSERT_TRUE(service_.rollback(alice(), back).has_value());
  const auto policy = service_.get_policy(alice(), get_request());
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->retry().attempts(), 3U);
  EXPECT_EQ(policy->concurrency().runs(), 2U);
}

TEST_F(FunctionPolicyTest, RefusesWhatIsOutOfBounds) {
  const auto refuses = [](const std::function<void(nsl::v1::PutFunctionPolicyRequest&)>& change) {
    nsl::v1::PutFunctionPolicyRequest asked = request();
    change(asked);
    const auto parsed = parse_policy(asked);
    return !parsed.has_value() && parsed.error().code() == Code::invalid_argument;
  };
  const auto above = [](std::int64_t limit) { return static_cast<std::uint32_t>(limit) + 1; };
  EXPECT_TRUE(
      refuses([&](auto& a) { a.mutable_retry()->set_attempts(above(limits::kRunTriesMax)); }));
  EXPECT_TRUE(
      refuses([&](auto& a) { a.mutable_retry()->set_backoff_ms(above(limits::kRunRetryMsMax)); }));
  EXPECT_TRUE(refuses(
      [&](auto& a) { a.mutable_retry()->set_backoff_ms_max(above(limits::kRunRetryMsMax)); }));
  EXPECT_TRUE(refuses([](auto& a) { a.mutable_retry()->set_backoff_ms_max(9); }));
  EXPECT_TRUE(refuses([](auto& a) { a.mutable_retry()->add_statuses(Run::CANCELLED); }));
  EXPECT_TRUE(refuses(
      [&](auto& a) { a.mutable_concurrency()->set_runs(above(limits::kRunsOfAccountMax)); }));
  EXPECT_TRUE(parse_policy(request()).has_value());
}

TEST_F(FunctionPolicyTest, AnotherAccountSeesNone) {
  ASSERT_TRUE(service_.put_policy(alice(), request()).has_value());
  EXPECT_EQ(service_.get_policy(bob(), get_request()).error().code(), Code::function_not_found);
  EXPECT_EQ(service_.put_policy(bob(), request()).error().code(), Code::function_not_found);
}

TEST_F(FunctionPolicyTest, ARunSomebodyWaitsForIsTriedOnce) {
  ASSERT_TRUE(service_.put_policy(alice(), request()).has_value());
  EXPECT_EQ(create(false).retry().attempts(), 3U);
  EXPECT_FALSE(create(true).has_retry());
}

}  // namespace
}  // namespace nsl::enclave::functions
