#include "enclave/transactions/submitter.h"

#include <gtest/gtest.h>

#include "enclave/transactions/submitter_testing.h"

namespace nsl::enclave::transactions {
namespace {

using Intent = stored::IntentRecord;

class SubmitterTest : public testing::SubmitterFixture {};

TEST_F(SubmitterTest, FollowsManyIntentsWithOneReadOfEachBlock) {
  std::vector<neo::UInt256> hashes;
  for (int i = 0; i < 50; ++i) hashes.push_back(sent("i" + std::to_string(i)));
  const int log_reads = chain_.log_reads;
  make_block({hashes[3], hashes[7]});
  ASSERT_TRUE(look().has_value());
  EXPECT_EQ(chain_.block_reads, 1);
  EXPECT_EQ(chain_.log_reads - log_reads, 2);
  EXPECT_EQ(get("i3").state(), Intent::HALT);
  EXPECT_EQ(get("i3").block(), 101U);
  EXPECT_EQ(get("i4").state(), Intent::SENT);
}

TEST_F(SubmitterTest, AsksTheChainOnceForAHeight) {
  sent("a");
  ASSERT_TRUE(look().has_value());
  const int block_reads = chain_.block_reads;
  ASSERT_TRUE(look().has_value());
  EXPECT_EQ(chain_.block_reads, block_reads);
}

TEST_F(SubmitterTest, IsDoneWhenEveryIntentIsDecided) {
  const neo::UInt256 hash = sent("a");
  EXPECT_FALSE(look()->is_done);
  make_block({hash});
  EXPECT_TRUE(look()->is_done);
}

TEST_F(SubmitterTest, WaitsForTheLogOfATransactionItSawInABlock) {
  const neo::UInt256 hash = sent("a");
  make_block({hash});
  const auto log = std::exchange(chain_.logs, {});
  EXPECT_EQ(follow("a").state(), Intent::SENT);
  chain_.logs = log;
  EXPECT_EQ(follow("a").state(), Intent::HALT);
}

TEST_F(SubmitterTest, NeverCallsExpiredWhatABlockHolds) {
  const Intent intent = submit(draft("a"))->intent;
  const neo::UInt256 hash = hash_of(intent);
  make_block({hash});
  const auto log = std::exchange(chain_.logs, {});
  reach(intent.valid_until_block() + 10);
  EXPECT_EQ(follow("a").state(), Intent::SENT);
  chain_.logs = log;
  clock_.advance_ms(1000);
  EXPECT_EQ(follow("a").state(), Intent::HALT);
}

TEST_F(SubmitterTest, AsksForEachTransactionWhenItIsFarBehind) {
  const neo::UInt256 hash = sent("a");
  chain_.halt_in_block(hash, neo::BlockIndex(102));
  reach(101 + static_cast<std::uint32_t>(limits::kTransactionLookBlocksMax));
  EXPECT_EQ(follow("a").state(), Intent::HALT);
  EXPECT_EQ(chain_.block_reads, 0);
}

TEST_F(SubmitterTest, SendsAgainWhatANodeForgot) {
  sent("a");
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionResendBlocks) - 1);
  ASSERT_TRUE(look().has_value());
  EXPECT_EQ(chain_.sent.size(), 1U);
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionResendBlocks));
  ASSERT_TRUE(look().has_value());
  ASSERT_EQ(chain_.sent.size(), 2U);
  EXPECT_EQ(chain_.sent[0], chain_.sent[1]);
}

TEST_F(SubmitterTest, SendsAFewAgainAtATime) {
  const auto most = static_cast<std::size_t>(limits::kTransactionResendsPerLookMax);
  for (std::size_t i = 0; i < most + 5; ++i) sent("i" + std::to_string(i));
  chain_.sent.clear();
  reach(110);
  ASSERT_TRUE(look().has_value());
  EXPECT_EQ(chain_.sent.size(), most);
  ASSERT_TRUE(look().has_value());
  EXPECT_EQ(chain_.sent.size(), most + 5);
}

TEST_F(SubmitterTest, ReplacesATransactionThatWaitsTooLong) {
  const Intent first = submit(draft("a"))->intent;
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionReplaceBlocks));
  const Intent second = follow("a");
  ASSERT_NE(second.hash(), first.hash());
  const neo::Transaction before = parsed(first);
  const neo::Transaction after = parsed(second);
  ASSERT_EQ(after.attributes.size(), 1U);
  EXPECT_EQ(after.attributes[0], neo::Attribute(neo::Conflicts{.transaction = hash_of(first)}));
  EXPECT_GT(after.network_fee, before.network_fee);
  EXPECT_EQ(after.script, before.script);
  EXPECT_EQ(after.signers, before.signers);
  EXPECT_EQ(after.valid_until_block, before.valid_until_block);
  EXPECT_TRUE(neo::verify_witnesses(after, chain_.network_info.magic).has_value());
  EXPECT_EQ(chain_.sent.back(), to_bytes(second.transaction()));
}

TEST_F(SubmitterTest, EveryAttemptConflictsWithAllBeforeItAndPaysMoreThanTheirSum) {
  Intent intent = submit(draft("a"))->intent;
  std::int64_t paid = intent.network_fee();
  for (int attempt = 1; attempt < limits::kTransactionAttemptsMax; ++attempt) {
    chain_.send_failure = Code::network_fee_too_low;
    reach(chain_.newest_block.value() + 4);
    intent = follow("a");
    const neo::Transaction newest = parsed(intent);
    ASSERT_EQ(intent.replaced_size(), attempt);
    EXPECT_EQ(newest.attributes.size(), static_cast<std::size_t>(attempt));
    EXPECT_GT(newest.network_fee.datoshi(), paid);
    paid += newest.network_fee.datoshi();
  }
}

TEST_F(SubmitterTest, MakesOnlySoManyAttempts) {
  submit(draft("a")).value();
  for (int block = 0; block < 200 && get("a").state() == Intent::SENT; block += 32) {
    chain_.newest_block = neo::BlockIndex(100);
    reach(static_cast<std::uint32_t>(132 + block / 32));
    chain_.send_failure = Code::network_fee_too_low;
    ASSERT_TRUE(look().has_value());
    chain_.send_failure.reset();
    ASSERT_TRUE(look().has_value());
  }
  EXPECT_EQ(get("a").replaced_size(), limits::kTransactionAttemptsMax - 1);
}

TEST_F(SubmitterTest, ReplacesAFewAtATime) {
  const auto most = static_cast<std::size_t>(limits::kTransactionReplacementsPerLookMax);
  for (std::size_t i = 0; i < most + 1; ++i) sent("i" + std::to_string(i));
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionReplaceBlocks));
  ASSERT_TRUE(look().has_value());
  std::size_t replaced = 0;
  for (std::size_t i = 0; i < most + 1; ++i) {
    replaced += get("i" + std::to_string(i)).replaced_size() > 0 ? 1 : 0;
  }
  EXPECT_EQ(replaced, most);
}

TEST_F(SubmitterTest, NeverPaysMoreThanTheBoundToReplace) {
  Draft tight = draft("a");
  tight.network_fee_max = neo::GasAmount::parse("0.02").value();
  const Intent first = submit(tight)->intent;
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionReplaceBlocks));
  EXPECT_EQ(follow("a").hash(), first.hash());
}

TEST_F(SubmitterTest, KnowsTheEarlierAttemptInABlock) {
  const Intent first = submit(draft("a"))->intent;
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionReplaceBlocks));
  ASSERT_NE(follow("a").hash(), first.hash());
  make_block({hash_of(first)});
  const Intent end = follow("a");
  EXPECT_EQ(end.state(), Intent::HALT);
  EXPECT_EQ(end.hash(), first.hash());
  EXPECT_EQ(end.network_fee(), first.network_fee());
}

TEST_F(SubmitterTest, ExpiresOnlyWhenNoAttemptIsInABlock) {
  const Intent first = submit(draft("a"))->intent;
  reach(100 + static_cast<std::uint32_t>(limits::kTransactionReplaceBlocks));
  ASSERT_NE(follow("a").hash(), first.hash());
  reach(first.valid_until_block());
  EXPECT_EQ(follow("a").state(), Intent::SENT);
  // Seen only now, and only the earlier one: the node was behind.
  chain_.halt_in_block(hash_of(first), neo::BlockIndex(150));
  reach(first.valid_until_block() + 1);
  EXPECT_EQ(follow("a").state(), Intent::HALT);
}

TEST_F(SubmitterTest, ExpiresAfterTheLastBlock) {
  const Intent intent = submit(draft("a"))->intent;
  reach(intent.valid_until_block() + 1);
  EXPECT_EQ(follow("a").state(), Intent::EXPIRED);
  EXPECT_TRUE(look()->is_done);
}

TEST_F(SubmitterTest, RefusesWhatTheBalanceDoesNotCoverBesideWhatIsUnderWay) {
  Draft big = draft("a");
  big.spends = neo::GasAmount::parse("600").value();
  ASSERT_TRUE(submit(big).has_value());
  Draft other = draft("b");
  other.spends = big.spends;
  const std::string before = host_.everything();
  EXPECT_EQ(submit(other).error().code(), Code::insufficient_gas);
  EXPECT_EQ(chain_.sent.size(), 1U);
  EXPECT_EQ(host_.everything(), before);
}

TEST_F(SubmitterTest, CountsGasAgainOnceATransactionIsInABlock) {
  Draft big = draft("a");
  big.spends = neo::GasAmount::parse("600").value();
  const neo::UInt256 hash = hash_of(submit(big)->intent);
  make_block({hash});
  set_balance(900);
  Draft other = draft("b");
  other.spends = big.spends;
  EXPECT_TRUE(submit(other).has_value());
}

TEST_F(SubmitterTest, SendsInOrderOneAfterTheOther) {
  const Intent first = submit(draft("a", "k"))->intent;
  const Intent second = submit(draft("b", "k"))->intent;
  const Intent third = submit(draft("c", "k"))->intent;
  EXPECT_EQ(first.state(), Intent::SENT);
  EXPECT_EQ(second.state(), Intent::QUEUED);
  EXPECT_EQ(third.state(), Intent::QUEUED);
  make_block({hash_of(first)});
  EXPECT_EQ(follow("b").state(), Intent::SENT);
  EXPECT_EQ(get("c").state(), Intent::QUEUED);
  make_block({hash_of(get("b"))});
  ASSERT_TRUE(look().has_value());
  EXPECT_EQ(get("c").state(), Intent::SENT);
}

TEST_F(SubmitterTest, KeepsTheOrderAcrossARestart) {
  const Intent first = submit(draft("a", "k"))->intent;
  submit(draft("c", "k")).value();
  submit(draft("b", "k")).value();
  Submitter next_life(parts());
  make_block({hash_of(first)});
  const WalletJob job{.account = "acc_alice", .wallet_id = wallet_.id()};
  ASSERT_TRUE(next_life.carry_out(job, deadline_).has_value());
  EXPECT_EQ(get("a").state(), Intent::HALT);
  EXPECT_NE(get("c").state(), Intent::QUEUED);
  EXPECT_EQ(get("b").state(), Intent::QUEUED);
}

TEST_F(SubmitterTest, GoesOnWithTheNextWhenOneInOrderFails) {
  const Intent first = submit(draft("a", "k"))->intent;
  submit(draft("b", "k")).value();
  submit(draft("c", "k")).value();
  chain_.trial.is_halt = false;
  chain_.trial.exception = "no";
  make_block({hash_of(first)});
  ASSERT_TRUE(look().has_value());
  const Intent failed = get("b");
  EXPECT_EQ(failed.state(), Intent::FAILED);
  EXPECT_EQ(failed.failure_code(), code_text(Code::simulation_faulted));
  EXPECT_EQ(get("c").state(), Intent::FAILED);
  EXPECT_TRUE(look()->is_done);
}

TEST_F(SubmitterTest, KeepsAnIntentInOrderWhileTheNodeIsAway) {
  const Intent first = submit(draft("a", "k"))->intent;
  submit(draft("b", "k")).value();
  make_block({hash_of(first)});
  chain_.read_failure = Code::node_unavailable;
  EXPECT_FALSE(look()->is_done);
  EXPECT_EQ(get("b").state(), Intent::QUEUED);
  chain_.read_failure.reset();
  EXPECT_EQ(follow("b").state(), Intent::SENT);
}

TEST_F(SubmitterTest, ANodeThatRefusesLeavesTheIntentToBeSentAgain) {
  for (const Code code : {Code::insufficient_gas, Code::transaction_rejected, Code::mempool_full,
                          Code::node_unavailable}) {
    const std::string id(code_text(code));
    chain_.send_failure = code;
    const Submission submission = submit(draft(id)).value();
    ASSERT_TRUE(submission.refusal.has_value());
    EXPECT_EQ(submission.refusal->code(), code);
    EXPECT_EQ(submission.intent.state(), Intent::SIGNED);
    chain_.send_failure.reset();
    ASSERT_TRUE(look().has_value());
    EXPECT_EQ(get(id).state(), Intent::SENT);
    EXPECT_EQ(get(id).hash(), submission.intent.hash());
  }
}

// A host that forgets an intent would have it signed and paid a second time.
TEST_F(SubmitterTest, SignsNothingOverAStoreTheHostSetBack) {
  const auto before = host_.snapshot();
  sent("a");
  host_.restore(before);
  EXPECT_FALSE(submit(draft("b")).has_value());
  EXPECT_EQ(chain_.sent.size(), 1U);
  const auto next_life = vault::Vault::open({.transport = host_,
                                             .keys = keys_,
                                             .unlocker = unlocker_,
                                             .random = random_,
                                             .clock = system_clock_},
                                            deadline_);
  ASSERT_FALSE(next_life.has_value());
  EXPECT_EQ(next_life.error().code(), Code::state_rolled_back);
}

TEST_F(SubmitterTest, DoesNothingForAWalletTheHostInvented) {
  const auto outcome =
      submitter_.carry_out({.account = "acc_alice", .wallet_id = "wal_"}, deadline_);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(outcome->is_done);
}

TEST(WalletJob, NamesAWalletAndNothingElse) {
  const WalletJob job{.account = "acc_1", .wallet_id = "wal_2"};
  const auto found = WalletJob::find(job.to_text());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->account, job.account);
  EXPECT_EQ(found->wallet_id, job.wallet_id);
  for (const char* other : {"execute/acc_1/run_1", "wallet", "wallet/", "wallet/acc"}) {
    EXPECT_FALSE(WalletJob::find(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace nsl::enclave::transactions
