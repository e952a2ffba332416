#include "enclave/transactions/wallet_lane.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/base/limits.h"

namespace nsl::enclave::transactions {
namespace {

neo::UInt256 hash(std::uint8_t number) {
  neo::UInt256::Array bytes{};
  bytes[0] = number;
  return neo::UInt256(bytes);
}

Pending pending(const std::string& id, std::uint8_t number, std::uint32_t signed_at = 100) {
  Pending made;
  made.id = id;
  made.hashes = {hash(number)};
  made.signed_at = neo::BlockIndex(signed_at);
  made.valid_until_block = neo::BlockIndex(signed_at + 10);
  made.holds = neo::GasAmount::parse("1").value();
  return made;
}

Pending queued(const std::string& id, std::uint64_t index) {
  Pending made;
  made.id = id;
  made.order_key = "k";
  made.order_index = index;
  return made;
}

class WalletLaneTest : public ::testing::Test {
 protected:
  void add(Pending entry) { ASSERT_TRUE(lane_.add(std::move(entry), std::nullopt).has_value()); }
  using Ids = std::vector<std::string>;
  WalletLane lane_;
};

TEST_F(WalletLaneTest, FindsIntentsByTheTransactionsOfABlock) {
  add(pending("a", 1));
  add(pending("b", 2));
  const std::vector<neo::UInt256> block = {hash(9), hash(2)};
  EXPECT_EQ(lane_.found_in(block), Ids{"b"});
  lane_.erase("b");
  EXPECT_TRUE(lane_.found_in(block).empty());
}

TEST_F(WalletLaneTest, FollowsEveryAttempt) {
  add(pending("a", 1));
  Pending again = pending("a", 2);
  again.hashes.push_back(hash(1));
  ASSERT_TRUE(lane_.replace(again, std::nullopt).has_value());
  for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
    const std::vector<neo::UInt256> block = {hash(number)};
    EXPECT_EQ(lane_.found_in(block), Ids{"a"});
  }
}

TEST_F(WalletLaneTest, SaysWhatIsPastItsLastBlock) {
  add(pending("a", 1, 100));
  add(pending("b", 2, 101));
  EXPECT_TRUE(lane_.past(neo::BlockIndex(110)).empty());
  EXPECT_EQ(lane_.past(neo::BlockIndex(111)), Ids{"a"});
  EXPECT_EQ(lane_.past(neo::BlockIndex(112)), (Ids{"a", "b"}));
}

TEST_F(WalletLaneTest, LetsOneOfAKeyGoAtATime) {
  add(queued("a", 1));
  add(queued("b", 2));
  EXPECT_EQ(lane_.next_in_order(), Ids{"a"});
  Pending signed_now = pending("a", 1);
  signed_now.order_key = "k";
  signed_now.order_index = 1;
  ASSERT_TRUE(lane_.replace(signed_now, std::nullopt).has_value());
  EXPECT_TRUE(lane_.next_in_order().empty());
  lane_.erase("a");
  EXPECT_EQ(lane_.next_in_order(), Ids{"b"});
}

TEST_F(WalletLaneTest, HoldsGasForEverythingThatIsUndecided) {
  const neo::GasAmount balance = neo::GasAmount::parse("2").value();
  EXPECT_TRUE(lane_.add(pending("a", 1), balance).has_value());
  EXPECT_TRUE(lane_.add(pending("b", 2), balance).has_value());
  EXPECT_EQ(lane_.add(pending("c", 3), balance).error().code(), Code::insufficient_gas);
  lane_.erase("a");
  EXPECT_TRUE(lane_.add(pending("c", 3), balance).has_value());
  EXPECT_EQ(lane_.held(), 200'000'000);
}

TEST_F(WalletLaneTest, KeepsTheFirstOfAnId) {
  add(pending("a", 1));
  EXPECT_EQ(lane_.add(pending("a", 2), std::nullopt).error().code(), Code::already_exists);
  EXPECT_EQ(lane_.find("a")->hashes, std::vector{hash(1)});
}

TEST_F(WalletLaneTest, RefusesMoreThanItMayHold) {
  for (std::int64_t i = 0; i < limits::kWalletIntentsMax; ++i) {
    ASSERT_TRUE(lane_.add(queued(std::to_string(i), static_cast<std::uint64_t>(i)), std::nullopt)
                    .has_value());
  }
  EXPECT_EQ(lane_.add(pending("one more", 1), std::nullopt).error().code(), Code::overloaded);
}

TEST_F(WalletLaneTest, SendsTheLongestWaitingAgainFirst) {
  add(pending("a", 1, 100));
  add(pending("b", 2, 98));
  add(pending("c", 3, 105));
  const neo::BlockIndex now(106);
  EXPECT_EQ(lane_.take_unsent_since(neo::BlockIndex(103), now, 1), Ids{"b"});
  EXPECT_EQ(lane_.take_unsent_since(neo::BlockIndex(103), now, 9), Ids{"a"});
  EXPECT_TRUE(lane_.take_unsent_since(neo::BlockIndex(103), now, 9).empty());
  lane_.note_refused("c");
  EXPECT_EQ(lane_.take_unsent_since(neo::BlockIndex(103), now, 9), Ids{"c"});
}

TEST_F(WalletLaneTest, ReplacesWhatIsUnderpaidOrOldButNotItsLastAttempt) {
  add(pending("old", 1, 100));
  add(pending("new", 2, 150));
  Pending last = pending("last", 3, 90);
  last.is_last_attempt = true;
  add(last);
  const neo::BlockIndex before(120);
  EXPECT_EQ(lane_.worth_replacing(before, 9), Ids{"old"});
  lane_.note_underpaid("new");
  lane_.note_underpaid("last");
  EXPECT_EQ(lane_.worth_replacing(before, 9), (Ids{"new", "old"}));
  EXPECT_EQ(lane_.worth_replacing(before, 1), Ids{"new"});
}

TEST_F(WalletLaneTest, WhoWaitsForALookGoesOnAtItsEnd) {
  const SystemClock clock;
  const Deadline deadline = Deadline::after_ms(clock, 60'000);
  ASSERT_TRUE(lane_.begin_look());
  std::atomic<bool> is_over = false;
  std::jthread waiting([this, &deadline, &is_over] {
    lane_.wait_for_look(deadline);
    EXPECT_TRUE(is_over);
  });
  is_over = true;
  EXPECT_TRUE(lane_.end_look());
  waiting.join();
  // Nobody looks: at once.
  lane_.wait_for_look(deadline);
  EXPECT_FALSE(deadline.has_passed(clock));
}

TEST_F(WalletLaneTest, LooksOnceMoreForWhoCameMeanwhile) {
  EXPECT_TRUE(lane_.begin_look());
  EXPECT_FALSE(lane_.begin_look());
  EXPECT_FALSE(lane_.end_look());
  EXPECT_TRUE(lane_.end_look());
  EXPECT_TRUE(lane_.begin_look());
}

}  // namespace
}  // namespace nsl::enclave::transactions
