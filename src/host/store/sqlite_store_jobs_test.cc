#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "host/store/sqlite_store.h"
#include "host/store/store_testing.h"

namespace nsl::host::store {
namespace {

using testing::job_of;
using testing::must_open;
using testing::TemporaryDirectory;

constexpr WallTime kNow{1'000'000};

WallTime after(std::int64_t ms) { return WallTime(kNow.value() + ms); }

class StoreJobs : public ::testing::Test {
 protected:
  void enqueue(std::string_view id, std::uint32_t delay_ms = 0, WallTime now = kNow) {
    ASSERT_TRUE(store_->commit(job_of(id, delay_ms), now).has_value());
  }
  std::vector<JobLease> lease(WallTime now, std::size_t count = 8) {
    auto jobs = store_->lease_jobs(
        {.now = now, .lease_until = WallTime(now.value() + 1000), .count = count});
    return jobs.value();
  }
  void reopen() {
    store_.reset();
    store_ = must_open(directory_.file("store.db"));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> store_ = must_open(directory_.file("store.db"));
};

TEST_F(StoreJobs, LeasesDueJobsOldestFirst) {
  enqueue("late", 500);
  enqueue("soon", 0);
  EXPECT_EQ(store_->next_job_due().value(), kNow);
  ASSERT_EQ(lease(kNow).size(), 1U);
  const auto later = lease(after(500));
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].id, "late");
  EXPECT_EQ(later[0].attempt, 1U);
}

TEST_F(StoreJobs, GivesALeasedJobToNobodyElseUntilTheLeaseRunsOut) {
  enqueue("job");
  const auto first = lease(kNow);
  EXPECT_TRUE(lease(after(999)).empty());
  EXPECT_EQ(store_->next_job_due().value(), after(1000));
  const auto second = lease(after(1000));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].attempt, 2U);
  EXPECT_EQ(store_->finish_job(first[0]).error().code(), Code::store_conflict);
  EXPECT_EQ(store_->release_job(first[0], kNow).error().code(), Code::store_conflict);
  EXPECT_EQ(store_->bury_job(first[0]).error().code(), Code::store_conflict);
  EXPECT_TRUE(store_->finish_job(second[0]).has_value());
  EXPECT_EQ(store_->next_job_due().value(), std::nullopt);
}

TEST_F(StoreJobs, RunsAReleasedJobAgainWhenItIsDue) {
  enqueue("job");
  ASSERT_TRUE(store_->release_job(lease(kNow)[0], after(200)).has_value());
  EXPECT_TRUE(lease(after(199)).empty());
  EXPECT_EQ(lease(after(200)).size(), 1U);
}

TEST_F(StoreJobs, KeepsAJobThatWasAskedForAgainWhileItRan) {
  enqueue("job");
  const auto held = lease(kNow);
  enqueue("job", 50);
  EXPECT_EQ(store_->finish_job(held[0]), JobEnd::asked_again);
  const auto again = lease(after(50));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempt, 1U);
  EXPECT_EQ(store_->finish_job(held[0]).error().code(), Code::store_conflict);
}

TEST_F(StoreJobs, AskingTwiceForAWaitingJobKeepsTheEarlierTime) {
  enqueue("job", 100);
  enqueue("job", 900);
  EXPECT_EQ(store_->next_job_due().value(), after(100));
}

TEST_F(StoreJobs, ABuriedJobStaysUntilItIsAskedForAgain) {
  enqueue("job");
  ASSERT_TRUE(store_->bury_job(lease(kNow)[0]).has_value());
  EXPECT_TRUE(lease(after(1'000'000)).empty());
  EXPECT_EQ(store_->next_job_due().value(), std::nullopt);
  enqueue("job");
  const auto again = lease(kNow);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempt, 1U);
}

TEST_F(StoreJobs, ANewFenceDiffersFromThatOfAFinishedJobOfTheSameName) {
  enqueue("job");
  const auto first = lease(kNow);
  ASSERT_TRUE(store_->finish_job(first[0]).has_value());
  enqueue("job");
  const auto second = lease(kNow);
  EXPECT_EQ(store_->finish_job(first[0]).error().code(), Code::store_conflict);
  EXPECT_TRUE(store_->finish_job(second[0]).has_value());
}

TEST_F(StoreJobs, LeasesOfADeadProcessAreVoid) {
  enqueue("job");
  ASSERT_EQ(lease(kNow).size(), 1U);
  reopen();
  const auto again = lease(kNow);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempt, 2U);
}

TEST_F(StoreJobs, LeasesAtMostTheCountAsked) {
  for (int i = 0; i < 5; ++i) enqueue("job" + std::to_string(i));
  EXPECT_EQ(lease(kNow, 2).size(), 2U);
}

class StoreEvents : public StoreJobs {
 protected:
  std::vector<std::string> undelivered() {
    std::vector<std::string> ids;
    const auto events = store_->undelivered_events(1000);
    for (const Event& event : *events) ids.push_back(event.id);
    return ids;
  }
  std::int64_t count_undelivered() {
    return static_cast<std::int64_t>(store_->undelivered_events(UINT32_MAX)->size());
  }
};

TEST_F(StoreEvents, MetaValuesAreReplaced) {
  EXPECT_EQ(store_->find_meta("cursor").value(), std::nullopt);
  ASSERT_TRUE(store_->set_meta("cursor", "1").has_value());
  ASSERT_TRUE(store_->set_meta("cursor", "2").has_value());
  EXPECT_EQ(store_->find_meta("cursor").value(), "2");
}

TEST_F(StoreEvents, AnEventAndItsCursorArriveTogether) {
  const std::vector<Event> events = {{.id = "tx/0", .payload = "p0"},
                                     {.id = "tx/1", .payload = "p1"}};
  ASSERT_TRUE(store_->record_events(events, "cursor", "7").has_value());
  reopen();
  EXPECT_EQ(store_->find_meta("cursor").value(), "7");
  EXPECT_EQ(undelivered(), (std::vector<std::string>{"tx/0", "tx/1"}));
  EXPECT_EQ(store_->undelivered_events(1)->front().payload, "p0");
}

TEST_F(StoreEvents, ARefusedEventDoesNotMoveTheCursor) {
  const std::vector<Event> events = {{.id = "good", .payload = ""}, {.id = "", .payload = ""}};
  EXPECT_FALSE(store_->record_events(events, "cursor", "7").has_value());
  EXPECT_EQ(store_->find_meta("cursor").value(), std::nullopt);
  EXPECT_TRUE(undelivered().empty());
}

TEST_F(StoreEvents, ADeliveredEventIsNotSeenAgain) {
  const std::vector<Event> events = {{.id = "tx/0", .payload = "p"}};
  ASSERT_TRUE(store_->record_events(events, "cursor", "7").has_value());
  const std::vector<std::string> ids = {"tx/0"};
  ASSERT_TRUE(store_->mark_delivered(ids).has_value());
  ASSERT_TRUE(store_->record_events(events, "cursor", "6").has_value());
  EXPECT_TRUE(undelivered().empty());
}

TEST_F(StoreEvents, ForgetsTheOldestDeliveredEventsOnly) {
  const std::vector<Event> first = {{.id = "delivered", .payload = ""},
                                    {.id = "waiting", .payload = ""}};
  ASSERT_TRUE(store_->record_events(first, "cursor", "1").has_value());
  const std::vector<std::string> ids = {"delivered"};
  ASSERT_TRUE(store_->mark_delivered(ids).has_value());
  std::vector<Event> more;
  for (std::int64_t i = 0; i < limits::kWatchEventsKeptMax - 2; ++i) {
    more.push_back({.id = std::to_string(i), .payload = ""});
  }
  // As many as are kept: the first one is still known.
  ASSERT_TRUE(store_->record_events(more, "cursor", "2").has_value());
  ASSERT_TRUE(store_->record_events(first, "cursor", "3").has_value());
  EXPECT_EQ(undelivered().front(), "waiting");
  EXPECT_EQ(count_undelivered(), limits::kWatchEventsKeptMax - 1);
  const std::vector<Event> last = {{.id = "last", .payload = ""}};
  ASSERT_TRUE(store_->record_events(last, "cursor", "4").has_value());
  ASSERT_TRUE(store_->record_events(first, "cursor", "5").has_value());
  EXPECT_EQ(undelivered().front(), "waiting");
  EXPECT_EQ(count_undelivered(), limits::kWatchEventsKeptMax + 1) << "the first one is new again";
}

}  // namespace
}  // namespace nsl::host::store
