#include "host/watcher/watcher.h"

#include <gtest/gtest.h>

#include <set>

#include "host/store/store_testing.h"
#include "host/watcher/watcher_testing.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::host::watcher {
namespace {

using nodes::testing::make_chain;
using nodes::testing::ScriptedNode;
using testing::comes;

// Wants "Requested" of contract 0xaa from block 1, and takes what is reported.
class WaitingEnclave final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view, std::string_view method, std::string payload,
                           const Deadline&) override NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (method == "ListSubscriptions") {
      ++lists_;
      internal::v1::ListSubscriptionsReply reply;
      for (const auto& [event, from_block] : wanted_) {
        auto* subscription = reply.add_subscriptions();
        subscription->set_contract("0xaa");
        subscription->set_event(event);
        subscription->set_from_block(from_block);
      }
      return reply.SerializeAsString();
    }
    internal::v1::ReportEventRequest report;
    EXPECT_TRUE(report.ParseFromString(payload));
    reported_.push_back(report.transaction());
    blocks_.push_back(report.block());
    return std::string();
  }
  void want(const std::string& event, std::uint32_t from_block) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    wanted_[event] = from_block;
  }
  std::vector<std::string> reported() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return reported_;
  }
  std::vector<std::uint32_t> blocks() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return blocks_;
  }
  int lists() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return lists_;
  }

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::uint32_t> wanted_ NSL_GUARDED_BY(mutex_) = {{"Requested", 1}};
  std::vector<std::string> reported_ NSL_GUARDED_BY(mutex_);
  std::vector<std::uint32_t> blocks_ NSL_GUARDED_BY(mutex_);
  int lists_ NSL_GUARDED_BY(mutex_) = 0;
};

class WatcherTest : public testing::PoolTest {
 protected:
  void watch(std::vector<ScriptedNode*> scripted,
             std::optional<neo::UInt256> accepted = std::nullopt) {
    make_pool(std::move(scripted));
    watcher_.emplace(Watcher::Parts{.store = *store_,
                                    .enclave = enclave_,
                                    .nodes = *pool_,
                                    .clock = clock_,
                                    .metrics = metrics_,
                                    .network = std::nullopt,
                                    .accepted = accepted});
  }
  void end_watch() {
    watcher_.reset();
    pool_.reset();
  }
  std::optional<WatchState> stored() {
    const auto text = store_->find_meta("watcher").value();
    if (!text.has_value()) return std::nullopt;
    return WatchState::parse(*text).value();
  }
  bool has_read(std::uint32_t block) {
    return comes([&] {
      const auto state = stored();
      return state.has_value() && state->next_block() > block;
    });
  }
  bool is_refused() {
    return comes(
        [&] { return pool_->refusal().has_value() && shown("nsl_watcher_chain_refused 1"); });
  }
  bool shown(const std::string& line) const {
    return metrics_.print().find(line + "\n") != std::string::npos;
  }

  WaitingEnclave enclave_;
  store::testing::TemporaryDirectory directory_;
  std::unique_ptr<store::SqliteStore> store_ =
      store::testing::must_open(directory_.file("store.db"));
  std::optional<Watcher> watcher_;
};

// The transactions of blocks `first` to `last`, in chain order.
std::vector<std::string> transactions_of(const std::vector<neo::Block>& chain, std::size_t first,
                                         std::size_t last) {
  std::vector<std::string> hashes;
  for (std::size_t i = first; i <= last; ++i) {
    for (const auto& transaction : chain[i].transactions) {
      hashes.push_back(neo::hash_of(transaction).to_text());
    }
  }
  return hashes;
}

TEST_F(WatcherTest, ReportsEachEventOnceInChainOrder) {
  const auto chain = make_chain(130, 1, 2);
  ScriptedNode& node = make_node(chain);
  watch({&node});
  const auto expected = transactions_of(chain, 1, 130);
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() >= expected.size(); }));
  EXPECT_EQ(enclave_.reported(), expected);
  EXPECT_TRUE(shown("nsl_watcher_blocks_behind 0"));
  EXPECT_TRUE(shown("nsl_watcher_next_block 131"));
}

TEST_F(WatcherTest, ReadsOnlySoManyBlocksInOneRound) {
  const auto most = static_cast<std::uint32_t>(limits::kWatcherBlocksPerRoundMax);
  ScriptedNode& node = make_node(make_chain(most + 1, 1));
  watch({&node});
  EXPECT_TRUE(has_read(most + 1));
  EXPECT_EQ(stored()->chain().top->index, neo::BlockIndex(most + 1));
}

TEST_F(WatcherTest, FollowsTheChainAsItGrows) {
  const auto chain = make_chain(20, 1, 1);
  ScriptedNode& node = make_node({chain.begin(), chain.begin() + 6});
  watch({&node});
  ASSERT_TRUE(has_read(5));
  for (std::size_t height = 6; height <= 20; ++height) {
    node.come_back_with({chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(height) + 1});
    ASSERT_TRUE(has_read(static_cast<std::uint32_t>(height)));
  }
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() >= 20; }));
  EXPECT_EQ(enclave_.reported(), transactions_of(chain, 1, 20));
}

TEST_F(WatcherTest, GoesOnWhereItStopped) {
  const auto chain = make_chain(20, 1, 1);
  ScriptedNode& node = make_node({chain.begin(), chain.begin() + 11});
  watch({&node});
  ASSERT_TRUE(has_read(10));
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() == 10; }));
  end_watch();
  const std::size_t asked = node.asked("getblock");
  node.come_back_with(chain);
  watch({&node});
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() >= 20; }));
  EXPECT_EQ(enclave_.reported(), transactions_of(chain, 1, 20));
  EXPECT_EQ(node.asked("getblock"), asked + 10);
}

TEST_F(WatcherTest, TriesAgainSoonWhenALogIsNotThereYet) {
  const auto chain = make_chain(3, 1, 1);
  ScriptedNode& node = make_node(chain);
  const auto asked = std::make_shared<std::atomic<int>>(0);
  node.set_lie([asked](std::string_view method, std::string_view) {
    return std::string(method == "getapplicationlog" && ++*asked <= 6
                           ? R"("error":{"code":-105,"message":"Unknown script container"})"
                           : "");
  });
  const auto begun = std::chrono::steady_clock::now();
  watch({&node});
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() >= 3; }));
  EXPECT_EQ(enclave_.reported(), transactions_of(chain, 1, 3));
  // Two failed rounds, one after the other.
  EXPECT_GE(std::chrono::steady_clock::now() - begun,
            std::chrono::milliseconds(limits::kWatcherRetryMs));
}

TEST_F(WatcherTest, ReadsOlderBlocksAgainForANewSubscription) {
  const auto chain = make_chain(60, 1, 1);
  ScriptedNode& node = make_node(chain);
  watch({&node});
  ASSERT_TRUE(has_read(60));
  const std::size_t asked = node.asked("getblock");
  enclave_.want("Paid", 50);
  watcher_->refresh();
  ASSERT_TRUE(comes([&] { return node.asked("getblock") >= asked + 11; }));
  ASSERT_TRUE(has_read(60));
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() >= 60; }));
  EXPECT_EQ(enclave_.reported(), transactions_of(chain, 1, 60));
  EXPECT_EQ(stored()->chain().top->index, neo::BlockIndex(60));
}

TEST_F(WatcherTest, RefusesANodeResetToAnotherChainAndReadsNothingOfIt) {
  ScriptedNode& node = make_node(make_chain(10, 1, 1));
  watch({&node});
  ASSERT_TRUE(has_read(10));
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() == 10; }));
  const auto before = stored();
  node.go_away();
  node.come_back_with(make_chain(30, 2, 1));
  ASSERT_TRUE(is_refused());
  EXPECT_EQ(pool_->refusal()->code, Code::chain_replaced);
  EXPECT_EQ(stored(), before);
  // Neither does a start of the service mend it.
  end_watch();
  watch({&node});
  ASSERT_TRUE(is_refused());
  EXPECT_EQ(stored(), before);
  EXPECT_EQ(enclave_.reported().size(), 10U);
}

TEST_F(WatcherTest, GoesOnWhenTheNodeServesTheOldChainAgain) {
  const auto chain = make_chain(12, 1, 1);
  ScriptedNode& node = make_node({chain.begin(), chain.begin() + 11});
  watch({&node});
  ASSERT_TRUE(has_read(10));
  end_watch();
  node.come_back_with(make_chain(30, 2, 1));
  watch({&node});
  ASSERT_TRUE(is_refused());
  end_watch();
  node.come_back_with(chain);
  watch({&node});
  ASSERT_TRUE(has_read(12));
  EXPECT_TRUE(comes([&] { return shown("nsl_watcher_chain_refused 0"); }));
}

TEST_F(WatcherTest, AcceptsAnotherChainOnlyByTheHashOfItsBlock) {
  const auto chain = make_chain(30, 2, 1);
  ScriptedNode& node = make_node(make_chain(10, 1, 1));
  watch({&node});
  ASSERT_TRUE(has_read(10));
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() == 10; }));
  end_watch();
  node.come_back_with(chain);
  watch({&node}, neo::hash_of(chain[9].header));
  ASSERT_TRUE(is_refused());
  end_watch();
  watch({&node}, neo::hash_of(chain[1].header));
  ASSERT_TRUE(has_read(30));
  ASSERT_TRUE(comes([&] { return enclave_.reported().size() >= 40; }));
  EXPECT_EQ(stored()->chain().first_block, neo::hash_of(chain[1].header));
}

TEST_F(WatcherTest, RefusesABlockThatDoesNotFollowTheLastOne) {
  const auto chain = make_chain(10, 1);
  auto forked = make_chain(20, 2);
  ScriptedNode& node = make_node(chain);
  watch({&node});
  ASSERT_TRUE(has_read(10));
  // It still says that it is of the known chain.
  node.set_lie([chain](std::string_view method, std::string_view parameters) {
    if (method != "getblockhash") return std::string();
    const std::size_t index = parameters == "[1]" ? 1 : 10;
    return "\"result\":\"" + neo::hash_of(chain[index].header).to_text() + "\"";
  });
  node.come_back_with(forked);
  ASSERT_TRUE(is_refused());
  EXPECT_EQ(stored()->next_block(), 11U);
}

TEST_F(WatcherTest, DoesNothingWithAStateItCannotRead) {
  ASSERT_TRUE(store_->set_meta("watcher", "something else").has_value());
  ScriptedNode& node = make_node(make_chain(10, 1));
  watch({&node});
  EXPECT_TRUE(comes([&] { return store_->find_meta("watcher").has_value(); }));
  end_watch();
  EXPECT_EQ(store_->find_meta("watcher").value(), "something else");
  EXPECT_EQ(node.asked("getblock"), 0U);
}

}  // namespace
}  // namespace nsl::host::watcher
