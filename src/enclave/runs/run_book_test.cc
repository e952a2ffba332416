#include "enclave/runs/run_book.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/base/limits.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::runs {
namespace {

class RunBookTest : public testing::ServiceTest {
 protected:
  NewRun new_run(const char* input = "null") {
    NewRun run{.account = "acc_alice",
               .run_id = "run_1",
               .function = {},
               .input = input,
               .trigger = {},
               .event = {},
               .now = clock_.wall_time()};
    run.function.set_name("answer");
    run.function.set_version(3);
    return run;
  }
  Result<void> finish(RunBook& book) {
    RunRecord record = book.get("acc_alice", "run_1", deadline_).value();
    record.value.mutable_run()->set_status(nsl::v1::Run::SUCCEEDED);
    return book.save("acc_alice", record, {}, deadline_);
  }

  RunBook book_{*vault_};
};

TEST_F(RunBookTest, QueuesARunWithItsJob) {
  const auto run = book_.queue(new_run(), deadline_);
  ASSERT_TRUE(run.has_value()) << run.error().message();
  EXPECT_EQ(run->status(), nsl::v1::Run::QUEUED);
  EXPECT_EQ(run->version(), 3U);
  EXPECT_EQ(host_.jobs(), std::vector<std::string>{"execute/acc_alice/run_1"});
}

TEST_F(RunBookTest, QueuesTheSameRunOnce) {
  ASSERT_TRUE(book_.queue(new_run("1"), deadline_).has_value());
  EXPECT_EQ(book_.queue(new_run("2"), deadline_)->input(), "1");
  EXPECT_EQ(host_.jobs().size(), 1U);
}

TEST_F(RunBookTest, HidesOneAccountsRunsFromAnother) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  EXPECT_EQ(book_.get("acc_bob", "run_1", deadline_).error().code(), Code::run_not_found);
  EXPECT_EQ(book_.get_evidence("acc_bob", "run_1", deadline_).error().code(), Code::run_not_found);
  EXPECT_TRUE(book_.list("acc_bob", deadline_)->empty());
  EXPECT_EQ(book_.list("acc_alice", deadline_)->size(), 1U);
}

TEST_F(RunBookTest, HasNoEvidenceBeforeTheEnd) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  EXPECT_EQ(book_.get_evidence("acc_alice", "run_1", deadline_)->receipt(), "");
}

TEST_F(RunBookTest, RefusesToSaveOverANewerRun) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  RunRecord stale = book_.get("acc_alice", "run_1", deadline_).value();
  ASSERT_TRUE(finish(book_).has_value());
  EXPECT_EQ(book_.save("acc_alice", stale, {}, deadline_).error().code(), Code::version_conflict);
}

TEST_F(RunBookTest, WakesWhoWaitsForTheEnd) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  std::thread finisher([this] { EXPECT_TRUE(finish(book_).has_value()); });
  const auto run = book_.wait_until_finished("acc_alice", "run_1", deadline_);
  finisher.join();
  EXPECT_EQ(run->status(), nsl::v1::Run::SUCCEEDED);
}

TEST_F(RunBookTest, AnswersAtOnceWhenTooManyWait) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  std::vector<std::thread> waiters;
  for (std::int64_t i = 0; i < limits::kRunWaitersMax; ++i) {
    waiters.emplace_back([this] {
      EXPECT_EQ(book_.wait_until_finished("acc_alice", "run_1", deadline_)->status(),
                nsl::v1::Run::SUCCEEDED);
    });
  }
  while (book_.waiters() < limits::kRunWaitersMax) std::this_thread::yield();
  EXPECT_EQ(book_.wait_until_finished("acc_alice", "run_1", deadline_)->status(),
            nsl::v1::Run::QUEUED);
  EXPECT_TRUE(finish(book_).has_value());
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(book_.waiters(), 0);
}

TEST_F(RunBookTest, AnswersBeforeTheDeadline) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  const auto deadline = Deadline::after_ms(system_clock_, limits::kAnswerMarginMs + 20);
  ASSERT_TRUE(book_.wait_until_finished("acc_alice", "run_1", deadline).has_value());
  EXPECT_FALSE(deadline.has_passed(system_clock_));
}

TEST_F(RunBookTest, WaitsNoLongerThanTheDeadline) {
  ASSERT_TRUE(book_.queue(new_run(), deadline_).has_value());
  const auto run =
      book_.wait_until_finished("acc_alice", "run_1", Deadline::after_ms(system_clock_, 20));
  ASSERT_TRUE(run.has_value()) << run.error().message();
  EXPECT_EQ(run->status(), nsl::v1::Run::QUEUED);
}

TEST(RunInput, IsStrictJson) {
  EXPECT_TRUE(check_input(R"({"a":[1,null]})").has_value());
  for (const char* bad : {"", "{", "{'a':1}", "NaN", "1 2", "[1,]"}) {
    EXPECT_EQ(check_input(bad).error().code(), Code::malformed_json) << bad;
  }
}

TEST(RunInput, IsBounded) {
  const auto size = static_cast<std::size_t>(limits::kFunctionInputBytesMax);
  EXPECT_TRUE(check_input("\"" + std::string(size - 2, 'x') + "\"").has_value());
  EXPECT_EQ(check_input("\"" + std::string(size - 1, 'x') + "\"").error().code(),
            Code::payload_too_large);
}

TEST(Job, ReadsWhatItWrote) {
  for (const Job::Kind kind : {Job::Kind::execute, Job::Kind::follow}) {
    const Job job{.kind = kind, .account = "acc_a", .run_id = "run_b"};
    const auto parsed = Job::parse(job.to_text());
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->kind, kind);
    EXPECT_EQ(parsed->account, "acc_a");
    EXPECT_EQ(parsed->run_id, "run_b");
  }
}

TEST(Job, RefusesWhatIsNone) {
  for (const char* bad : {"", "execute", "execute/acc_a", "burn/acc_a/run_b", "/acc_a/run_b"}) {
    EXPECT_EQ(Job::parse(bad).error().code(), Code::invalid_argument) << bad;
  }
}

TEST(RunStatus, IsFinalOnceTheRunHasEnded) {
  EXPECT_FALSE(is_final(nsl::v1::Run::QUEUED));
  EXPECT_FALSE(is_final(nsl::v1::Run::RUNNING));
  for (const auto status : {nsl::v1::Run::SUCCEEDED, nsl::v1::Run::FAILED, nsl::v1::Run::TIMED_OUT,
                            nsl::v1::Run::CANCELLED}) {
    EXPECT_TRUE(is_final(status));
  }
}

}  // namespace
}  // namespace nsl::enclave::runs
