#include "enclave/triggers/trigger_service.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/records/records.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::triggers {
namespace {

constexpr const char* kContract = "0x1234567890123456789012345678901234567890";

// The host's watcher, as far as a trigger knows it.
class Watcher final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view service, std::string_view method, std::string,
                           const Deadline&) override {
    if (is_away) return fail(Code::unavailable);
    EXPECT_EQ(service, "nsl.internal.v1.WatchService");
    EXPECT_EQ(method, "Refresh");
    ++refreshes;
    return std::string();
  }
  bool is_away = false;
  int refreshes = 0;
};

class TriggerServiceTest : public testing::ServiceTest {
 protected:
  TriggerServiceTest() {
    nsl::v1::PutFunctionRequest function;
    function.set_name("answer");
    function.set_runtime(nsl::v1::PutFunctionRequest::javascript);
    function.set_source("export function main() {}");
    EXPECT_TRUE(functions_.put(alice(), function).has_value());
  }
  static nsl::v1::PutTriggerRequest request(const char* event = "Requested") {
    nsl::v1::PutTriggerRequest result;
    result.set_name("on-request");
    result.set_function("answer");
    auto* source = result.mutable_source()->mutable_contract_event();
    source->set_contract(kContract);
    source->set_event(event);
    return result;
  }
  static nsl::v1::GetTriggerRequest get_request() {
    nsl::v1::GetTriggerRequest result;
    result.set_name("on-request");
    return result;
  }
  static nsl::v1::DeleteTriggerRequest delete_request() {
    nsl::v1::DeleteTriggerRequest result;
    result.set_name("on-request");
    return result;
  }
  static nsl::v1::PauseTriggerRequest pause_request() {
    nsl::v1::PauseTriggerRequest result;
    result.set_name("on-request");
    return result;
  }
  static nsl::v1::ResumeTriggerRequest resume_request() {
    nsl::v1::ResumeTriggerRequest result;
    result.set_name("on-request");
    return result;
  }
  static EventName name(const char* event = "Requested") {
    return {neo::UInt160::parse(kContract).value(), event};
  }
  Code refusal_of(const nsl::v1::PutTriggerRequest& refused) {
    const auto put = service_.put(alice(), refused);
    EXPECT_EQ(index_.size(), 0U);
    return put.has_value() ? Code::internal : put.error().code();
  }

  testing::FakeChain chain_;
  testing::FakeProofs proofs_;
  chain_access::ChainAccess access_{chain_, proofs_};
  Watcher watcher_;
  SubscriptionIndex index_;
  runs::RunBook runs_{*vault_};
  functions::testing::FakeChecker checker_;
  functions::FunctionService functions_{*vault_, runs_, checker_};
  TriggerService service_{{.vault = *vault_,
                           .chain = chain_,
                           .access = access_,
                           .proofs = proofs_,
                           .index = index_,
                           .host = watcher_,
                           .clock = system_clock_}};
};

TEST_F(TriggerServiceTest, WaitsFromTheNextBlockOn) {
  const auto trigger = service_.put(alice(), request());
  ASSERT_TRUE(trigger.has_value()) << trigger.error().message();
  EXPECT_EQ(trigger->from_block(), 101U);
  const auto waiting = index_.waiting_for(name());
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].subscriber.account, "acc_alice");
  EXPECT_EQ(waiting[0].from_block, 101U);
}

TEST_F(TriggerServiceTest, TakesAContractsAddress) {
  auto by_address = request();
  by_address.mutable_source()->mutable_contract_event()->set_contract(
      neo::to_address(name().contract));
  const auto trigger = service_.put(alice(), by_address);
  ASSERT_TRUE(trigger.has_value()) << trigger.error().message();
  EXPECT_EQ(trigger->source().contract_event().contract(), kContract);
}

TEST_F(TriggerServiceTest, TellsTheWatcherOfEveryChange) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_EQ(watcher_.refreshes, 1);
  ASSERT_TRUE(service_.remove(alice(), delete_request()).has_value());
  EXPECT_EQ(watcher_.refreshes, 2);
}

TEST_F(TriggerServiceTest, StoresATriggerAlthoughTheWatcherIsAway) {
  watcher_.is_away = true;
  EXPECT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_TRUE(service_.get(alice(), get_request()).has_value());
}

TEST_F(TriggerServiceTest, ReplacesWhatATriggerWaitsFor) {
  const auto first = service_.put(alice(), request("Requested"));
  const auto second = service_.put(alice(), request("Cancelled"));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(first->id(), second->id());
  EXPECT_NE(first->etag(), second->etag());
  EXPECT_TRUE(index_.waiting_for(name("Requested")).empty());
  EXPECT_EQ(index_.waiting_for(name("Cancelled")).size(), 1U);
}

TEST_F(TriggerServiceTest, MissesNoEventByBeingSetAgain) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  chain_.newest_block = neo::BlockIndex(200);
  EXPECT_EQ(service_.put(alice(), request())->from_block(), 101U);
  ASSERT_EQ(index_.waiting_for(name()).size(), 1U);
  EXPECT_EQ(index_.waiting_for(name())[0].from_block, 101U);
  EXPECT_EQ(service_.put(alice(), request("Other"))->from_block(), 201U);
}

TEST_F(TriggerServiceTest, ForgetsADeletedTrigger) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  ASSERT_TRUE(service_.remove(alice(), delete_request()).has_value());
  EXPECT_EQ(index_.size(), 0U);
  EXPECT_EQ(service_.get(alice(), get_request()).error().code(), Code::trigger_not_found);
  EXPECT_TRUE(service_.put(alice(), request()).has_value());
}

TEST_F(TriggerServiceTest, FindsItsSubscriptionsAgainAfterARestart) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  SubscriptionIndex next_life;
  ASSERT_TRUE(next_life.load(*vault_, deadline_).has_value());
  const auto waiting = next_life.waiting_for(name());
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].subscriber.name, "on-request");
  EXPECT_EQ(waiting[0].from_block, 101U);
}

TEST_F(TriggerServiceTest, WaitsForNothingWhilePausedAndFromTheNextBlockAfter) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  const auto paused = service_.pause(alice(), pause_request());
  ASSERT_TRUE(paused.has_value()) << paused.error().message();
  EXPECT_TRUE(paused->paused());
  EXPECT_EQ(index_.size(), 0U);
  SubscriptionIndex next_life;
  ASSERT_TRUE(next_life.load(*vault_, deadline_).has_value());
  EXPECT_EQ(next_life.size(), 0U);
  EXPECT_EQ(service_.pause(alice(), pause_request())->etag(), paused->etag());

  chain_.newest_block = neo::BlockIndex(200);
  const auto resumed = service_.resume(alice(), resume_request());
  ASSERT_TRUE(resumed.has_value()) << resumed.error().message();
  EXPECT_FALSE(resumed->paused());
  EXPECT_EQ(resumed->from_block(), 201U);
  ASSERT_EQ(index_.waiting_for(name()).size(), 1U);
  EXPECT_EQ(index_.waiting_for(name())[0].from_block, 201U);
  EXPECT_EQ(service_.resume(alice(), resume_request())->etag(), resumed->etag());
}

TEST_F(TriggerServiceTest, StaysPausedWhenItIsSetAgain) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  ASSERT_TRUE(service_.pause(alice(), pause_request()).has_value());
  EXPECT_TRUE(service_.put(alice(), request("Other"))->paused());
  EXPECT_EQ(index_.size(), 0U);
  EXPECT_TRUE(service_.resume(alice(), resume_request()).has_value());
  EXPECT_EQ(index_.waiting_for(name("Other")).size(), 1U);
}

TEST_F(TriggerServiceTest, KeepsATriggerPausedThatCannotBeResumed) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  ASSERT_TRUE(service_.pause(alice(), pause_request()).has_value());
  chain_.read_failure = Code::node_unavailable;
  EXPECT_EQ(service_.resume(alice(), resume_request()).error().code(), Code::node_unavailable);
  EXPECT_TRUE(service_.get(alice(), get_request())->paused());
}

TEST_F(TriggerServiceTest, DeletesAPausedTrigger) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  ASSERT_TRUE(service_.pause(alice(), pause_request()).has_value());
  EXPECT_TRUE(service_.remove(alice(), delete_request()).has_value());
}

TEST_F(TriggerServiceTest, HidesOneAccountsTriggersFromAnother) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  EXPECT_EQ(service_.get(bob(), get_request()).error().code(), Code::trigger_not_found);
  EXPECT_EQ(service_.remove(bob(), delete_request()).error().code(), Code::trigger_not_found);
  EXPECT_EQ(service_.pause(bob(), pause_request()).error().code(), Code::trigger_not_found);
  EXPECT_EQ(service_.resume(bob(), resume_request()).error().code(), Code::trigger_not_found);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
  EXPECT_EQ(service_.list(alice(), {})->items_size(), 1);
}

TEST_F(TriggerServiceTest, BindsNoFunctionOfAnotherAccount) {
  EXPECT_EQ(service_.put(bob(), request()).error().code(), Code::function_not_found);
}

TEST_F(TriggerServiceTest, HonoursIfMatch) {
  ASSERT_TRUE(service_.put(alice(), request()).has_value());
  auto stale = alice();
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.put(stale, request("Other")).error().code(), Code::precondition_failed);
  EXPECT_EQ(service_.remove(stale, delete_request()).error().code(), Code::precondition_failed);
  EXPECT_EQ(service_.pause(stale, pause_request()).error().code(), Code::precondition_failed);
  EXPECT_EQ(index_.waiting_for(name()).size(), 1U);
}

TEST_F(TriggerServiceTest, RefusesASourceThatIsNone) {
  auto without = request();
  without.clear_source();
  EXPECT_EQ(refusal_of(without), Code::trigger_invalid);
  EXPECT_EQ(refusal_of(request("")), Code::trigger_invalid);
  EXPECT_EQ(refusal_of(request("an event name of thirty-three byte")), Code::trigger_invalid);
  auto bad_contract = request();
  bad_contract.mutable_source()->mutable_contract_event()->set_contract("0x12");
  EXPECT_EQ(refusal_of(bad_contract), Code::invalid_hash);
}

TEST_F(TriggerServiceTest, KeepsAFilterAndRefusesWhatIsNone) {
  auto filtered = request();
  filtered.set_filter("amount > 5");
  EXPECT_EQ(refusal_of(filtered), Code::expression_ill_typed);
  filtered.set_filter("args[0] > 5");
  ASSERT_TRUE(service_.put(alice(), filtered).has_value());
  EXPECT_EQ(service_.get(alice(), get_request())->filter(), "args[0] > 5");
}

TEST_F(TriggerServiceTest, RefusesAnUnknownFunction) {
  auto unknown = request();
  unknown.set_function("nothing");
  EXPECT_EQ(refusal_of(unknown), Code::function_not_found);
}

TEST_F(TriggerServiceTest, StoresNothingWhileTheNodeIsAway) {
  chain_.read_failure = Code::node_unavailable;
  EXPECT_EQ(refusal_of(request()), Code::node_unavailable);
  EXPECT_EQ(service_.get(alice(), get_request()).error().code(), Code::trigger_not_found);
}

TEST_F(TriggerServiceTest, BoundsTheTriggersOfAnAccount) {
  fill(records::kind::kTrigger, limits::kTriggersPerAccountMax - 1);
  EXPECT_TRUE(service_.put(alice(), request()).has_value());
  auto one_more = request();
  one_more.set_name("one-more");
  EXPECT_EQ(service_.put(alice(), one_more).error().code(), Code::limit_exceeded);
  EXPECT_TRUE(service_.put(alice(), request("Cancelled")).has_value());
}

TEST_F(TriggerServiceTest, BoundsTheEventsAllAccountsWaitFor) {
  for (std::int64_t i = 1; i < limits::kWatchSubscriptionsMax; ++i) {
    index_.add(name(), {.subscriber = {"acc_bob", std::to_string(i)}});
  }
  EXPECT_TRUE(service_.put(alice(), request()).has_value());
  auto one_more = request();
  one_more.set_name("one-more");
  EXPECT_EQ(service_.put(alice(), one_more).error().code(), Code::limit_exceeded);
}

}  // namespace
}  // namespace nsl::enclave::triggers
