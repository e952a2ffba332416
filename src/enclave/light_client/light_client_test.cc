#include "enclave/light_client/light_client.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/light_client/light_client_fixture.h"

namespace nsl::enclave::light_client {
namespace {

using testing::refusal;
using testing::TestNetwork;

constexpr auto kAnchor = static_cast<std::uint32_t>(limits::kLightClientAnchorHeaders);

using LightClientTest = testing::LightClientFixture;

TEST_F(LightClientTest, FollowsTheChainFromTheGenesisBlock) {
  network_.add_blocks(5);
  start();
  EXPECT_EQ(client_->height(), neo::BlockIndex(0));
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  EXPECT_EQ(client_->height(), neo::BlockIndex(5));
}

TEST_F(LightClientTest, AsksForManyHeadersInPieces) {
  network_.add_blocks(250);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  EXPECT_EQ(client_->height(), neo::BlockIndex(250));
  EXPECT_EQ(nodes_[0]->header_requests, 3);
  EXPECT_EQ(nodes_[0]->most_headers_asked, static_cast<std::size_t>(limits::kNodeBatchMax));
}

TEST_F(LightClientTest, ProvesThatABlockHoldsATransaction) {
  network_.add_block({TestNetwork::transaction(1), TestNetwork::transaction(2)});
  start();
  EXPECT_TRUE(include(1, 1).has_value());
  EXPECT_TRUE(include(2, 1).has_value());
  EXPECT_EQ(refusal(include(3, 1)), Code::invalid_proof);
  EXPECT_EQ(refusal(include(1, 0)), Code::invalid_proof);
}

TEST_F(LightClientTest, ProvesWhatAContractKept) {
  deploy_keeping(7, "first");
  network_.add_block();
  deploy_keeping(7, "second");
  network_.add_block();
  start();
  EXPECT_EQ(to_string(prove(7, 1).value()), "first");
  EXPECT_EQ(to_string(prove(7, 2).value()), "second");
  EXPECT_FALSE(prove(7, 2, "other").has_value());
  EXPECT_FALSE(prove(8, 2).has_value());
}

TEST_F(LightClientTest, OffersNoStorageProofWithoutStateValidators) {
  trust_.state_validators.clear();
  deploy_keeping(7, "value");
  network_.add_block();
  start();
  EXPECT_FALSE(client_->can_prove_storage());
  EXPECT_EQ(refusal(prove(7, 1)), Code::storage_not_provable);
}

TEST_F(LightClientTest, BeginsWithACheckpoint) {
  network_.add_blocks(9);
  network_.add_block({TestNetwork::transaction(1)});
  trust_.committee.clear();
  trust_.checkpoint = {.index = neo::BlockIndex(8), .hash = hash_of(network_.blocks[8].header)};
  start();
  EXPECT_EQ(client_->height(), neo::BlockIndex(8));
  EXPECT_TRUE(include(1, 10).has_value());
  EXPECT_EQ(refusal(include(1, 7)), Code::invalid_proof);
}

TEST_F(LightClientTest, RefusesAChainWithoutTheCheckpoint) {
  network_.add_blocks(9);
  trust_.checkpoint = {.index = neo::BlockIndex(8), .hash = hash_of(network_.blocks[7].header)};
  EXPECT_EQ(refusal(open()), Code::chain_not_trusted);
}

TEST_F(LightClientTest, BeginsNowhereUnlessToldWhere) {
  trust_ = {};
  EXPECT_EQ(refusal(open()), Code::invalid_configuration);
}

TEST_F(LightClientTest, LearnsTheChainOnceInDevelopment) {
  trust_first_seen();
  deploy_keeping(7, "value");
  network_.add_blocks(kAnchor + 5);
  start();
  EXPECT_EQ(client_->height(), neo::BlockIndex(5));
  EXPECT_TRUE(client_->can_prove_storage());
  EXPECT_EQ(to_string(prove(7, kAnchor + 5).value()), "value");
  TestNetwork other(2);
  other.add_blocks(kAnchor);
  serving_ = &other;
  start();
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
}

TEST_F(LightClientTest, LearnsStateValidatorsThatAreNamedLaterInDevelopment) {
  trust_first_seen();
  has_state_validators_ = false;
  deploy_keeping(7, "value");
  start();
  EXPECT_FALSE(client_->can_prove_storage());
  nodes_[0]->has_state_validators = true;
  network_.add_block();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  EXPECT_EQ(to_string(prove(7, 1).value()), "value");
}

TEST_F(LightClientTest, GoesOnFromTheSealedHeaderAfterARestart) {
  network_.add_blocks(kAnchor);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  start();
  EXPECT_EQ(client_->height(), neo::BlockIndex(kAnchor));
  network_.add_block({TestNetwork::transaction(1)});
  EXPECT_TRUE(include(1, kAnchor + 1).has_value());
}

TEST_F(LightClientTest, SealsSeldom) {
  network_.add_blocks(kAnchor - 1);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  start();
  EXPECT_EQ(client_->height(), neo::BlockIndex(0));
}

TEST_F(LightClientTest, RefusesAnotherChainAfterARestart) {
  network_.add_blocks(kAnchor);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  TestNetwork other(2);
  other.add_blocks(2 * kAnchor);
  other.add_block({TestNetwork::transaction(1)});
  serving_ = &other;
  start();
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
  EXPECT_EQ(refusal(include(1, 2 * kAnchor + 1)), Code::chain_not_trusted);
  EXPECT_EQ(client_->height(), neo::BlockIndex(kAnchor));
}

TEST_F(LightClientTest, BeginsAnewWithAChainTheOperatorAccepts) {
  trust_first_seen();
  network_.add_blocks(kAnchor);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  TestNetwork other(2);
  other.add_blocks(kAnchor + 3);
  serving_ = &other;
  // A block the nodes do not show changes nothing.
  trust_.accepted_block = hash_of(network_.blocks[1].header);
  start();
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
  trust_.accepted_block = hash_of(other.blocks[1].header);
  start();
  EXPECT_TRUE(client_->follow(deadline_).has_value());
  // Once is enough, and what is followed is not begun again.
  start();
  EXPECT_EQ(client_->height(), neo::BlockIndex(3));
  trust_.accepted_block.reset();
  start();
  EXPECT_TRUE(client_->follow(deadline_).has_value());
}

TEST_F(LightClientTest, RefusesSettingsOfAnotherChainAfterARestart) {
  start();
  trust_.committee = TestNetwork(2).committee;
  EXPECT_EQ(refusal(open()), Code::chain_not_trusted);
  trust_.committee = network_.committee;
  magic_ = neo::kMainNet;
  EXPECT_EQ(refusal(open()), Code::chain_not_trusted);
}

TEST_F(LightClientTest, WaitsForANodeThatIsBehind) {
  network_.add_blocks(kAnchor);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  network_.lose_blocks_after(3);
  start();
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::node_behind);
  EXPECT_EQ(client_->height(), neo::BlockIndex(kAnchor));
}

// One killed node loses its newest blocks and makes others: only development goes along.
TEST_F(LightClientTest, FollowsRewrittenBlocksInDevelopmentOnly) {
  for (const Trust::Rule rule : {Trust::Rule::first_seen, Trust::Rule::pinned}) {
    TestNetwork network;
    network.add_blocks(5);
    serving_ = &network;
    trust_.rule = rule;
    start();
    ASSERT_TRUE(client_->follow(deadline_).has_value());
    network.lose_blocks_after(3);
    network.add_block({TestNetwork::transaction(1)});
    network.add_blocks(3);
    const bool is_followed = rule == Trust::Rule::first_seen;
    EXPECT_EQ(client_->follow(deadline_).has_value(), is_followed);
    EXPECT_EQ(include(1, 4).has_value(), is_followed);
  }
}

TEST_F(LightClientTest, FollowsChangesOfTheStateValidators) {
  deploy_keeping(7, "value");
  network_.add_blocks(4);
  network_.designate_others();
  network_.add_blocks(10);
  network_.designate_others();
  network_.add_blocks(kAnchor);
  start();
  const auto newest = static_cast<std::uint32_t>(network_.blocks.size() - 1);
  EXPECT_EQ(to_string(prove(7, newest).value()), "value");
  // What was learnt is sealed with the next header.
  network_.add_blocks(kAnchor);
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  start();
  nodes_[0]->proof_requests = 0;
  EXPECT_EQ(to_string(prove(7, newest + kAnchor).value()), "value");
  EXPECT_EQ(nodes_[0]->proof_requests, 2);
}

TEST_F(LightClientTest, FollowsABoundedNumberOfDesignations) {
  deploy_keeping(7, "value");
  network_.add_block();
  for (std::int64_t i = 0; i <= limits::kStateValidatorChangesMax; ++i) {
    network_.designate_others();
    network_.add_block();
  }
  network_.add_block();
  start();
  const auto newest = static_cast<std::uint32_t>(network_.blocks.size() - 1);
  EXPECT_EQ(refusal(prove(7, newest)), Code::limit_exceeded);
  // The next one goes on from there.
  EXPECT_TRUE(prove(7, newest).has_value());
}

TEST_F(LightClientTest, RemembersTheIdsOfABoundedNumberOfContracts) {
  const auto most = static_cast<std::size_t>(limits::kLightClientContractsMax);
  std::vector<neo::UInt160> contracts;
  for (std::size_t i = 0; i <= most; ++i) {
    neo::UInt160::Array bytes{};
    bytes[0] = static_cast<std::uint8_t>(i);
    bytes[1] = static_cast<std::uint8_t>(i >> 8);
    contracts.emplace_back(bytes);
    const auto id = static_cast<std::int32_t>(i + 1);
    ids_[contracts.back()] = id;
    network_.deploy(contracts.back(), id);
    network_.state[neo::make_storage_key(id, as_bytes("k"))] = {1};
  }
  network_.add_block();
  start();
  const auto prove_all = [&](std::size_t count) {
    nodes_[0]->proof_requests = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const StorageItem item{contracts[i], to_bytes(as_bytes("k"))};
      EXPECT_TRUE(client_->prove_storage(item, neo::BlockIndex(1), deadline_).has_value());
    }
    return nodes_[0]->proof_requests;
  };
  EXPECT_EQ(prove_all(most), 2 * static_cast<int>(most));
  EXPECT_EQ(prove_all(1), 1);
  prove_all(most + 1);
  EXPECT_EQ(prove_all(1), 2);
}

TEST_F(LightClientTest, ProvesWholeBlocksWithoutTheirWitnesses) {
  network_.add_block({TestNetwork::transaction(1), TestNetwork::transaction(2)});
  start();
  const neo::Block block = client_->prove_block(neo::BlockIndex(1), deadline_).value();
  EXPECT_EQ(neo::hash_of(block.header), neo::hash_of(network_.blocks[1].header));
  ASSERT_EQ(block.transactions.size(), 2U);
  EXPECT_EQ(block.transactions[1].nonce, 2U);
  EXPECT_TRUE(block.header.witness.invocation.empty());
  EXPECT_EQ(refusal(client_->prove_block(neo::BlockIndex(2), deadline_)), Code::node_behind);
}

TEST_F(LightClientTest, ProvesBlocksBeforeTheOneItBeganWith) {
  network_.add_block({TestNetwork::transaction(1)});
  network_.add_blocks(250);
  trust_.committee.clear();
  trust_.checkpoint = {.index = neo::BlockIndex(240), .hash = hash_of(network_.blocks[240].header)};
  start();
  EXPECT_TRUE(include(1, 1).has_value());
  EXPECT_EQ(refusal(include(2, 1)), Code::invalid_proof);
  EXPECT_LE(nodes_[0]->most_headers_asked, static_cast<std::size_t>(limits::kNodeBatchMax));
  // What was fetched once is kept.
  const int requests = nodes_[0]->header_requests;
  EXPECT_TRUE(client_->prove_block(neo::BlockIndex(2), deadline_).has_value());
  EXPECT_EQ(nodes_[0]->header_requests, requests);
}

TEST_F(LightClientTest, SaysWhichBlocksAreTooOldToBeProven) {
  const auto window = static_cast<std::uint32_t>(limits::kLightClientWindowHeaders);
  network_.add_blocks(window);
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  EXPECT_EQ(refusal(client_->prove_block(neo::BlockIndex(0), deadline_)), Code::block_not_provable);
  EXPECT_TRUE(client_->prove_block(neo::BlockIndex(1), deadline_).has_value());
}

}  // namespace
}  // namespace nsl::enclave::light_client
