#include "host/watcher/watcher.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "host/store/store_testing.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::host::watcher {
namespace {

// Blocks 0 to `height`, all empty; counts what it is asked.
class EmptyChain final : public Node {
 public:
  explicit EmptyChain(std::int64_t height) : height_(height) {}

  Result<std::string> call(std::string_view method, std::string_view) override
      NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (method != "getblockcount") {
      ++blocks_;
      return std::string(R"({"result":{"tx":[]}})");
    }
    blocks_at_height_.push_back(blocks_);
    asked_.notify_all();
    return "{\"result\":" + std::to_string(height_ + 1) + "}";
  }
  // How many blocks were asked for before the height was for the n-th time.
  std::int64_t blocks_before_height(std::size_t nth, const Deadline& deadline)
      NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (blocks_at_height_.size() < nth) {
      if (asked_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) return -1;
    }
    return blocks_at_height_[nth - 1];
  }

 private:
  const std::int64_t height_;
  Mutex mutex_;
  CondVar asked_;
  std::vector<std::int64_t> blocks_at_height_ NSL_GUARDED_BY(mutex_);
  std::int64_t blocks_ NSL_GUARDED_BY(mutex_) = 0;
};

// Waits for one event from block 1 on.
class WaitingEnclave final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view, std::string_view method, std::string,
                           const Deadline&) override {
    EXPECT_EQ(method, "ListSubscriptions");
    internal::v1::ListSubscriptionsReply reply;
    auto* subscription = reply.add_subscriptions();
    subscription->set_contract("0xaa");
    subscription->set_event("Requested");
    subscription->set_from_block(1);
    return reply.SerializeAsString();
  }
};

// Every deadline of less than a minute has passed.
class ImpatientClock final : public Clock {
 public:
  WallTime wall_time() const override { return system_clock_.wall_time(); }
  MonotonicTime monotonic_time() const override {
    return MonotonicTime(system_clock_.monotonic_time().value() - 60'000);
  }

 private:
  SystemClock system_clock_;
};

class WatcherTest : public ::testing::Test {
 protected:
  Deadline patience() const { return Deadline::after_ms(system_clock_, 120'000); }

  SystemClock system_clock_;
  ImpatientClock impatient_clock_;
  WaitingEnclave enclave_;
  store::testing::TemporaryDirectory directory_;
  std::unique_ptr<store::SqliteStore> store_ =
      store::testing::must_open(directory_.file("store.db"));
};

TEST_F(WatcherTest, ReadsOnlySoManyBlocksInOneRound) {
  EmptyChain chain(limits::kWatcherBlocksPerRoundMax + 1);
  const Watcher watcher(
      {.store = *store_, .enclave = enclave_, .node = chain, .clock = system_clock_});
  EXPECT_EQ(chain.blocks_before_height(2, patience()), limits::kWatcherBlocksPerRoundMax);
}

TEST_F(WatcherTest, LooksAgainWithoutBeingWoken) {
  static_assert(limits::kWatcherPollMs < 60'000);
  EmptyChain chain(1);
  const Watcher watcher(
      {.store = *store_, .enclave = enclave_, .node = chain, .clock = impatient_clock_});
  EXPECT_EQ(chain.blocks_before_height(3, patience()), 1);
}

}  // namespace
}  // namespace nsl::host::watcher
