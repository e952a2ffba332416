#include "host/orchestrator/orchestrator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "host/store/store_testing.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::host::orchestrator {
namespace {

using store::testing::job_of;
using store::testing::must_open;
using store::testing::TemporaryDirectory;

std::string answer(bool is_done, std::uint32_t retry_after_ms = 0) {
  internal::v1::ExecuteReply reply;
  reply.set_is_done(is_done);
  reply.set_retry_after_ms(retry_after_ms);
  return reply.SerializeAsString();
}

// Answers as scripted, the last answer for ever, and tells when it was asked often enough.
class ScriptedEnclave final : public wire::Transport {
 public:
  explicit ScriptedEnclave(std::deque<Result<std::string>> answers)
      : answers_(std::move(answers)) {}

  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline&) override NSL_EXCLUDES(mutex_) {
    internal::v1::ExecuteRequest request;
    EXPECT_EQ(service, "nsl.internal.v1.WorkService");
    EXPECT_EQ(method, "Execute");
    EXPECT_TRUE(request.ParseFromString(payload));
    MutexLock lock(mutex_);
    asked_.push_back(request.job());
    asked_more_.notify_all();
    Result<std::string> result = answers_.front();
    if (answers_.size() > 1) answers_.pop_front();
    return result;
  }
  // Jobs in the order they were asked for, once there are `count`.
  std::vector<std::string> wait_for(std::size_t count, const Deadline& deadline)
      NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (asked_.size() < count) {
      if (asked_more_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
    }
    return asked_;
  }

 private:
  Mutex mutex_;
  CondVar asked_more_;
  std::deque<Result<std::string>> answers_ NSL_GUARDED_BY(mutex_);
  std::vector<std::string> asked_ NSL_GUARDED_BY(mutex_);
};

class OrchestratorTest : public ::testing::Test {
 protected:
  void enqueue(const char* job) {
    ASSERT_TRUE(store_->commit(job_of(job, 0), clock_.wall_time()).has_value());
  }
  // Leaves the orchestrator alone until it asked `count` times, then stops it: what it was doing is
  // finished by then.
  std::vector<std::string> asked_for(std::deque<Result<std::string>> answers, std::size_t count,
                                     std::size_t workers = 1) {
    ScriptedEnclave enclave(std::move(answers));
    const Orchestrator orchestrator(*store_, enclave, clock_, workers);
    return enclave.wait_for(count, Deadline::after_ms(clock_, 20000));
  }
  std::optional<WallTime> next_due() { return store_->next_job_due().value(); }
  // Uses up attempts without an enclave.
  void lose(int attempts) {
    for (int i = 0; i < attempts; ++i) {
      const WallTime now = clock_.wall_time();
      const auto lease = store_->lease_jobs(
          {.now = now, .lease_until = WallTime(now.value() + 60000), .count = 1});
      ASSERT_EQ(lease->size(), 1U);
      ASSERT_TRUE(store_->release_job(lease->front(), now).has_value());
    }
  }

  SystemClock clock_;
  TemporaryDirectory directory_;
  std::unique_ptr<store::SqliteStore> store_ = must_open(directory_.file("store.db"));
};

TEST_F(OrchestratorTest, ForgetsAJobTheEnclaveCallsDone) {
  enqueue("job");
  EXPECT_EQ(asked_for({answer(true)}, 1), std::vector<std::string>{"job"});
  EXPECT_FALSE(next_due().has_value());
}

TEST_F(OrchestratorTest, PutsAJobBackThatIsNotDone) {
  enqueue("job");
  const WallTime before = clock_.wall_time();
  EXPECT_EQ(asked_for({answer(false, 60000)}, 1).size(), 1U);
  ASSERT_TRUE(next_due().has_value());
  EXPECT_GE(next_due()->value(), before.value() + 60000);
}

TEST_F(OrchestratorTest, AsksAgainWhenTheDelayIsOver) {
  enqueue("job");
  EXPECT_EQ(asked_for({answer(false, 1), answer(true)}, 2).size(), 2U);
  EXPECT_FALSE(next_due().has_value());
}

TEST_F(OrchestratorTest, LosesNothingWhileTheEnclaveIsAway) {
  enqueue("job");
  EXPECT_EQ(asked_for({fail(Code::unavailable)}, 1).size(), 1U);
  ASSERT_TRUE(next_due().has_value());
  EXPECT_GT(next_due()->value(), clock_.wall_time().value() - 1000);
}

TEST_F(OrchestratorTest, CarriesOutWhatWasPutBackWhileTheEnclaveWasAway) {
  enqueue("job");
  EXPECT_EQ(asked_for({fail(Code::unavailable), answer(true)}, 2).size(), 2U);
  EXPECT_FALSE(next_due().has_value());
}

TEST_F(OrchestratorTest, PutsBackWhatIsRefusedBeforeTheLastAttempt) {
  enqueue("job");
  ASSERT_FALSE(code_is_retryable(Code::invalid_argument));
  EXPECT_EQ(asked_for({fail(Code::invalid_argument)}, 1).size(), 1U);
  EXPECT_TRUE(next_due().has_value());
}

TEST_F(OrchestratorTest, BuriesWhatIsRefusedForGoodAfterTheLastAttempt) {
  enqueue("job");
  lose(static_cast<int>(limits::kJobAttemptsMax) - 1);
  EXPECT_EQ(asked_for({fail(Code::invalid_argument)}, 1).size(), 1U);
  EXPECT_FALSE(next_due().has_value());
}

TEST_F(OrchestratorTest, NeverBuriesAJobBecauseTheEnclaveWasAway) {
  enqueue("job");
  lose(static_cast<int>(limits::kJobAttemptsMax) + 3);
  EXPECT_EQ(asked_for({fail(Code::unavailable)}, 1).size(), 1U);
  EXPECT_TRUE(next_due().has_value());
}

TEST_F(OrchestratorTest, PutsBackAJobAfterAnAnswerItDoesNotUnderstand) {
  enqueue("job");
  EXPECT_EQ(asked_for({std::string("\xff\xff\xff")}, 1).size(), 1U);
  EXPECT_TRUE(next_due().has_value());
}

TEST_F(OrchestratorTest, CarriesOutEachJobOnceWithSeveralWorkers) {
  for (const char* job : {"a", "b", "c", "d"}) enqueue(job);
  auto asked = asked_for({answer(true)}, 4, 3);
  std::sort(asked.begin(), asked.end());
  EXPECT_EQ(asked, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_FALSE(next_due().has_value());
}

TEST_F(OrchestratorTest, LooksAtOnceWhenWoken) {
  ScriptedEnclave enclave({answer(true)});
  Orchestrator orchestrator(*store_, enclave, clock_, 1);
  enqueue("job");
  orchestrator.wake();
  EXPECT_EQ(enclave.wait_for(1, Deadline::after_ms(clock_, 20000)).size(), 1U);
}

TEST_F(OrchestratorTest, StartsNoFurtherJobOnceItDrains) {
  ScriptedEnclave enclave({answer(true)});
  Orchestrator orchestrator(*store_, enclave, clock_, 2);
  orchestrator.drain(Deadline::after_ms(clock_, 20000));
  enqueue("job");
  orchestrator.wake();
  EXPECT_TRUE(next_due().has_value());
}

TEST_F(OrchestratorTest, DrainsNoLongerThanTheDeadline) {
  // Holds the job until the test lets go.
  class BusyEnclave final : public wire::Transport {
   public:
    Result<std::string> call(std::string_view, std::string_view, std::string,
                             const Deadline&) override {
      started.release();
      gate.acquire();
      return fail(Code::unavailable);
    }
    std::binary_semaphore started{0};
    std::binary_semaphore gate{0};
  } enclave;
  enqueue("job");
  Orchestrator orchestrator(*store_, enclave, clock_, 1);
  enclave.started.acquire();
  orchestrator.drain(Deadline::after_ms(clock_, 10));
  enclave.gate.release();
  orchestrator.drain(Deadline::after_ms(clock_, 20000));
  EXPECT_TRUE(next_due().has_value());
}

TEST(RetryDelay, DoublesUpToHalfAMinute) {
  EXPECT_EQ(retry_delay_ms(0), 250);
  EXPECT_EQ(retry_delay_ms(1), 500);
  EXPECT_EQ(retry_delay_ms(6), 16000);
  EXPECT_EQ(retry_delay_ms(7), 30000);
  EXPECT_EQ(retry_delay_ms(UINT32_MAX), 30000);
}

// Keeps every job until the test lets it go.
class SlowEnclave final : public wire::Transport {
 public:
  explicit SlowEnclave(store::SqliteStore& store) : store_(store) {}

  Result<std::string> call(std::string_view, std::string_view, std::string,
                           const Deadline&) override {
    const int now = ++running_now_;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    leased_until = store_.next_job_due().value()->value();
    arrived.release();
    gate.acquire();
    --running_now_;
    return answer(true);
  }

  std::counting_semaphore<16> arrived{0};
  std::counting_semaphore<16> gate{0};
  std::atomic<int> most = 0;
  std::atomic<std::int64_t> leased_until = 0;

 private:
  store::SqliteStore& store_;
  std::atomic<int> running_now_ = 0;
};

TEST_F(OrchestratorTest, AsksForNoMoreJobsAtATimeThanItHasWorkers) {
  SlowEnclave enclave(*store_);
  for (const char* job : {"a", "b", "c", "d", "e", "f"}) enqueue(job);
  const Orchestrator orchestrator(*store_, enclave, clock_, 2);
  for (int i = 0; i < 2; ++i) enclave.arrived.acquire();
  enclave.gate.release(6);
  for (int i = 0; i < 4; ++i) enclave.arrived.acquire();
  EXPECT_EQ(enclave.most, 2);
}

TEST_F(OrchestratorTest, LeasesAJobForLongerThanItMayTake) {
  static_assert(limits::kJobLeaseMs > limits::kRequestDeadlineMsMax);
  SlowEnclave enclave(*store_);
  enqueue("job");
  const std::int64_t before = clock_.wall_time().value();
  const Orchestrator orchestrator(*store_, enclave, clock_, 1);
  enclave.arrived.acquire();
  const std::int64_t after = clock_.wall_time().value();
  EXPECT_GE(enclave.leased_until, before + limits::kJobLeaseMs);
  EXPECT_LE(enclave.leased_until, after + limits::kJobLeaseMs);
  enclave.gate.release();
}

}  // namespace
}  // namespace nsl::host::orchestrator
