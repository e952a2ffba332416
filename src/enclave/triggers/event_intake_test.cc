#include "enclave/triggers/event_intake.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/limits.h"
#include "enclave/triggers/intake_testing.h"

namespace nsl::enclave::triggers {
namespace {

class EventIntakeTest : public IntakeTest {
 protected:
  EventIntakeTest() { confirm_at(101); }
};

TEST_F(EventIntakeTest, StartsARunForAConfirmedEvent) {
  const auto started = intake_.report(event(), deadline_);
  ASSERT_TRUE(started.has_value()) << started.error().message();
  ASSERT_EQ(started->size(), 1U);
  const auto run = runs_.get("acc_alice", started->front(), deadline_)->value.run();
  EXPECT_EQ(run.status(), nsl::v1::Run::QUEUED);
  EXPECT_EQ(run.function(), "answer");
  EXPECT_EQ(run.trigger(), "on-request");
  EXPECT_EQ(run.event().block(), 101U);
  EXPECT_EQ(run.event().proof(), "quorum(1/1)");
  EXPECT_EQ(host_.jobs(), std::vector<std::string>{"execute/acc_alice/" + started->front()});
}

TEST_F(EventIntakeTest, TakesTheInputFromTheChainAndNotFromTheReport) {
  auto reported = event();
  reported.set_block(999);
  const auto started = intake_.report(reported, deadline_);
  const auto run = runs_.get("acc_alice", started->front(), deadline_)->value.run();
  EXPECT_EQ(run.event().block(), 101U);
  EXPECT_NE(run.input().find(R"("block":101)"), std::string::npos) << run.input();
  EXPECT_NE(run.input().find(R"("arguments":[{"type":"Integer","value":"7"}])"), std::string::npos)
      << run.input();
  EXPECT_TRUE(runs::check_input(run.input()).has_value());
}

TEST_F(EventIntakeTest, StartsOneRunHoweverOftenAnEventIsReported) {
  std::set<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.insert(intake_.report(event(), deadline_)->front());
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(runs_.list("acc_alice", deadline_)->size(), 1U);
  EXPECT_EQ(host_.jobs().size(), 1U);
}

TEST_F(EventIntakeTest, StartsOneRunForEachTrigger) {
  bind("also-on-request");
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 2U);
  EXPECT_EQ(host_.jobs().size(), 2U);
}

TEST_F(EventIntakeTest, TellsTwoEventsOfOneTransactionApart) {
  chain_.halt_in_block(
      transaction(), neo::BlockIndex(101),
      {notification(kContract, "Requested"), notification(kContract, "Requested")});
  auto first = event();
  first.set_index(0);
  EXPECT_NE(intake_.report(first, deadline_)->front(), intake_.report(event(), deadline_)->front());
}

TEST_F(EventIntakeTest, AsksTheChainNothingForAnEventNobodyWaitsFor) {
  auto other = event();
  other.set_event("Other");
  EXPECT_TRUE(intake_.report(other, deadline_)->empty());
  EXPECT_EQ(chain_.log_reads, 0);
}

TEST_F(EventIntakeTest, RefusesAnEventOfAnotherContract) {
  auto forged = event();
  forged.set_index(0);
  expect_nothing_started(forged);
}

TEST_F(EventIntakeTest, RefusesAnIndexBehindTheLastNotification) {
  auto forged = event();
  forged.set_index(2);
  expect_nothing_started(forged);
}

TEST_F(EventIntakeTest, RefusesAnEventOfAnotherName) {
  chain_.halt_in_block(transaction(), neo::BlockIndex(101),
                       {notification(kContract, "Other"), notification(kContract, "Other")});
  expect_nothing_started(event());
}

TEST_F(EventIntakeTest, RefusesAnEventOfAFaultedTransaction) {
  confirm_at(101);
  chain_.logs[transaction()].is_halt = false;
  expect_nothing_started(event());
}

TEST_F(EventIntakeTest, RefusesAnEventOfATransactionTheChainDoesNotHold) {
  chain_.logs.clear();
  chain_.blocks.clear();
  expect_nothing_started(event());
}

TEST_F(EventIntakeTest, RefusesAnEventWhoseTransactionIsInNoBlock) {
  chain_.blocks.clear();
  expect_nothing_started(event());
}

TEST_F(EventIntakeTest, RefusesArgumentsAboveTheLimit) {
  auto large = notification(kContract, "Requested");
  large.arguments_json.assign(static_cast<std::size_t>(limits::kEventArgumentBytesMax) + 1, ' ');
  chain_.halt_in_block(transaction(), neo::BlockIndex(101), {large, large});
  EXPECT_EQ(intake_.report(event(), deadline_).error().code(), Code::limit_exceeded);
  EXPECT_TRUE(host_.jobs().empty());
}

TEST_F(EventIntakeTest, IgnoresAnEventOlderThanItsTrigger) {
  confirm_at(100);
  EXPECT_TRUE(intake_.report(event(), deadline_)->empty());
  EXPECT_TRUE(host_.jobs().empty());
}

TEST_F(EventIntakeTest, StartsTheRunOfADeletedFunctionSoThatItFailsInSight) {
  nsl::v1::DeleteFunctionRequest request;
  request.set_name("answer");
  ASSERT_TRUE(functions_.remove(alice(), request).has_value());
  const auto started = intake_.report(event(), deadline_);
  ASSERT_TRUE(started.has_value()) << started.error().message();
  const auto run = runs_.get("acc_alice", started->front(), deadline_)->value.run();
  EXPECT_EQ(run.function(), "answer");
  EXPECT_EQ(run.version(), 0U);
  EXPECT_EQ(host_.jobs().size(), 1U);
}

TEST_F(EventIntakeTest, StartsNothingWhileTheNodeIsAway) {
  chain_.read_failure = Code::node_unavailable;
  EXPECT_EQ(intake_.report(event(), deadline_).error().code(), Code::node_unavailable);
  EXPECT_TRUE(host_.jobs().empty());
}

TEST_F(EventIntakeTest, RefusesWhatIsNoContractAndNoTransaction) {
  auto bad = event();
  bad.set_contract("0x12");
  EXPECT_FALSE(intake_.report(bad, deadline_).has_value());
  bad = event();
  bad.set_transaction("latest");
  EXPECT_FALSE(intake_.report(bad, deadline_).has_value());
}

TEST_F(EventIntakeTest, StartsARunOnlyForAnEventThatMeetsTheFilter) {
  bind("on-request", "args[0] > 7");
  EXPECT_TRUE(intake_.report(event(), deadline_)->empty());
  EXPECT_TRUE(runs_.list("acc_alice", deadline_)->empty());
  bind("on-request", "args[0] >= 7");
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 1U);
}

TEST_F(EventIntakeTest, AnEventItsFilterCannotJudgeIsARunThatSaysSo) {
  bind("on-request", "args[1] == 1");
  const auto started = intake_.report(event(), deadline_);
  ASSERT_TRUE(started.has_value()) << started.error().message();
  ASSERT_EQ(started->size(), 1U);
  const auto run = runs_.get("acc_alice", started->front(), deadline_)->value.run();
  EXPECT_EQ(run.status(), nsl::v1::Run::FAILED);
  EXPECT_EQ(run.error().code(), code_text(Code::expression_failed));
  EXPECT_TRUE(host_.jobs().empty());
  EXPECT_EQ(intake_.report(event(), deadline_).value(), started.value());
}

TEST_F(EventIntakeTest, ADeletedTriggerKeepsNoOtherFromItsRun) {
  // Deleted, but not yet forgotten by the index.
  const EventName name{neo::UInt160::parse(kContract).value(), "Requested"};
  index_.remove(name, {"acc_alice", "on-request"});
  index_.add(name, {.subscriber = {"acc_bob", "deleted"}});
  index_.add(name, {.subscriber = {"acc_alice", "on-request"}, .from_block = 101});
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 1U);
}

TEST_F(EventIntakeTest, ATriggerThatCannotBeReadKeepsNoOtherFromItsRun) {
  const EventName name{neo::UInt160::parse(kContract).value(), "Requested"};
  index_.remove(name, {"acc_alice", "on-request"});
  // No record has an id this long.
  index_.add(name, {.subscriber = {"acc_bob", std::string(500, 'x')}});
  index_.add(name, {.subscriber = {"acc_alice", "on-request"}, .from_block = 101});
  EXPECT_FALSE(intake_.report(event(), deadline_).has_value());
  EXPECT_EQ(runs_.list("acc_alice", deadline_)->size(), 1U);
}

TEST_F(EventIntakeTest, APausedTriggerStartsNothingThoughTheIndexStillKnowsIt) {
  nsl::v1::PauseTriggerRequest pause;
  pause.set_name("on-request");
  const auto waiting = index_.waiting_for({neo::UInt160::parse(kContract).value(), "Requested"});
  ASSERT_TRUE(triggers_.pause(alice(), pause).has_value());
  for (const Subscription& subscription : waiting) {
    index_.add({neo::UInt160::parse(kContract).value(), "Requested"}, subscription);
  }
  EXPECT_TRUE(intake_.report(event(), deadline_)->empty());
}

TEST_F(EventIntakeTest, StartsARunForATriggerOfTheLongestName) {
  bind(std::string(static_cast<std::size_t>(limits::kNameBytesMax), 'a').c_str());
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 2U);
}

TEST_F(EventIntakeTest, StartsARunOnlyForTheSenderThatIsWaitedFor) {
  nsl::v1::PutTriggerRequest request = trigger_request("of-sender");
  request.mutable_source()->mutable_contract_event()->set_sender(kOtherContract);
  ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  chain_.newest_block = neo::BlockIndex(101);
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 1U);
  chain_.senders[transaction()] = neo::UInt160::parse(kOtherContract).value();
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 2U);
}

TEST_F(EventIntakeTest, WaitsForASenderTheChainDoesNotShowYet) {
  nsl::v1::PutTriggerRequest request = trigger_request("of-sender");
  request.mutable_source()->mutable_contract_event()->set_sender(kOtherContract);
  ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  EXPECT_EQ(intake_.report(event(), deadline_).error().code(), Code::event_not_confirmed);
  EXPECT_EQ(runs_.list("acc_alice", deadline_)->size(), 1U);
}

TEST_F(EventIntakeTest, StartsNothingBehindTheLastBlockOfARange) {
  nsl::v1::PutTriggerRequest request = trigger_request("on-request");
  request.mutable_source()->mutable_contract_event()->set_to_block(105);
  ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  confirm_at(106);
  EXPECT_TRUE(intake_.report(event(), deadline_)->empty());
  confirm_at(105);
  EXPECT_EQ(intake_.report(event(), deadline_)->size(), 1U);
}

TEST_F(EventIntakeTest, ATriggerMadeAnewUnderTheSameNameIsAnotherOne) {
  const auto first = intake_.report(event(), deadline_);
  nsl::v1::DeleteTriggerRequest remove;
  remove.set_name("on-request");
  ASSERT_TRUE(triggers_.remove(alice(), remove).has_value());
  bind("on-request");
  const auto second = intake_.report(event(), deadline_);
  ASSERT_EQ(second->size(), 1U);
  EXPECT_NE(first->front(), second->front());
}

}  // namespace
}  // namespace nsl::enclave::triggers
