#include "enclave/chain_access/token_balances.h"

#include <gtest/gtest.h>

#include "core/neo/account_state.h"
#include "core/neo/native.h"
#include "core/neo/stack_item.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"

namespace nsl::enclave::chain_access {
namespace {

// The chain is at block 100. The nodes say 7 of every token.
class TokenBalancesTest : public ::testing::Test {
 protected:
  TokenBalancesTest() {
    chain_.stated_agreement = {.agreeing = 2, .asked = 3};
    chain_.answers = {{"balanceOf", {neo::StackItem::integer(7)}},
                      {"decimals", {neo::StackItem::integer(2)}},
                      {"symbol", {neo::StackItem::byte_string("TOK")}}};
  }
  // What the state validators signed.
  void keep(const neo::NativeContract& token, std::int64_t amount) {
    proofs_.stored[{neo::hash_of(token), neo::make_account_key(account_)}] =
        neo::serialize(neo::StackItem::structure({neo::StackItem::integer(amount)})).value();
  }
  FoundBalance balance_of(const neo::UInt160& token) {
    return reader_.one(token, account_, deadline_).value();
  }
  FoundBalance gas() { return balance_of(neo::hash_of(neo::kGasToken)); }

  ManualClock clock_{WallTime(1'700'000'000'000)};
  Deadline deadline_ = Deadline::after_ms(clock_, 10000);
  neo::UInt160 account_ = neo::UInt160::parse("0x00000000000000000000000000000000000000ff").value();
  testing::FakeChain chain_;
  testing::FakeProofs proofs_;
  ChainAccess access_{chain_, proofs_};
  transactions::TokenReader tokens_{chain_};
  TokenBalanceReader reader_{access_, tokens_};
};

TEST_F(TokenBalancesTest, OfNativeTokensAreProvenWhateverTheNodesSay) {
  keep(neo::kGasToken, 150'000'000);
  keep(neo::kNeoToken, 3);
  EXPECT_EQ(gas().balance.amount, neo::Integer(150'000'000));
  EXPECT_EQ(gas().balance.symbol, "GAS");
  EXPECT_EQ(gas().balance.decimals, 8);
  EXPECT_EQ(to_text(gas().proof), "storage");
  EXPECT_EQ(gas().block, neo::BlockIndex(100));
  const FoundBalance neo = balance_of(neo::hash_of(neo::kNeoToken));
  EXPECT_EQ(neo.balance.amount, neo::Integer(3));
  EXPECT_EQ(neo.balance.symbol, "NEO");
  EXPECT_EQ(neo.balance.decimals, 0);
  EXPECT_EQ(chain_.simulations, 0);
}

TEST_F(TokenBalancesTest, OfAnAccountThatIsProvenAbsentAreNothing) {
  proofs_.proves_absence = true;
  EXPECT_TRUE(gas().balance.amount.is_zero());
  EXPECT_EQ(to_text(gas().proof), "storage");
}

TEST_F(TokenBalancesTest, AreTheWordOfTheNodesWithTheReasonWhereNothingIsProven) {
  proofs_.proves_storage = false;
  EXPECT_EQ(gas().balance.amount, neo::Integer(7));
  EXPECT_EQ(to_text(gas().proof), "quorum(2/3)");
  EXPECT_EQ(gas().proof.reason, "Nobody signs the state of this network");
  proofs_.proves_storage = true;
  EXPECT_EQ(gas().proof.reason, "No node shows a neighbour");
  proofs_.stored[{neo::hash_of(neo::kGasToken), neo::make_account_key(account_)}] = {1, 2, 3};
  EXPECT_EQ(to_text(gas().proof), "quorum(2/3)");
  EXPECT_FALSE(gas().proof.reason.empty());
}

// How another token keeps balances is its own affair.
TEST_F(TokenBalancesTest, OfOtherTokensAreTheWordOfTheNodes) {
  const neo::UInt160 token = neo::UInt160::parse("0x" + std::string(40, 'a')).value();
  proofs_.stored[{token, neo::make_account_key(account_)}] =
      neo::serialize(neo::StackItem::structure({neo::StackItem::integer(9)})).value();
  const FoundBalance found = balance_of(token);
  EXPECT_EQ(found.balance.amount, neo::Integer(7));
  EXPECT_EQ(found.balance.symbol, "TOK");
  EXPECT_EQ(to_text(found.proof), "quorum(2/3)");
  EXPECT_EQ(found.proof.reason, "");
}

TEST_F(TokenBalancesTest, AnOlderProofCountsWhileNothingHasChangedSince) {
  keep(neo::kGasToken, 7);
  proofs_.newest_signed_block = neo::BlockIndex(98);
  EXPECT_EQ(to_text(gas().proof), "storage");
  EXPECT_EQ(gas().block, neo::BlockIndex(98));
}

TEST_F(TokenBalancesTest, WhatTheNewestBlockChangedIsNotMissedForAnOlderProof) {
  keep(neo::kGasToken, 5);
  proofs_.newest_signed_block = neo::BlockIndex(99);
  EXPECT_EQ(gas().balance.amount, neo::Integer(7));
  EXPECT_EQ(to_text(gas().proof), "quorum(2/3)");
  EXPECT_EQ(gas().proof.reason, "It was another after block 99, the newest with a signed state");
  EXPECT_EQ(gas().block, neo::BlockIndex(100));
  proofs_.newest_signed_block = neo::BlockIndex(96);
  EXPECT_EQ(gas().proof.reason, "The state is not signed yet");
}

TEST_F(TokenBalancesTest, TellsAWalletWhatWasProven) {
  keep(neo::kGasToken, 150'000'000);
  const auto proven = reader_.read(neo::hash_of(neo::kGasToken), account_, deadline_).value();
  EXPECT_TRUE(proven.is_proven);
  EXPECT_EQ(proven.proof, "storage");
  EXPECT_EQ(proven.reason, "");
  proofs_.failure = Code::node_refused;
  const auto told = reader_.read(neo::hash_of(neo::kGasToken), account_, deadline_).value();
  EXPECT_FALSE(told.is_proven);
  EXPECT_EQ(told.proof, "quorum(2/3)");
  EXPECT_FALSE(told.reason.empty());
}

}  // namespace
}  // namespace nsl::enclave::chain_access
