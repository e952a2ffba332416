#include "enclave/execution/run_engine.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/base/limits.h"
#include "enclave/execution/run_engine_testing.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::RunFinished;
using testing::FakeModule;
using testing::invoke_arguments;
using testing::not_started;
using testing::RunEngineTest;
using testing::RunView;
using testing::ScriptedRunner;
using testing::succeeded;

TEST_F(RunEngineTest, KeepsWhatARunReturned) {
  const auto outcome = carry_out();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
  EXPECT_TRUE(outcome->is_done);
  EXPECT_EQ(run().status(), RunView::SUCCEEDED);
  EXPECT_EQ(run().output(), "42");
  EXPECT_EQ(run().stats().wall_ms(), 2U);
}

TEST_F(RunEngineTest, OneAccountLeavesRoomForOthers) {
  // Each run starts the next one while it runs itself.
  std::int64_t depth = 0;
  std::int64_t refused_at = 0;
  runner_.script = [&](RunHandler&) -> Result<RunFinished> {
    const std::string id = "run_" + std::to_string(++depth + 1);
    queue(id);
    const auto next = carry_out("execute/acc_alice/" + id);
    if (refused_at == 0 && !next->is_done) refused_at = depth;
    if (depth == limits::kRunsOfAccountMax) {
      queue("run_of_bob", "acc_bob");
      EXPECT_TRUE(carry_out("execute/acc_bob/run_of_bob")->is_done);
    }
    return succeeded();
  };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(refused_at, limits::kRunsOfAccountMax);
  // Room is free again.
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return succeeded(); };
  const std::string last = "run_" + std::to_string(limits::kRunsOfAccountMax + 1);
  EXPECT_TRUE(carry_out("execute/acc_alice/" + last)->is_done);
}

TEST_F(RunEngineTest, EndsARunWhoseOwnerWantsItEnded) {
  bool has_seen = false;
  runner_.script = [&](RunHandler& handler) -> Result<RunFinished> {
    EXPECT_FALSE(handler.is_cancelled());
    const auto asked = runs_.cancel("acc_alice", "run_1", clock_.wall_time(), deadline_);
    EXPECT_EQ(asked->status(), RunView::RUNNING);
    has_seen = handler.is_cancelled();
    RunFinished finished;
    finished.set_status(RunFinished::CANCELLED);
    return finished;
  };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_TRUE(has_seen);
  EXPECT_EQ(run().status(), RunView::CANCELLED);
}

TEST_F(RunEngineTest, ARunThatWaitsIsEndedAtOnce) {
  const auto ended = runs_.cancel("acc_alice", "run_1", clock_.wall_time(), deadline_);
  ASSERT_TRUE(ended.has_value()) << ended.error().message();
  EXPECT_EQ(ended->status(), RunView::CANCELLED);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(runner_.runs, 0);
}

// The enclave died before the run saw that it was to end.
TEST_F(RunEngineTest, AnAttemptThatWasCutOffIsNotStartedOverWhenItsOwnerWantsNoMore) {
  runner_.script = [&](RunHandler& handler) -> Result<RunFinished> {
    static_cast<void>(handler.host_call(0, "time.now", "{}"));
    EXPECT_TRUE(runs_.cancel("acc_alice", "run_1", clock_.wall_time(), deadline_).has_value());
    return fail(Code::runner_unavailable);
  };
  EXPECT_FALSE(carry_out()->is_done);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(runner_.runs, 1);
  EXPECT_EQ(run().status(), RunView::CANCELLED);
  EXPECT_EQ(run().error().code(), code_text(Code::run_cancelled));
}

TEST_F(RunEngineTest, WhatHasEndedStaysAsItIs) {
  ASSERT_TRUE(carry_out().has_value());
  const auto after = runs_.cancel("acc_alice", "run_1", clock_.wall_time(), deadline_);
  EXPECT_EQ(after->status(), RunView::SUCCEEDED);
  EXPECT_EQ(runs_.cancel("acc_bob", "run_1", clock_.wall_time(), deadline_).error().code(),
            Code::run_not_found);
}

TEST_F(RunEngineTest, GivesTheRunnerExactlyTheDeployedVersion) {
  ASSERT_TRUE(carry_out().has_value());
  EXPECT_EQ(runner_.last_start.source(), "export function main() {}");
  EXPECT_EQ(runner_.last_start.input(), R"({"a":1})");
  EXPECT_EQ(runner_.last_start.limits().wall_ms(),
            static_cast<std::uint32_t>(limits::kRunWallMsDefault));
}

TEST_F(RunEngineTest, SignsAReceiptThatVerifies) {
  ASSERT_TRUE(carry_out().has_value());
  const auto evidence = runs_.get_evidence("acc_alice", "run_1", deadline_);
  const auto verified = receipt::verify(as_bytes(evidence->receipt()), module_.anchor());
  ASSERT_TRUE(verified.has_value()) << verified.error().message();
  EXPECT_EQ(verified->receipt.run, "run_1");
  EXPECT_EQ(verified->receipt.status, "SUCCEEDED");
  EXPECT_EQ(verified->receipt.output_hash, crypto::sha256(as_bytes("42")));
  EXPECT_EQ(verified->receipt.layers, std::vector<std::string>{"seccomp"});
}

TEST_F(RunEngineTest, FailsARunWhoseLanguageHasNoRunner) {
  runners_.clear();
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().error().code(), code_text(Code::runtime_unsupported));
}

TEST_F(RunEngineTest, NeverRunsAFinalRunAgain) {
  ASSERT_TRUE(carry_out().has_value());
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(runner_.runs, 1);
}

TEST_F(RunEngineTest, StartsOverWhenTheRunnerWentAway) {
  runner_.script = [](RunHandler&) -> Result<RunFinished> {
    return fail(Code::runner_unavailable);
  };
  const auto outcome = carry_out();
  EXPECT_FALSE(outcome->is_done);
  EXPECT_GT(outcome->retry_after_ms, 0);
  EXPECT_EQ(run().status(), RunView::RUNNING);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return succeeded(); };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::SUCCEEDED);
}

TEST_F(RunEngineTest, KeepsARunWaitingForAsLongAsTheRunnerHasNoRoom) {
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return not_started(); };
  for (int i = 0; i < limits::kJobAttemptsMax + 1; ++i) {
    ASSERT_FALSE(carry_out()->is_done);
    ASSERT_EQ(run().status(), RunView::QUEUED);
    ASSERT_TRUE(run().started_at().empty());
  }
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return succeeded(); };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::SUCCEEDED);
}

TEST_F(RunEngineTest, CountsAnAttemptThatCalledTheHostWhateverTheRunnerSays) {
  runner_.script = invoking(7, not_started());
  for (int i = 0; i < limits::kJobAttemptsMax; ++i) ASSERT_FALSE(carry_out()->is_done);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().error().code(), code_text(Code::run_lost));
}

TEST_F(RunEngineTest, StartsOverWhatWasKilledFromOutside) {
  runner_.script = [](RunHandler&) -> Result<RunFinished> {
    RunFinished finished;
    finished.set_status(RunFinished::LOST);
    return finished;
  };
  EXPECT_FALSE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::RUNNING);
}

TEST_F(RunEngineTest, StartsOverWhatFailedWhileItsHostWasGone) {
  is_abandoned_ = true;
  runner_.script = [](RunHandler&) -> Result<RunFinished> {
    RunFinished finished;
    finished.set_status(RunFinished::FAILED);
    return finished;
  };
  EXPECT_FALSE(carry_out()->is_done);
  // A function that carried on after a failed call has seen a world that was not there.
  runner_.script = [](RunHandler& handler) {
    EXPECT_FALSE(handler.host_call(0, "no.such", "{}").has_value());
    return succeeded();
  };
  EXPECT_FALSE(carry_out()->is_done);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return succeeded(); };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::SUCCEEDED);
}

TEST_F(RunEngineTest, NamesTheTransactionOfAnAttemptThatWasLost) {
  runner_.script = invoking(7, fail(Code::runner_unavailable));
  ASSERT_FALSE(carry_out()->is_done);
  // The second attempt sees its work done and asks for nothing.
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return succeeded(); };
  ASSERT_TRUE(carry_out()->is_done);
  ASSERT_EQ(chain_.sent.size(), 1U);
  ASSERT_EQ(run().transactions_size(), 1);
}

TEST_F(RunEngineTest, NamesTheTransactionOfARunItGivesUp) {
  runner_.script = invoking(7, fail(Code::runner_unavailable));
  for (int i = 0; i < limits::kJobAttemptsMax; ++i) ASSERT_FALSE(carry_out()->is_done);
  ASSERT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().transactions_size(), 1);
}

TEST_F(RunEngineTest, GivesUpARunThatWasLostTooOften) {
  runner_.script = [](RunHandler&) -> Result<RunFinished> {
    return fail(Code::runner_unavailable);
  };
  for (int i = 0; i < limits::kJobAttemptsMax; ++i) ASSERT_FALSE(carry_out()->is_done);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().error().code(), code_text(Code::run_lost));
  EXPECT_EQ(runner_.runs, limits::kJobAttemptsMax);
}

TEST_F(RunEngineTest, SendsOneTransactionHoweverOftenARunIsLost) {
  runner_.script = invoking(7, fail(Code::runner_unavailable));
  ASSERT_FALSE(carry_out()->is_done);
  runner_.script = invoking(7, succeeded());
  ASSERT_TRUE(carry_out()->is_done);
  ASSERT_EQ(chain_.sent.size(), 2U);
  EXPECT_EQ(chain_.sent[0], chain_.sent[1]);
  ASSERT_EQ(run().transactions_size(), 1);
  EXPECT_EQ(run().transactions(0).state(), nsl::v1::RunTransaction::SENT);
}

TEST_F(RunEngineTest, FailsARepeatedRunThatAsksForAnotherTransaction) {
  runner_.script = invoking(7, fail(Code::runner_unavailable));
  ASSERT_FALSE(carry_out()->is_done);
  runner_.script = invoking(8, succeeded());
  ASSERT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().error().code(), code_text(Code::run_effect_conflict));
  EXPECT_EQ(run().output(), "");
  EXPECT_EQ(chain_.sent.size(), 1U);
}

TEST_F(RunEngineTest, FollowsATransactionUntilItIsDecided) {
  runner_.script = invoking(7, succeeded());
  ASSERT_TRUE(carry_out()->is_done);
  EXPECT_EQ(host_.jobs().back(), "follow/acc_alice/run_1");
  const auto pending = carry_out("follow/acc_alice/run_1");
  EXPECT_FALSE(pending->is_done);
  EXPECT_GE(pending->retry_after_ms, chain_.network_info.milliseconds_per_block);
  chain_.halt_in_block(neo::UInt256::parse(run().transactions(0).hash()).value(),
                       neo::BlockIndex(105));
  chain_.newest_block = neo::BlockIndex(105);
  clock_.advance_ms(1000);
  EXPECT_TRUE(carry_out("follow/acc_alice/run_1")->is_done);
  EXPECT_EQ(run().transactions(0).state(), nsl::v1::RunTransaction::HALT);
  EXPECT_EQ(run().transactions(0).block(), 105U);
  EXPECT_FALSE(run().transactions(0).sent_at().empty());
}

TEST_F(RunEngineTest, FollowsNothingThatWasRefusedBeforeItWasSigned) {
  chain_.trial.is_halt = false;
  runner_.script = invoking(7, succeeded());
  ASSERT_TRUE(carry_out()->is_done);
  EXPECT_TRUE(carry_out("follow/acc_alice/run_1")->is_done);
  EXPECT_EQ(run().transactions_size(), 0);
}

TEST_F(RunEngineTest, KeepsWhyARunFailed) {
  runner_.script = [](RunHandler& handler) -> Result<RunFinished> {
    handler.log_line(runner::v1::LogLine::INFO, "about to throw");
    RunFinished finished;
    finished.set_status(RunFinished::FAILED);
    finished.mutable_error()->set_code(std::string(code_text(Code::run_host_call_refused)));
    finished.mutable_error()->set_message("boom");
    finished.mutable_error()->set_line(3);
    return finished;
  };
  ASSERT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().error().message(), "boom");
  EXPECT_EQ(run().error().line(), 3U);
  EXPECT_EQ(runs_.get_evidence("acc_alice", "run_1", deadline_)->logs().lines(0).text(),
            "about to throw");
}

TEST_F(RunEngineTest, FailsTheRunOfAFunctionThatIsGone) {
  nsl::v1::Function gone;
  gone.set_name("answer");
  ASSERT_TRUE(runs_
                  .queue({.account = "acc_alice",
                          .run_id = "run_2",
                          .function = gone,
                          .input = "null",
                          .trigger = "on-request",
                          .event = {},
                          .now = clock_.wall_time()},
                         deadline_)
                  .has_value());
  EXPECT_TRUE(carry_out("execute/acc_alice/run_2")->is_done);
  const auto lost = runs_.get("acc_alice", "run_2", deadline_)->value.run();
  EXPECT_EQ(lost.status(), RunView::FAILED);
  EXPECT_EQ(lost.error().code(), code_text(Code::function_not_found));
  EXPECT_EQ(runner_.runs, 0);
}

TEST_F(RunEngineTest, ForgetsAJobOfNoKnownRun) {
  EXPECT_TRUE(carry_out("execute/acc_alice/run_9")->is_done);
  EXPECT_TRUE(carry_out("execute/acc_bob/run_1")->is_done);
  EXPECT_TRUE(carry_out("follow/acc_bob/run_1")->is_done);
  EXPECT_EQ(runner_.runs, 0);
}

TEST_F(RunEngineTest, RefusesWhatIsNoJob) {
  for (const char* bad : {"", "execute", "execute/acc_alice", "burn/acc_alice/run_1"}) {
    EXPECT_EQ(carry_out(bad).error().code(), Code::invalid_argument) << bad;
  }
}

TEST_F(RunEngineTest, RunsTheSameRunOnceAtATime) {
  runner_.script = [this](RunHandler&) -> Result<RunFinished> {
    EXPECT_FALSE(carry_out()->is_done);
    return succeeded();
  };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(runner_.runs, 1);
}

}  // namespace
}  // namespace nsl::enclave::execution
