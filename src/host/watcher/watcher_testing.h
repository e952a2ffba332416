// What the tests of this folder share: a pool of scripted nodes, and clocks.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/mutex.h"
#include "host/nodes/node_pool.h"
#include "host/nodes/scripted_node_testing.h"
#include "host/watcher/watch_state.h"

namespace nsl::host::watcher::testing {

inline WatchState wanting(const std::string& contract, const std::string& event,
                          std::uint32_t from_block) {
  WatchState state;
  state.set_wanted({{{contract, event}, {.from = from_block}}});
  return state;
}

// Whether it becomes true within `patience`; looked at every few milliseconds.
inline bool comes(const std::function<bool()>& is_true) {
  constexpr auto kPatience = std::chrono::seconds(60);
  constexpr auto kPause = std::chrono::milliseconds(2);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  while (!is_true()) {
    const auto now = std::chrono::steady_clock::now();
    if (now > end) return false;
    never.wait_until(lock, now + kPause);
  }
  return true;
}

// A pool over scripted nodes, looked at every few milliseconds.
class PoolTest : public ::testing::Test {
 protected:
  nodes::testing::ScriptedNode& make_node(std::vector<neo::Block> chain) {
    return nodes_.make(std::move(chain));
  }
  void make_pool(std::vector<nodes::testing::ScriptedNode*> scripted) {
    const std::size_t count = scripted.size();
    pool_.emplace(
        nodes::NodePool::Options{.nodes = nodes::testing::scripted_addresses(count),
                                 .dial = nodes::testing::dial_scripted(std::move(scripted)),
                                 .listen = nodes::NodePool::Listen::no,
                                 .poll_ms = 2},
        clock_, metrics_);
  }
  void start(std::vector<nodes::testing::ScriptedNode*> scripted) {
    make_pool(std::move(scripted));
    pool_->start({}, [] {});
  }
  nodes::NodePool::Lease must_take(std::uint32_t block) {
    EXPECT_TRUE(comes([&] { return pool_->take(neo::BlockIndex(block)).has_value(); }));
    return pool_->take(neo::BlockIndex(block)).value();
  }

  SystemClock clock_;
  telemetry::Metrics metrics_;
  nodes::testing::ScriptedNodes nodes_;
  std::optional<nodes::NodePool> pool_;
};

}  // namespace nsl::host::watcher::testing
