#include "host/nodes/node_pool.h"

#include <gtest/gtest.h>

#include "host/nodes/scripted_node_testing.h"

namespace nsl::host::nodes {
namespace {

using testing::make_chain;
using testing::ScriptedNode;

constexpr std::int64_t kPatienceMs = 20000;
constexpr std::int64_t kPollMs = 5;

neo::UInt256 hash_at(const std::vector<neo::Block>& chain, std::size_t index) {
  return neo::hash_of(chain[index].header);
}

KnownBlock known_at(const std::vector<neo::Block>& chain, std::uint32_t index) {
  return {.index = neo::BlockIndex(index), .hash = hash_at(chain, index)};
}

// Once hurried, rests have ended. It is behind until then and right from then on: whoever waits for
// a time of a clock that is ahead waits that much longer.
class HurriedClock final : public Clock {
 public:
  WallTime wall_time() const override { return clock_.wall_time(); }
  MonotonicTime monotonic_time() const override {
    const auto now = clock_.monotonic_time();
    return MonotonicTime(now.value() - (is_hurried_ ? 0 : limits::kNodeRestMsMax));
  }
  void hurry() { is_hurried_ = true; }

 private:
  SystemClock clock_;
  std::atomic<bool> is_hurried_ = false;
};

class NodePoolTest : public ::testing::Test {
 protected:
  template <class... Arguments>
  ScriptedNode& make_node(Arguments&&... arguments) {
    return nodes_.make(std::forward<Arguments>(arguments)...);
  }
  void start(std::vector<ScriptedNode*> nodes, const ChainIdentity& known = {}) {
    const std::size_t count = nodes.size();
    pool_.emplace(NodePool::Options{.nodes = testing::scripted_addresses(count),
                                    .dial = testing::dial_scripted(std::move(nodes)),
                                    .listen = NodePool::Listen::no,
                                    .poll_ms = kPollMs},
                  clock_, metrics_);
    pool_->start(known, [this] {
      MutexLock lock(mutex_);
      changed_.notify_all();
    });
  }
  // Whether it becomes true in time.
  bool comes(const std::function<bool()>& is_true) NSL_EXCLUDES(mutex_) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
    MutexLock lock(mutex_);
    while (!is_true()) {
      const auto now = std::chrono::steady_clock::now();
      if (now > end) return false;
      changed_.wait_until(lock, now + std::chrono::milliseconds(kPollMs));
    }
    return true;
  }
  bool serves_up_to(std::uint32_t height) {
    return comes([&] { return pool_->height() == neo::BlockIndex(height); });
  }
  Code refused_with() {
    EXPECT_TRUE(comes([&] { return pool_->refusal().has_value(); }));
    return pool_->take(neo::BlockIndex(0)).error().code();
  }
  std::string shown() const { return metrics_.print(); }

  const std::vector<neo::Block> chain_ = make_chain(9, 1);
  HurriedClock clock_;
  telemetry::Metrics metrics_;
  testing::ScriptedNodes nodes_;
  Mutex mutex_;
  CondVar changed_;
  std::optional<NodePool> pool_;
};

const std::array kAskHeight = {RpcRequest{.method = "getblockcount", .parameters = "[]"}};

TEST_F(NodePoolTest, ServesOnceANodeHasSaidWhatItIs) {
  ScriptedNode& node = make_node(chain_);
  start({&node});
  ASSERT_TRUE(serves_up_to(9));
  EXPECT_EQ(pool_->identity().network, neo::NetworkMagic(56753));
  EXPECT_EQ(pool_->identity().first_block, hash_at(chain_, 1));
  NodePool::Lease lease = pool_->take(neo::BlockIndex(9)).value();
  EXPECT_EQ(to_number(*lease.ask(kAskHeight)->result(0)).value(), 10U);
  EXPECT_EQ(pool_->take(neo::BlockIndex(10)).error().code(), Code::node_unavailable);
}

TEST_F(NodePoolTest, LooksAtANodeAgainWithoutBeingWoken) {
  ScriptedNode& node = make_node(chain_);
  start({&node});
  ASSERT_TRUE(serves_up_to(9));
  node.come_back_with(make_chain(12, 1));
  EXPECT_TRUE(serves_up_to(12));
}

TEST_F(NodePoolTest, GoesOnWithAnotherNodeWhenOneIsAway) {
  ScriptedNode& first = make_node(chain_);
  ScriptedNode& second = make_node(chain_);
  start({&first, &second});
  ASSERT_TRUE(serves_up_to(9));
  first.go_away();
  ASSERT_TRUE(comes([&] {
    auto lease = pool_->take(neo::BlockIndex(9));
    return lease.has_value() && lease->ask(kAskHeight).has_value();
  }));
  EXPECT_TRUE(comes([&] {
    return shown().find(R"(nsl_node_state{node="node:0",state="serving"} 0)") != std::string::npos;
  }));
  clock_.hurry();
  first.come_back();
  EXPECT_TRUE(comes([&] {
    return shown().find(R"(nsl_node_state{node="node:0",state="serving"} 1)") != std::string::npos;
  }));
}

TEST_F(NodePoolTest, ChoosesANodeThatHasTheBlock) {
  ScriptedNode& behind = make_node(make_chain(4, 1));
  ScriptedNode& ahead = make_node(chain_);
  start({&behind, &ahead});
  ASSERT_TRUE(serves_up_to(9));
  for (int i = 0; i < 8; ++i) {
    NodePool::Lease lease = pool_->take(neo::BlockIndex(9)).value();
    EXPECT_EQ(to_number(*lease.ask(kAskHeight)->result(0)).value(), 10U);
  }
}

TEST_F(NodePoolTest, SpreadsRequestsOverItsNodes) {
  ScriptedNode& first = make_node(chain_);
  ScriptedNode& second = make_node(chain_);
  start({&first, &second});
  ASSERT_TRUE(comes([&] {
    return shown().find(R"(nsl_node_state{node="node:0",state="serving"} 1)") !=
               std::string::npos &&
           shown().find(R"(nsl_node_state{node="node:1",state="serving"} 1)") != std::string::npos;
  }));
  std::vector<NodePool::Lease> leases;
  for (int i = 0; i < 40; ++i) leases.push_back(pool_->take(neo::BlockIndex(9)).value());
  EXPECT_EQ(shown().find(R"(nsl_node_connections_in_use{node="node:0"} 0)"), std::string::npos);
  EXPECT_EQ(shown().find(R"(nsl_node_connections_in_use{node="node:1"} 0)"), std::string::npos);
}

TEST_F(NodePoolTest, RefusesANodeOfAnotherNetwork) {
  ScriptedNode& node = make_node(chain_, 7);
  start({&node}, {.network = neo::NetworkMagic(56753), .first_block = {}, .top = {}});
  EXPECT_EQ(refused_with(), Code::wrong_chain);
}

TEST_F(NodePoolTest, RefusesANodeOfAnotherChain) {
  ScriptedNode& node = make_node(make_chain(9, 2));
  start({&node}, {.network = {}, .first_block = hash_at(chain_, 1), .top = {}});
  EXPECT_EQ(refused_with(), Code::chain_replaced);
  EXPECT_EQ(pool_->refusal()->offered, known_at(make_chain(9, 2), 1));
}

TEST_F(NodePoolTest, RefusesANodeThatForgotWhatWasReadOfIt) {
  ScriptedNode& node = make_node(chain_);
  const KnownBlock top = {.index = neo::BlockIndex(7), .hash = hash_at(make_chain(9, 2), 7)};
  start({&node}, {.network = {}, .first_block = {}, .top = top});
  EXPECT_EQ(refused_with(), Code::chain_replaced);
}

TEST_F(NodePoolTest, WaitsForANodeThatIsOnlyBehind) {
  ScriptedNode& node = make_node(make_chain(4, 1));
  start({&node}, {.network = {}, .first_block = hash_at(chain_, 1), .top = known_at(chain_, 9)});
  ASSERT_TRUE(serves_up_to(4));
  EXPECT_EQ(pool_->refusal(), std::nullopt);
  EXPECT_EQ(pool_->take(neo::BlockIndex(9)).error().code(), Code::node_unavailable);
}

TEST_F(NodePoolTest, NoticesANodeThatWasResetWhileItWasAway) {
  ScriptedNode& node = make_node(chain_);
  start({&node});
  ASSERT_TRUE(serves_up_to(9));
  pool_->set_top(known_at(chain_, 9));
  node.go_away();
  node.come_back_with(make_chain(20, 2));
  clock_.hurry();
  EXPECT_EQ(refused_with(), Code::chain_replaced);
  EXPECT_EQ(pool_->height(), std::nullopt);
}

TEST_F(NodePoolTest, UsesTheOthersWhenOneServesAnotherChain) {
  ScriptedNode& foreign = make_node(make_chain(30, 2));
  ScriptedNode& own = make_node(chain_);
  start({&foreign, &own}, {.network = {}, .first_block = hash_at(chain_, 1), .top = {}});
  ASSERT_TRUE(serves_up_to(9));
  EXPECT_EQ(pool_->refusal(), std::nullopt);
  EXPECT_TRUE(comes([&] {
    return shown().find(R"(nsl_node_state{node="node:0",state="refused"} 1)") != std::string::npos;
  }));
}

TEST_F(NodePoolTest, TakesANewChainOnlyWhenTheOldOneIsForgotten) {
  ScriptedNode& node = make_node(make_chain(9, 2));
  start({&node}, {.network = {}, .first_block = hash_at(chain_, 1), .top = {}});
  EXPECT_EQ(refused_with(), Code::chain_replaced);
  clock_.hurry();
  EXPECT_EQ(refused_with(), Code::chain_replaced);
  pool_->forget_chain();
  EXPECT_TRUE(serves_up_to(9));
  EXPECT_EQ(pool_->identity().first_block, hash_at(make_chain(9, 2), 1));
}

TEST_F(NodePoolTest, DoesNotTrustANodeThatAnswersNonsense) {
  ScriptedNode& node = make_node(chain_);
  node.set_lie([](std::string_view method, std::string_view) {
    return std::string(method == "getversion" ? R"("result":{"protocol":7})" : "");
  });
  start({&node});
  EXPECT_TRUE(comes([&] {
    return shown().find(R"(nsl_node_state{node="node:0",state="resting"} 1)") != std::string::npos;
  }));
  EXPECT_EQ(pool_->take(neo::BlockIndex(0)).error().code(), Code::node_unavailable);
  EXPECT_EQ(pool_->refusal(), std::nullopt);
}

TEST_F(NodePoolTest, AReplyTooLargeIsNotTheNodesFault) {
  ScriptedNode& node = make_node(chain_);
  start({&node});
  ASSERT_TRUE(serves_up_to(9));
  node.set_reply_bytes_max(1);
  auto lease = pool_->take(neo::BlockIndex(9));
  ASSERT_TRUE(lease.has_value());
  EXPECT_EQ(lease->ask(kAskHeight).error().code(), Code::limit_exceeded);
  node.set_reply_bytes_max(SIZE_MAX);
  EXPECT_TRUE(pool_->take(neo::BlockIndex(9)).has_value());
}

}  // namespace
}  // namespace nsl::host::nodes
