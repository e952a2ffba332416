#include "host/watcher/block_reader.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "host/watcher/watcher_testing.h"

namespace nsl::host::watcher {
namespace {

using nodes::testing::make_chain;
using nodes::testing::ScriptedNode;

class BlockReader : public testing::PoolTest {
 protected:
  Result<std::vector<SeenBlock>> read(const BlockRange& range) {
    auto lease = must_take(range.first + range.count - 1);
    return read_blocks(lease, range, wanted_);
  }

  const WatchState wanted_ = testing::wanting("0xaa", "Requested", 1);
};

TEST_F(BlockReader, FindsTheWantedEventsInChainOrder) {
  ScriptedNode& node = make_node(make_chain(5, 1, 2));
  start({&node});
  const auto blocks = read({.first = 3, .count = 2}).value();
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].block.index, neo::BlockIndex(3));
  EXPECT_EQ(blocks[1].previous_hash, blocks[0].block.hash);
  ASSERT_EQ(blocks[1].events.size(), 2U);
  EXPECT_EQ(blocks[1].events[0].id(), blocks[1].transactions[0] + "/Application/0");
  EXPECT_EQ(blocks[1].events[1].transaction, blocks[1].transactions[1]);
  EXPECT_EQ(blocks[1].events[1].block, 4U);
  EXPECT_EQ(blocks[1].events[1].event, "Requested");
}

TEST_F(BlockReader, AsksForLogsInBatchesANodeTakes) {
  const auto many = static_cast<std::size_t>(limits::kNodeBatchMax) + 1;
  ScriptedNode& node = make_node(make_chain(2, 1, many));
  start({&node});
  const auto blocks = read({.first = 1, .count = 1}).value();
  EXPECT_EQ(blocks[0].events.size(), many);
  EXPECT_EQ(node.batch_max(), static_cast<std::size_t>(limits::kNodeBatchMax));
}

TEST_F(BlockReader, DoesNotSkipABlockWhoseLogIsNotThereYet) {
  ScriptedNode& node = make_node(make_chain(5, 1, 1));
  node.set_lie([](std::string_view method, std::string_view) {
    return std::string(method == "getapplicationlog"
                           ? R"("error":{"code":-105,"message":"Unknown script container"})"
                           : "");
  });
  start({&node});
  EXPECT_EQ(read({.first = 5, .count = 1}).error().code(), Code::not_found);
}

TEST_F(BlockReader, RefusesAnotherBlockThanTheOneAskedFor) {
  const auto chain = make_chain(5, 1);
  ScriptedNode& node = make_node(chain);
  node.set_lie([chain](std::string_view method, std::string_view parameters) {
    if (method != "getblock" || parameters != "[4,0]") return std::string();
    return R"("result":")" + codec::encode_base64(neo::encode(chain[3])) + "\"";
  });
  start({&node});
  EXPECT_EQ(read({.first = 4, .count = 1}).error().code(), Code::node_malformed_reply);
}

TEST_F(BlockReader, RefusesBlocksThatMakeNoChain) {
  const auto other = make_chain(5, 2);
  ScriptedNode& node = make_node(make_chain(5, 1));
  node.set_lie([other](std::string_view method, std::string_view parameters) {
    if (method != "getblock" || parameters != "[4,0]") return std::string();
    return R"("result":")" + codec::encode_base64(neo::encode(other[4])) + "\"";
  });
  start({&node});
  EXPECT_EQ(read({.first = 3, .count = 3}).error().code(), Code::node_malformed_reply);
}

TEST_F(BlockReader, RefusesABlockWhoseTransactionsAreOthers) {
  auto chain = make_chain(5, 1, 1);
  chain[4].transactions[0].nonce = 77;
  ScriptedNode& node = make_node(chain);
  start({&node});
  EXPECT_EQ(read({.first = 4, .count = 1}).error().code(), Code::node_malformed_reply);
}

TEST_F(BlockReader, SeesTheBlocksThemselvesWithoutReadingLogs) {
  ScriptedNode& node = make_node(make_chain(5, 1, 1));
  node.set_lie([](std::string_view method, std::string_view) {
    return method == "getapplicationlog" ? std::string(R"("result":7)") : std::string();
  });
  start({&node});
  nodes::NodePool::Lease lease = must_take(4);
  const auto wanted = testing::wanting("0x00", "", 3);
  const auto blocks = read_blocks(lease, {.first = 2, .count = 3}, wanted).value();
  EXPECT_TRUE(blocks[0].events.empty());
  ASSERT_EQ(blocks[1].events.size(), 1U);
  const SeenEvent& seen = blocks[1].events[0];
  EXPECT_EQ(seen.block, 3U);
  EXPECT_EQ(seen.transaction, blocks[1].block.hash.to_text());
  EXPECT_EQ(seen.id(), seen.transaction + "/Block");
}

// The log of `executions`, read for transaction 0x01.
Result<SeenBlock> events_of(const std::string& log) {
  simdjson::dom::parser parser;
  SeenBlock block;
  block.block.index = neo::BlockIndex(1);
  NSL_TRY_VOID(parse_events(parser.parse(log), "0x01", testing::wanting("0xaa", "E", 1), block));
  return block;
}

TEST(BlockEvents, OfFaultedTransactionsAndOtherTriggersDoNotCount) {
  for (const char* execution : {R"("trigger":"Application","vmstate":"FAULT")",
                                R"("trigger":"Verification","vmstate":"HALT")"}) {
    const std::string log = R"({"txid":"0x01","executions":[{)" + std::string(execution) +
                            R"(,"notifications":[{"contract":"0xaa","eventname":"E"}]}]})";
    EXPECT_TRUE(events_of(log)->events.empty()) << execution;
  }
}

TEST(BlockEvents, KeepTheirNumberAmongAllOfTheTransaction) {
  const auto block = events_of(
      R"({"txid":"0x01","executions":[{"trigger":"Application","vmstate":"HALT","notifications":[)"
      R"({"contract":"0xbb","eventname":"E"},{"contract":"0xaa","eventname":"E"}]}]})");
  ASSERT_EQ(block->events.size(), 1U);
  EXPECT_EQ(block->events[0].index, 1U);
}

TEST(BlockEvents, AreRefusedInMalformedLogs) {
  for (const char* bad :
       {"{}", R"({"txid":"0x02","executions":[]})", R"({"txid":"0x01"})",
        R"({"txid":"0x01","executions":[{}]})", R"({"txid":"0x01","executions":[7]})",
        R"({"txid":"0x01","executions":[{"trigger":"Application","vmstate":"HALT",)"
        R"("notifications":[{"contract":"0xaa"}]}]})"}) {
    EXPECT_EQ(events_of(bad).error().code(), Code::node_malformed_reply) << bad;
  }
}

TEST(BlockBytes, AreRefusedUnlessTheyAreABlock) {
  for (const char* bad : {"", "?", "AAAA"}) {
    EXPECT_EQ(parse_seen_block(bad, 1).error().code(), Code::node_malformed_reply) << bad;
  }
}

}  // namespace
}  // namespace nsl::host::watcher
