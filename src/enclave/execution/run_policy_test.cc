#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/execution/run_engine_testing.h"
#include "enclave/runs/run_feed.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::LogLine;
using testing::RunFinished;
using testing::RunView;

RunFinished failed(const char* message = "no") {
  RunFinished finished;
  finished.set_status(RunFinished::FAILED);
  finished.mutable_error()->set_code("NSL-RUN-0002");
  finished.mutable_error()->set_message(message);
  return finished;
}

class RunPolicyTest : public testing::RunEngineTest {
 protected:
  static constexpr std::int64_t kPauseMs = 1000;

  // The run, as if its function had this policy when it was made.
  void ask_for_tries(std::uint32_t attempts) {
    auto record = runs_.get("acc_alice", "run_1", deadline_).value();
    record.value.mutable_retry()->set_attempts(attempts);
    record.value.mutable_retry()->set_backoff_ms(kPauseMs);
    ASSERT_TRUE(runs_.save("acc_alice", record, {}, deadline_).has_value());
  }
  void bound_runs(std::uint32_t runs, nsl::v1::ConcurrencyPolicy::Beyond beyond) {
    const vault::RecordKey key = functions::function_key("acc_alice", function_.name());
    const auto present =
        records::find_record<stored::FunctionRecord>(*vault_, key, deadline_).value();
    stored::FunctionRecord record = present.has_value() ? present->value : stored::FunctionRecord();
    *record.mutable_function() = function_;
    record.mutable_policy()->mutable_concurrency()->set_runs(runs);
    record.mutable_policy()->mutable_concurrency()->set_beyond(beyond);
    vault::Batch batch;
    records::put_record(batch, key, record, present.has_value() ? present->version : 0);
    ASSERT_TRUE(vault_->commit(std::move(batch), deadline_).has_value());
  }
  RunView run_of(const std::string& id) {
    return runs_.get("acc_alice", id, deadline_)->value.run();
  }
};

TEST_F(RunPolicyTest, WithoutOneAFailureIsFinal) {
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed(); };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().attempts_size(), 0);
}

TEST_F(RunPolicyTest, AFailedRunIsTriedAgainAfterItsPause) {
  ask_for_tries(3);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed("first"); };
  const auto first = carry_out();
  ASSERT_TRUE(first.has_value()) << first.error().message();
  EXPECT_FALSE(first->is_done);
  EXPECT_EQ(first->retry_after_ms, kPauseMs);
  EXPECT_EQ(run().status(), RunView::QUEUED);
  EXPECT_FALSE(run().next_attempt_at().empty());
  EXPECT_FALSE(run().has_error());

  runner_.script = [](RunHandler&) -> Result<RunFinished> { return testing::succeeded(); };
  clock_.advance_ms(kPauseMs);
  EXPECT_TRUE(carry_out()->is_done);
  const RunView ended = run();
  EXPECT_EQ(ended.status(), RunView::SUCCEEDED);
  EXPECT_TRUE(ended.next_attempt_at().empty());
  ASSERT_EQ(ended.attempts_size(), 2);
  EXPECT_EQ(ended.attempts(0).status(), RunView::FAILED);
  EXPECT_EQ(ended.attempts(0).error().message(), "first");
  EXPECT_EQ(ended.attempts(1).number(), 2U);
  EXPECT_EQ(ended.attempts(1).status(), RunView::SUCCEEDED);
  EXPECT_TRUE(ended.receipt());
}

TEST_F(RunPolicyTest, AHostThatHandsTheJobBackEarlyIsToldToWait) {
  ask_for_tries(2);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed(); };
  EXPECT_FALSE(carry_out()->is_done);
  clock_.advance_ms(kPauseMs - 1);
  const auto early = carry_out();
  EXPECT_FALSE(early->is_done);
  EXPECT_EQ(early->retry_after_ms, 1);
  EXPECT_EQ(runner_.runs, 1);
}

TEST_F(RunPolicyTest, TheLastTryIsTheEnd) {
  ask_for_tries(2);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed(); };
  EXPECT_FALSE(carry_out()->is_done);
  clock_.advance_ms(kPauseMs);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::FAILED);
  EXPECT_EQ(run().attempts_size(), 2);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(runner_.runs, 2);
}

TEST_F(RunPolicyTest, ATryThatWasLostIsNoTry) {
  ask_for_tries(2);
  runner_.script = [](RunHandler&) -> Result<RunFinished> {
    return fail(Code::runner_unavailable);
  };
  EXPECT_FALSE(carry_out()->is_done);
  EXPECT_EQ(run().attempts_size(), 0);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed(); };
  EXPECT_FALSE(carry_out()->is_done);
  EXPECT_EQ(run().attempts_size(), 1);
}

TEST_F(RunPolicyTest, ARunIsCancelledBetweenTwoTries) {
  ask_for_tries(2);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed(); };
  EXPECT_FALSE(carry_out()->is_done);
  ASSERT_TRUE(runs_.cancel("acc_alice", "run_1", clock_.wall_time(), deadline_).has_value());
  clock_.advance_ms(kPauseMs);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::CANCELLED);
  EXPECT_EQ(runner_.runs, 1);
}

TEST_F(RunPolicyTest, EveryTrySendsTheSameTransaction) {
  ask_for_tries(2);
  runner_.script = invoking(1, failed());
  EXPECT_FALSE(carry_out()->is_done);
  ASSERT_EQ(run().transactions_size(), 1);
  const std::string sent = run().transactions(0).hash();
  clock_.advance_ms(kPauseMs);
  runner_.script = invoking(1, testing::succeeded());
  EXPECT_TRUE(carry_out()->is_done);
  ASSERT_EQ(run().transactions_size(), 1);
  EXPECT_EQ(run().transactions(0).hash(), sent);
}

TEST_F(RunPolicyTest, ATryThatAsksForAnotherEffectIsTheLast) {
  ask_for_tries(5);
  runner_.script = invoking(1, failed());
  EXPECT_FALSE(carry_out()->is_done);
  clock_.advance_ms(kPauseMs);
  runner_.script = invoking(2, failed());
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().error().code(), code_text(Code::run_effect_conflict));
  EXPECT_EQ(run().transactions_size(), 1);
}

TEST_F(RunPolicyTest, EveryTryHasTheSameRandomness) {
  ask_for_tries(2);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return failed(); };
  EXPECT_FALSE(carry_out()->is_done);
  const std::string seed = runner_.last_start.seed();
  clock_.advance_ms(kPauseMs);
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(runner_.last_start.seed(), seed);
}

TEST_F(RunPolicyTest, ARunThatFindsNoPlaceWaits) {
  bound_runs(1, nsl::v1::ConcurrencyPolicy::queue);
  queue("run_2");
  runner_.script = [this](RunHandler&) -> Result<RunFinished> {
    const auto second = carry_out("execute/acc_alice/run_2");
    EXPECT_FALSE(second->is_done);
    return testing::succeeded();
  };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run_of("run_2").status(), RunView::QUEUED);
  runner_.script = [](RunHandler&) -> Result<RunFinished> { return testing::succeeded(); };
  EXPECT_TRUE(carry_out("execute/acc_alice/run_2")->is_done);
  EXPECT_EQ(run_of("run_2").status(), RunView::SUCCEEDED);
}

TEST_F(RunPolicyTest, ARunThatFindsNoPlaceIsRefusedWhereThePolicySaysSo) {
  bound_runs(1, nsl::v1::ConcurrencyPolicy::refuse);
  queue("run_2");
  runner_.script = [this](RunHandler&) -> Result<RunFinished> {
    EXPECT_TRUE(carry_out("execute/acc_alice/run_2")->is_done);
    return testing::succeeded();
  };
  EXPECT_TRUE(carry_out()->is_done);
  EXPECT_EQ(run().status(), RunView::SUCCEEDED);
  EXPECT_EQ(run_of("run_2").status(), RunView::FAILED);
  EXPECT_EQ(run_of("run_2").error().code(), code_text(Code::run_concurrency_exceeded));
}

TEST_F(RunPolicyTest, WhoFollowsARunSeesItsLinesBeforeItsEnd) {
  runs::RunFeed feed;
  RunEngine engine{{.book = runs_,
                    .runners = runners_,
                    .receipts = receipts_,
                    .host_calls = parts(),
                    .is_abandoned = [] { return false; },
                    .feed = &feed}};
  const std::function<bool()> stays = [] { return false; };
  nsl::v1::RunLogs seen;
  runner_.script = [&](RunHandler& handler) -> Result<RunFinished> {
    handler.log_line(LogLine::INFO, "one");
    const Deadline now = Deadline::after_ms(clock_, 0);
    seen = feed.read("run_1", {}, {.clock = clock_, .deadline = now, .is_abandoned = stays});
    return testing::succeeded();
  };
  EXPECT_TRUE(engine.carry_out("execute/acc_alice/run_1", deadline_)->is_done);
  ASSERT_EQ(seen.lines_size(), 1);
  EXPECT_EQ(seen.lines(0).text(), "one");
  EXPECT_EQ(seen.next_cursor(), "1.1");
}

}  // namespace
}  // namespace nsl::enclave::execution
