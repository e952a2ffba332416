#include "host/watcher/watch_state.h"

#include <gtest/gtest.h>

namespace nsl::host::watcher {
namespace {

const Wanted kTransfer = {"0xaa", "Transfer"};
const Wanted kOdd = {"0xbb", "new\nline and space"};

neo::UInt256 hash_of(std::uint8_t number) { return neo::UInt256({number}); }
nodes::KnownBlock block_of(std::uint8_t index) {
  return {.index = neo::BlockIndex(index), .hash = hash_of(index)};
}

TEST(WatchState, TextParsesBackToTheSameState) {
  WatchState state;
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
  state.set_wanted({{kTransfer, {7}}, {kOdd, {9}}});
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
  state.set_origin({.network = neo::NetworkMagic(56753), .first_block = hash_of(1), .top = {}});
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
  state.advance_past(block_of(7));
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
}

TEST(WatchState, ReadsWhatTheFirstReleaseWrote) {
  const auto state = WatchState::parse("watch-state-1\n12\n0xaa 5472616e73666572 7\n").value();
  EXPECT_EQ(state.next_block(), 12U);
  EXPECT_TRUE(state.wants("0xaa", "Transfer", 7));
  EXPECT_EQ(state.chain(), nodes::ChainIdentity());
}

TEST(WatchState, RemembersTheHighestBlockWhenItGoesBack) {
  WatchState state;
  state.set_wanted({{kTransfer, {7}}});
  state.advance_past(block_of(20));
  state.set_wanted({{kTransfer, {7}}, {kOdd, {9}}});
  EXPECT_EQ(state.last_block(), std::nullopt);
  state.advance_past(block_of(9));
  EXPECT_EQ(state.last_block()->index, neo::BlockIndex(9));
  EXPECT_EQ(state.chain().top->index, neo::BlockIndex(20));
}

TEST(WatchState, ReadsAnAcceptedChainFromTheFirstBlockWanted) {
  WatchState state;
  state.set_wanted({{kTransfer, {7}}, {kOdd, {9}}});
  state.set_origin({.network = neo::NetworkMagic(56753), .first_block = hash_of(1), .top = {}});
  state.advance_past(block_of(20));
  state.forget_chain();
  EXPECT_EQ(state.next_block(), 7U);
  EXPECT_EQ(state.last_block(), std::nullopt);
  EXPECT_EQ(state.chain().network, neo::NetworkMagic(56753));
  EXPECT_EQ(state.chain().first_block, std::nullopt);
  EXPECT_EQ(state.chain().top, std::nullopt);
}

TEST(WatchState, StartsAtTheFirstBlockWanted) {
  WatchState state;
  EXPECT_FALSE(state.next_block().has_value());
  state.set_wanted({{kTransfer, {7}}, {kOdd, {9}}});
  EXPECT_EQ(state.next_block(), 7U);
  EXPECT_FALSE(state.wants("0xaa", "Transfer", 6));
  EXPECT_TRUE(state.wants("0xaa", "Transfer", 7));
  EXPECT_FALSE(state.wants("0xaa", "Approval", 7));
}

TEST(WatchState, GoesBackForANewEventOnly) {
  WatchState state;
  state.set_wanted({{kTransfer, {7}}});
  state.advance_past(block_of(99));
  state.set_wanted({{kTransfer, {7}}});
  EXPECT_EQ(state.next_block(), 100U);
  // The new one was created at block 90, but its news came when 99 was read already.
  state.set_wanted({{kTransfer, {7}}, {kOdd, {91}}});
  EXPECT_EQ(state.next_block(), 91U);
}

TEST(WatchState, DoesNotJumpForwardForALaterEvent) {
  WatchState state;
  state.set_wanted({{kTransfer, {7}}});
  state.advance_past(block_of(19));
  state.set_wanted({{kTransfer, {7}}, {kOdd, {50}}});
  EXPECT_EQ(state.next_block(), 20U);
}

TEST(WatchState, ReadsWhatTheSecondReleaseWrote) {
  const auto state =
      WatchState::parse("watch-state-2\n12\n-\n-\n-\n-\n0xaa 5472616e73666572 7\n").value();
  EXPECT_TRUE(state.wants("0xaa", "Transfer", 4'000'000'000));
}

TEST(WatchState, WantsAnEventUpToItsLastBlock) {
  WatchState state;
  state.set_wanted({{kTransfer, {7, 9}}});
  EXPECT_TRUE(state.wants("0xaa", "Transfer", 9));
  EXPECT_FALSE(state.wants("0xaa", "Transfer", 10));
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
  state.advance_past(block_of(8));
  EXPECT_FALSE(state.wants_nothing());
  state.advance_past(block_of(9));
  EXPECT_TRUE(state.wants_nothing());
}

TEST(WatchState, GoesBackForAnEventThatIsWantedForLonger) {
  WatchState state;
  state.set_wanted({{kTransfer, {7, 9}}, {kOdd, {7}}});
  state.advance_past(block_of(20));
  state.set_wanted({{kTransfer, {7, 15}}, {kOdd, {7}}});
  EXPECT_EQ(state.next_block(), 10U);
  state.advance_past(block_of(20));
  state.set_wanted({{kTransfer, {8, 14}}, {kOdd, {7}}});
  EXPECT_EQ(state.next_block(), 21U);
}

TEST(WatchState, TellsBlocksThemselvesFromEvents) {
  WatchState state;
  state.set_wanted({{{"0x00", ""}, {7, 8}}, {kTransfer, {8}}});
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
  EXPECT_TRUE(state.wants_block(7));
  EXPECT_FALSE(state.wants_block(9));
  EXPECT_FALSE(state.wants_events_of(7));
  EXPECT_TRUE(state.wants_events_of(9));
}

TEST(WatchState, RefusesForeignText) {
  for (const char* bad :
       {"", "watch-state-4\n-\n", "watch-state-3\n-\n", "watch-state-2\n-\n",
        "watch-state-2\n-\n-\n0x01\n-\n-\n", "watch-state-1\nx\n", "watch-state-1\n1\na zz 1\n"}) {
    EXPECT_FALSE(WatchState::parse(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace nsl::host::watcher
