#include "host/watcher/event_delivery.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "host/store/store_testing.h"
#include "host/watcher/watcher_testing.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::host::watcher {
namespace {

// Takes events and notes their order, except those it has trouble with.
class TakingEnclave final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view, std::string_view, std::string payload,
                           const Deadline& deadline) override NSL_EXCLUDES(mutex_) {
    internal::v1::ReportEventRequest report;
    EXPECT_TRUE(report.ParseFromString(payload));
    MutexLock lock(mutex_);
    longest_ms_ = std::max(longest_ms_, deadline.ms_left(clock_));
    const auto trouble = troubles_.find(report.index());
    if (trouble != troubles_.end()) {
      ++refused_;
      return fail(trouble->second);
    }
    taken_.push_back(report.index());
    return std::string();
  }
  void set_trouble(std::uint32_t event, Code code) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    troubles_.insert_or_assign(event, code);
  }
  void end_trouble() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    troubles_.clear();
  }
  std::vector<std::uint32_t> taken() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return taken_;
  }
  int refused() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return refused_;
  }
  std::int64_t longest_ms() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return longest_ms_;
  }

 private:
  SystemClock clock_;
  mutable Mutex mutex_;
  std::map<std::uint32_t, Code> troubles_ NSL_GUARDED_BY(mutex_);
  std::vector<std::uint32_t> taken_ NSL_GUARDED_BY(mutex_);
  int refused_ NSL_GUARDED_BY(mutex_) = 0;
  std::int64_t longest_ms_ NSL_GUARDED_BY(mutex_) = 0;
};

class EventDeliveryTest : public ::testing::Test {
 protected:
  static store::Event event_of(std::uint32_t number) {
    internal::v1::ReportEventRequest report;
    report.set_index(number);
    return {.id = "event-" + std::to_string(number), .payload = report.SerializeAsString()};
  }
  void store_events(std::uint32_t first, std::uint32_t count) {
    std::vector<store::Event> events;
    for (std::uint32_t i = first; i < first + count; ++i) events.push_back(event_of(i));
    ASSERT_TRUE(store_->record_events(events, "cursor", "").has_value());
  }
  void start() { delivery_.emplace(*store_, enclave_, clock_); }
  bool is_delivered(std::size_t count) {
    return testing::comes(
        [&] { return enclave_.taken().size() >= count && store_->undelivered_events(1)->empty(); });
  }

  SystemClock clock_;
  TakingEnclave enclave_;
  store::testing::TemporaryDirectory directory_;
  std::unique_ptr<store::SqliteStore> store_ =
      store::testing::must_open(directory_.file("store.db"));
  std::optional<EventDelivery> delivery_;
};

std::vector<std::uint32_t> numbers(std::uint32_t count) {
  std::vector<std::uint32_t> result;
  for (std::uint32_t i = 0; i < count; ++i) result.push_back(i);
  return result;
}

TEST_F(EventDeliveryTest, TakesUpOnlySoManyEventsAtATime) {
  const auto batch = static_cast<std::uint32_t>(limits::kWatcherDeliveryEventsMax);
  store_events(0, 3 * batch);
  // The one at the end of the first batch fails for good after the others were marked.
  enclave_.set_trouble(batch, Code::unavailable);
  start();
  EXPECT_TRUE(testing::comes([&] { return enclave_.refused() > 0; }));
  EXPECT_EQ(enclave_.taken(), numbers(batch));
  // The first batch is marked before the second is taken up.
  EXPECT_EQ(store_->undelivered_events(3 * batch)->size(), 2 * batch);
  enclave_.end_trouble();
  EXPECT_TRUE(is_delivered(3 * batch));
  EXPECT_EQ(enclave_.taken(), numbers(3 * batch));
}

TEST_F(EventDeliveryTest, GivesTheEnclaveOnlySoLong) {
  store_events(0, 1);
  start();
  EXPECT_TRUE(is_delivered(1));
  EXPECT_LE(enclave_.longest_ms(), limits::kWatcherEnclaveMsMax);
  EXPECT_GT(enclave_.longest_ms(), limits::kWatcherEnclaveMsMax / 2);
}

TEST_F(EventDeliveryTest, KeepsTheOrderWhileTheEnclaveIsAway) {
  store_events(0, 5);
  enclave_.set_trouble(2, Code::connection_lost);
  start();
  EXPECT_TRUE(testing::comes([&] { return enclave_.refused() >= 3; }));
  EXPECT_EQ(enclave_.taken(), numbers(2));
  enclave_.end_trouble();
  EXPECT_TRUE(is_delivered(5));
  EXPECT_EQ(enclave_.taken(), numbers(5));
}

TEST_F(EventDeliveryTest, KeepsTheOrderWhileANodeOfTheEnclaveLags) {
  store_events(0, 5);
  enclave_.set_trouble(2, Code::event_not_confirmed);
  start();
  EXPECT_TRUE(testing::comes([&] { return enclave_.refused() >= 3; }));
  enclave_.end_trouble();
  EXPECT_TRUE(is_delivered(5));
  EXPECT_EQ(enclave_.taken(), numbers(5));
}

TEST_F(EventDeliveryTest, AnEventNeverConfirmedStandsInNobodysWay) {
  static_assert(limits::kNodeRestMs < 10000);
  store_events(0, 3);
  enclave_.set_trouble(0, Code::event_not_confirmed);
  start();
  EXPECT_TRUE(testing::comes([&] { return enclave_.taken().size() == 2; }));
  EXPECT_EQ(enclave_.taken(), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(testing::comes([&] { return store_->undelivered_events(9)->size() == 1; }));
}

TEST_F(EventDeliveryTest, DoesNotReportAgainWhatIsRefusedForGood) {
  store_events(0, 3);
  enclave_.set_trouble(1, Code::limit_exceeded);
  start();
  EXPECT_TRUE(is_delivered(2));
  EXPECT_EQ(enclave_.taken(), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(enclave_.refused(), 1);
}

TEST_F(EventDeliveryTest, ReportsWhatIsAnnouncedBeforeItIsStored) {
  start();
  ASSERT_TRUE(testing::comes([&] {
    delivery_->announce({event_of(0)});
    return enclave_.taken().size() >= 1;
  }));
  const std::size_t reports = enclave_.taken().size();
  store_events(0, 1);
  delivery_->wake();
  // Taken already: it is marked and not reported again.
  EXPECT_TRUE(is_delivered(1));
  EXPECT_LE(enclave_.taken().size(), reports + 1);
}

TEST_F(EventDeliveryTest, ReportsWhatWasStoredBeforeWhatIsAnnounced) {
  enclave_.set_trouble(0, Code::unavailable);
  store_events(0, 3);
  start();
  EXPECT_TRUE(testing::comes([&] { return enclave_.refused() > 0; }));
  for (std::uint32_t i = 3; i < 9; ++i) {
    delivery_->announce({event_of(i)});
    store_events(i, 1);
    delivery_->wake();
  }
  enclave_.end_trouble();
  EXPECT_TRUE(is_delivered(9));
  EXPECT_EQ(enclave_.taken(), numbers(9));
}

TEST_F(EventDeliveryTest, AnAnnouncedEventThatIsNotTakenComesFromTheStore) {
  start();
  EXPECT_TRUE(is_delivered(0));
  enclave_.set_trouble(0, Code::event_not_confirmed);
  delivery_->announce({event_of(0), event_of(1)});
  store_events(0, 2);
  delivery_->wake();
  EXPECT_TRUE(testing::comes([&] { return enclave_.refused() > 0; }));
  EXPECT_TRUE(enclave_.taken().empty());
  enclave_.end_trouble();
  EXPECT_TRUE(is_delivered(2));
  EXPECT_EQ(enclave_.taken(), numbers(2));
}

TEST_F(EventDeliveryTest, ReportsAtOnceWhatComesLater) {
  start();
  store_events(0, 2);
  delivery_->wake();
  EXPECT_TRUE(is_delivered(2));
}

}  // namespace
}  // namespace nsl::host::watcher
