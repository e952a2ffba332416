#include "enclave/chain_access/chain_access.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"

namespace nsl::enclave::chain_access {
namespace {

using testing::FakeChain;
using testing::FakeProofs;

neo::Transaction transaction_of(std::uint32_t nonce) {
  neo::Transaction transaction;
  transaction.nonce = nonce;
  transaction.script = {0x40};
  transaction.signers.emplace_back().scopes = neo::WitnessScope::called_by_entry;
  return transaction;
}

neo::Block block_of(std::uint32_t index, std::vector<neo::Transaction> transactions = {}) {
  neo::Block block;
  block.header.index = neo::BlockIndex(index);
  std::vector<neo::UInt256> hashes;
  for (const auto& each : transactions) hashes.push_back(neo::hash_of(each));
  block.header.merkle_root = neo::merkle_root_of(hashes);
  block.transactions = std::move(transactions);
  return block;
}

// As a node sends it: with witnesses.
std::string raw(neo::Block block) {
  for (auto& each : block.transactions) each.witnesses.resize(each.signers.size());
  return '"' + codec::encode_base64(neo::encode(block)) + '"';
}

class ChainAccessTest : public ::testing::Test {
 protected:
  ManualClock clock_{WallTime(1'700'000'000'000)};
  Deadline deadline_ = Deadline::after_ms(clock_, 10000);
  FakeChain chain_;
  FakeProofs proofs_;
  ChainAccess access_{chain_, proofs_};
};

TEST_F(ChainAccessTest, ABlockIsProvenByItsHeader) {
  proofs_.blocks[7] = block_of(7, {transaction_of(1)});
  const auto found = access_.block("7", deadline_).value();
  EXPECT_EQ(found.hash, neo::hash_of(found.block.header));
  EXPECT_EQ(to_text(found.proof), "inclusion");
  EXPECT_TRUE(chain_.questions.empty());
}

TEST_F(ChainAccessTest, ABlockTooOldToBeProvenIsTheWordOfTheNodes) {
  proofs_.oldest_block = 50;
  chain_.stated_agreement = {.agreeing = 2, .asked = 3};
  chain_.replies.emplace("getblock", raw(block_of(7, {transaction_of(1)})));
  const auto found = access_.block("7", deadline_).value();
  EXPECT_EQ(to_text(found.proof), "quorum(2/3)");
  EXPECT_EQ(found.block, block_of(7, {transaction_of(1)}));
}

TEST_F(ChainAccessTest, ABlockThatCannotBeProvenForAnotherReasonIsRefused) {
  chain_.replies.emplace("getblock", raw(block_of(7)));
  proofs_.failure = Code::invalid_block;
  EXPECT_EQ(access_.block("7", deadline_).error().code(), Code::invalid_block);
}

TEST_F(ChainAccessTest, FindsABlockByItsHash) {
  const neo::Block block = block_of(7);
  const std::string hash = neo::hash_of(block.header).to_text();
  proofs_.blocks[7] = block;
  EXPECT_EQ(access_.block(hash, deadline_).error().code(), Code::not_found);
  chain_.replies.emplace("getblockheader",
                         '"' + codec::encode_base64(neo::encode(block.header)) + '"');
  EXPECT_EQ(access_.block(hash, deadline_).value().block, block);
  EXPECT_EQ(access_.block("0x12", deadline_).error().code(), Code::invalid_hash);
  EXPECT_EQ(access_.block("newest", deadline_).error().code(), Code::invalid_hash);
}

TEST_F(ChainAccessTest, ABlockOfAnotherChainIsRefusedThoughNodesNameIt) {
  neo::Block invented = block_of(7);
  invented.header.nonce = 99;
  proofs_.blocks[7] = block_of(7);
  chain_.replies.emplace("getblockheader",
                         '"' + codec::encode_base64(neo::encode(invented.header)) + '"');
  const std::string hash = neo::hash_of(invented.header).to_text();
  EXPECT_EQ(access_.block(hash, deadline_).error().code(), Code::invalid_block);
}

TEST_F(ChainAccessTest, ThereIsNoBlockAboveTheNewest) {
  EXPECT_EQ(access_.block("101", deadline_).error().code(), Code::not_found);
}

TEST_F(ChainAccessTest, ATransactionIsProvenByTheBlockThatHoldsIt) {
  const neo::Transaction wanted = transaction_of(2);
  proofs_.blocks[7] = block_of(7, {transaction_of(1), wanted});
  const neo::UInt256 hash = neo::hash_of(wanted);
  EXPECT_EQ(access_.transaction(hash, deadline_).error().code(), Code::not_found);
  chain_.halt_in_block(hash, neo::BlockIndex(7));
  const auto found = access_.transaction(hash, deadline_).value();
  EXPECT_EQ(found.transaction, wanted);
  EXPECT_EQ(found.block, neo::BlockIndex(7));
  EXPECT_EQ(to_text(found.proof), "inclusion");
}

TEST_F(ChainAccessTest, ATransactionNodesPutIntoABlockWithoutItIsRefused) {
  const neo::UInt256 hash = neo::hash_of(transaction_of(2));
  proofs_.blocks[7] = block_of(7, {transaction_of(1)});
  chain_.halt_in_block(hash, neo::BlockIndex(7));
  EXPECT_EQ(access_.transaction(hash, deadline_).error().code(), Code::invalid_proof);
}

TEST_F(ChainAccessTest, StorageIsProvenWhereItCanBe) {
  const Bytes key = to_bytes(as_bytes("key"));
  proofs_.stored[{neo::UInt160(), key}] = to_bytes(as_bytes("value"));
  const auto found = access_.storage({{}, key}, deadline_).value();
  EXPECT_EQ(to_string(found.value.value()), "value");
  EXPECT_EQ(to_text(found.proof), "storage");
  EXPECT_EQ(found.block, neo::BlockIndex(100));
}

TEST_F(ChainAccessTest, ThatThereIsNoSuchStorageIsProvenToo) {
  proofs_.proves_absence = true;
  const auto found = access_.storage({{}, {1}}, deadline_).value();
  EXPECT_EQ(found.value, std::nullopt);
  EXPECT_EQ(to_text(found.proof), "storage");
}

TEST_F(ChainAccessTest, StorageWithoutProofIsTheWordOfTheNodesAndSaysWhy) {
  const Bytes key = to_bytes(as_bytes("key"));
  auto found = access_.storage({{}, key}, deadline_).value();
  EXPECT_EQ(found.value, std::nullopt);
  EXPECT_EQ(to_text(found.proof), "quorum(1/1)");
  EXPECT_EQ(found.proof.reason, "No node shows a neighbour");
  proofs_.proves_storage = false;
  chain_.replies.emplace("getstorage", R"("dmFsdWU=")");
  found = access_.storage({{}, key}, deadline_).value();
  EXPECT_EQ(to_string(found.value.value()), "value");
  EXPECT_EQ(to_text(found.proof), "quorum(1/1)");
  EXPECT_EQ(found.proof.reason, "Nobody signs the state of this network");
}

TEST_F(ChainAccessTest, StorageIsProvenAsOfTheNewestSignedStateOfTheLastBlocks) {
  const Bytes key = to_bytes(as_bytes("key"));
  proofs_.stored[{neo::UInt160(), key}] = to_bytes(as_bytes("value"));
  proofs_.newest_signed_block = neo::BlockIndex(97);
  const auto found = access_.storage({{}, key}, deadline_).value();
  EXPECT_EQ(to_text(found.proof), "storage");
  EXPECT_EQ(found.block, neo::BlockIndex(97));
  proofs_.newest_signed_block = neo::BlockIndex(96);
  EXPECT_EQ(to_text(access_.storage({{}, key}, deadline_)->proof), "quorum(1/1)");
}

TEST_F(ChainAccessTest, TheResultOfAnIteratorIsItsItemsAndWhetherThereAreMore) {
  const ContractCall call{.contract = {},
                          .method = "tokens",
                          .arguments = {},
                          .signers = {},
                          .iterator = neo::IteratorRange{.skip = 0, .count = 2}};
  chain_.replies.emplace("invokescript",
                         R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"Array","value":[)"
                         R"({"type":"Integer","value":"1"}]},{"type":"Boolean","value":true}]})");
  const auto result = access_.call(call, deadline_).value();
  EXPECT_EQ(result.result.stack.size(), 1U);
  EXPECT_TRUE(result.iterator_has_more);
}

TEST_F(ChainAccessTest, ANodeThatLeavesMoreThanTheScriptDoesIsRefused) {
  const ContractCall call{.contract = {},
                          .method = "tokens",
                          .arguments = {},
                          .signers = {},
                          .iterator = neo::IteratorRange{.skip = 0, .count = 2}};
  chain_.replies.emplace(
      "invokescript",
      R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"Boolean","value":true}]})");
  EXPECT_EQ(access_.call(call, deadline_).error().code(), Code::node_malformed_reply);
}

}  // namespace
}  // namespace nsl::enclave::chain_access
