#include "host/watcher/watch_state.h"

#include <gtest/gtest.h>

namespace nsl::host::watcher {
namespace {

const Wanted kTransfer = {"0xaa", "Transfer"};
const Wanted kOdd = {"0xbb", "new\nline and space"};

TEST(WatchState, TextParsesBackToTheSameState) {
  WatchState state;
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
  state.set_wanted({{kTransfer, 7}, {kOdd, 9}});
  EXPECT_EQ(WatchState::parse(state.to_text()).value(), state);
}

TEST(WatchState, StartsAtTheFirstBlockWanted) {
  WatchState state;
  EXPECT_FALSE(state.next_block().has_value());
  state.set_wanted({{kTransfer, 7}, {kOdd, 9}});
  EXPECT_EQ(state.next_block(), 7U);
  EXPECT_FALSE(state.wants("0xaa", "Transfer", 6));
  EXPECT_TRUE(state.wants("0xaa", "Transfer", 7));
  EXPECT_FALSE(state.wants("0xaa", "Approval", 7));
}

TEST(WatchState, GoesBackForANewEventOnly) {
  WatchState state;
  state.set_wanted({{kTransfer, 7}});
  state.advance_to(100);
  state.set_wanted({{kTransfer, 7}});
  EXPECT_EQ(state.next_block(), 100U);
  // The new one was created at block 90, but its news came when 99 was read already.
  state.set_wanted({{kTransfer, 7}, {kOdd, 91}});
  EXPECT_EQ(state.next_block(), 91U);
}

TEST(WatchState, DoesNotJumpForwardForALaterEvent) {
  WatchState state;
  state.set_wanted({{kTransfer, 7}});
  state.advance_to(20);
  state.set_wanted({{kTransfer, 7}, {kOdd, 50}});
  EXPECT_EQ(state.next_block(), 20U);
}

TEST(WatchState, RefusesForeignText) {
  for (const char* bad :
       {"", "watch-state-2\n-\n", "watch-state-1\nx\n", "watch-state-1\n1\na zz 1\n"}) {
    EXPECT_FALSE(WatchState::parse(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace nsl::host::watcher
