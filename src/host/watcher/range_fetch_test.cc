#include "host/watcher/range_fetch.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "host/watcher/watcher_testing.h"

namespace nsl::host::watcher {
namespace {

using nodes::testing::make_chain;
using nodes::testing::ScriptedNode;

constexpr auto kRange = static_cast<std::uint32_t>(limits::kWatcherRangeBlocksMax);
constexpr auto kAhead = static_cast<std::uint32_t>(limits::kWatcherRangesAheadMax);
constexpr auto kFetchers = static_cast<std::uint32_t>(limits::kWatcherFetchersMax);

std::vector<SeenBlock> blocks_of(const std::vector<ReadRange>& ranges) {
  std::vector<SeenBlock> blocks;
  for (const ReadRange& range : ranges) {
    blocks.insert(blocks.end(), range.blocks.begin(), range.blocks.end());
  }
  return blocks;
}

class RangeFetch : public testing::PoolTest {
 protected:
  const WatchState wanted_ = testing::wanting("0xaa", "Requested", 1);
};

TEST_F(RangeFetch, GivesEveryBlockOnceAndInOrder) {
  const std::uint32_t height = 7 * kRange + 3;
  ScriptedNode& first = make_node(make_chain(height, 1, 1));
  ScriptedNode& second = make_node(make_chain(height, 1, 1));
  start({&first, &second});
  must_take(height);
  std::uint32_t next = 2;
  std::size_t events = 0;
  const auto fetched = fetch_ranges(*pool_, {.first = 2, .count = height - 1}, wanted_,
                                    [&](const std::vector<ReadRange>& ranges) -> Result<bool> {
                                      for (const SeenBlock& block : blocks_of(ranges)) {
                                        EXPECT_EQ(block.block.index, neo::BlockIndex(next++));
                                        events += block.events.size();
                                      }
                                      return true;
                                    });
  EXPECT_TRUE(fetched.has_value());
  EXPECT_EQ(next, height + 1);
  EXPECT_EQ(events, height - 1);
}

TEST_F(RangeFetch, AsksForRangesOfBoundedLength) {
  ScriptedNode& node = make_node(make_chain(3 * kRange, 1));
  start({&node});
  must_take(3 * kRange);
  ASSERT_TRUE(fetch_ranges(*pool_, {.first = 1, .count = 3 * kRange}, wanted_,
                           [](const std::vector<ReadRange>& ranges) -> Result<bool> {
                             EXPECT_LE(ranges.front().blocks.size(), kRange);
                             return true;
                           })
                  .has_value());
  EXPECT_EQ(node.batch_max(), kRange);
}

TEST_F(RangeFetch, HoldsOnlySoManyRangesInMemory) {
  const std::uint32_t ranges = 3 * (kAhead + kFetchers);
  ScriptedNode& node = make_node(make_chain(ranges * kRange, 1));
  start({&node});
  must_take(ranges * kRange);
  std::uint32_t consumed = 0;
  ASSERT_TRUE(fetch_ranges(*pool_, {.first = 1, .count = ranges * kRange}, wanted_,
                           [&](const std::vector<ReadRange>& given) -> Result<bool> {
                             // While the first is held back, the others come no further than this.
                             if (consumed == 0) {
                               EXPECT_TRUE(testing::comes(
                                   [&] { return node.asked("getblock") >= kAhead * kRange; }));
                             }
                             EXPECT_LE(node.asked("getblock"), (consumed + kAhead) * kRange);
                             consumed += static_cast<std::uint32_t>(given.size());
                             return true;
                           })
                  .has_value());
}

TEST_F(RangeFetch, EndsWhenItsConsumerHasEnough) {
  ScriptedNode& node = make_node(make_chain(20 * kRange, 1));
  start({&node});
  must_take(20 * kRange);
  int consumed = 0;
  const auto fetched =
      fetch_ranges(*pool_, {.first = 1, .count = 20 * kRange}, wanted_,
                   [&](const std::vector<ReadRange>&) -> Result<bool> { return ++consumed < 2; });
  EXPECT_TRUE(fetched.has_value());
  EXPECT_EQ(consumed, 2);
}

TEST_F(RangeFetch, PassesOnItsConsumersFailure) {
  ScriptedNode& node = make_node(make_chain(3 * kRange, 1));
  start({&node});
  must_take(3 * kRange);
  for (const std::uint32_t count : {1U, 3 * kRange}) {
    const auto fetched = fetch_ranges(
        *pool_, {.first = 1, .count = count}, wanted_,
        [](const std::vector<ReadRange>&) -> Result<bool> { return fail(Code::store_failed); });
    EXPECT_EQ(fetched.error().code(), Code::store_failed);
  }
}

TEST_F(RangeFetch, AsksForLessWhereAReplyWouldBeTooLarge) {
  ScriptedNode& node = make_node(make_chain(kRange, 1, 3));
  start({&node});
  must_take(kRange);
  node.set_reply_bytes_max(16384);
  const auto range = read_range(*pool_, {.first = 1, .count = kRange}, wanted_);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->blocks.size(), kRange);
  node.set_reply_bytes_max(10);
  EXPECT_EQ(read_range(*pool_, {.first = 1, .count = 4}, wanted_).error().code(),
            Code::limit_exceeded);
}

TEST_F(RangeFetch, AsksAnotherNodeForALogThatOneDoesNotHave) {
  ScriptedNode& without = make_node(make_chain(9, 1, 1));
  without.set_lie([](std::string_view method, std::string_view) {
    return std::string(method == "getapplicationlog"
                           ? R"("error":{"code":-105,"message":"Unknown script container"})"
                           : "");
  });
  ScriptedNode& with = make_node(make_chain(9, 1, 1));
  start({&without, &with});
  EXPECT_TRUE(testing::comes([&] {
    const auto range = read_range(*pool_, {.first = 9, .count = 1}, wanted_);
    return range.has_value() && range->node == 1;
  }));
}

}  // namespace
}  // namespace nsl::host::watcher
