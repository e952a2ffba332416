// Nodes that lie about everything they can, and a host that shows an older trusted header: nothing
// false is ever proven, and one honest node is enough for what is true.
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/light_client/light_client_fixture.h"

namespace nsl::enclave::light_client {
namespace {

using testing::contract;
using testing::refusal;
using testing::TestNetwork;

constexpr auto kAnchor = static_cast<std::uint32_t>(limits::kLightClientAnchorHeaders);

// Block 1 holds transaction 1; contract 7 keeps "old" after it and "new" after block 2.
class LyingNodes : public testing::LightClientFixture {
 protected:
  LyingNodes() {
    deploy_keeping(7, "old");
    deploy_keeping(8, "other");
    network_.add_block({TestNetwork::transaction(1), TestNetwork::transaction(2)});
    deploy_keeping(7, "new");
    network_.add_block();
  }

  // Calls `flip(bit)` for every bit of `size` bytes.
  template <class Flip>
  static void for_every_bit(std::size_t size, const Flip& flip) {
    for (std::size_t bit = 0; bit < 8 * size; ++bit) flip(bit);
  }
  static Bytes flipped(Bytes bytes, std::size_t bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    return bytes;
  }
};

TEST_F(LyingNodes, AForgedHeaderIsRefused) {
  start();
  nodes_[0]->change_headers = [](auto& headers) { headers[0].merkle_root = neo::UInt256(); };
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
  EXPECT_EQ(client_->height(), neo::BlockIndex(0));
}

TEST_F(LyingNodes, AHeaderSignedByOthersIsRefused) {
  TestNetwork other(2);
  other.add_blocks(2);
  start();
  nodes_[0]->change_headers = [&](auto& headers) {
    headers[0].witness = other.blocks[1].header.witness;
  };
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
}

TEST_F(LyingNodes, HeadersOfAnotherChainAreRefused) {
  TestNetwork other(2);
  other.add_blocks(2);
  start();
  nodes_[0]->serve(other);
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
  EXPECT_EQ(client_->height(), neo::BlockIndex(0));
}

TEST_F(LyingNodes, SkippedHeadersAreRefused) {
  start();
  nodes_[0]->change_headers = [](auto& headers) { headers.erase(headers.begin()); };
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::chain_not_trusted);
}

TEST_F(LyingNodes, HeadersThatLeadNowhereEndTheRound) {
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  network_.add_block();
  nodes_[0]->change_headers = [&](auto& headers) { headers = {network_.blocks[1].header}; };
  EXPECT_EQ(refusal(client_->follow(deadline_)), Code::node_malformed_reply);
}

TEST_F(LyingNodes, EveryChangedBitOfAHeaderIsRefused) {
  start();
  const Bytes header = encode(network_.blocks[1].header);
  for_every_bit(header.size(), [&](std::size_t bit) {
    nodes_[0]->change_headers = [&](auto& headers) {
      const auto changed = neo::parse_header(flipped(header, bit));
      headers.clear();
      if (changed.has_value()) headers.push_back(*changed);
    };
    EXPECT_FALSE(client_->follow(deadline_).has_value()) << bit;
    EXPECT_EQ(client_->height(), neo::BlockIndex(0));
  });
}

TEST_F(LyingNodes, ABlockWithOtherTransactionsProvesNothing) {
  start();
  nodes_[0]->change_block = [](neo::Block& block) {
    block.transactions.push_back(TestNetwork::transaction(9));
  };
  EXPECT_EQ(refusal(include(9, 1)), Code::invalid_block);
  nodes_[0]->change_block = [](neo::Block& block) {
    block.transactions.push_back(TestNetwork::transaction(9));
    std::vector<neo::UInt256> hashes;
    for (const auto& each : block.transactions) hashes.push_back(neo::hash_of(each));
    block.header.merkle_root = neo::merkle_root_of(hashes);
  };
  EXPECT_EQ(refusal(include(9, 1)), Code::invalid_block);
}

// CVE-2012-2459: a list whose tail repeats has the same merkle root.
TEST_F(LyingNodes, ARepeatedTransactionProvesNothing) {
  start();
  nodes_[0]->change_block = [](neo::Block& block) {
    block.transactions.push_back(block.transactions.back());
  };
  EXPECT_EQ(refusal(include(1, 1)), Code::invalid_block);
}

TEST_F(LyingNodes, AnotherBlockProvesNothing) {
  start();
  nodes_[0]->change_block = [&](neo::Block& block) { block = network_.blocks[1]; };
  EXPECT_EQ(refusal(include(1, 2)), Code::invalid_block);
}

TEST_F(LyingNodes, AnOlderStateProvesNothing) {
  start();
  nodes_[0]->change_root = [&](neo::StateRoot& root) { root = network_.roots[1]; };
  EXPECT_EQ(refusal(prove(7, 2)), Code::invalid_proof);
  // The same under the newer number.
  nodes_[0]->change_root = [&](neo::StateRoot& root) {
    root = network_.roots[1];
    root.index = neo::BlockIndex(2);
  };
  EXPECT_EQ(refusal(prove(7, 2)), Code::invalid_signature);
}

TEST_F(LyingNodes, AStateNobodySignedProvesNothing) {
  start();
  nodes_[0]->change_root = [](neo::StateRoot& root) { root.witness.reset(); };
  EXPECT_EQ(refusal(prove(7, 2)), Code::node_behind);
}

TEST_F(LyingNodes, AStateOthersSignedProvesNothing) {
  TestNetwork other(2);
  other.deploy(contract(7), 7);
  other.state[neo::make_storage_key(7, as_bytes("key"))] = to_bytes(as_bytes("forged"));
  other.add_blocks(2);
  start();
  nodes_[0]->change_root = [&](neo::StateRoot& root) {
    root = other.sign_root(root.index, other.tries[root.index.value()].root());
  };
  EXPECT_EQ(refusal(prove(7, 2)), Code::invalid_signature);
}

// The forged designation is in a state that its own validators signed.
TEST_F(LyingNodes, StateValidatorsDoNotDesignateThemselves) {
  TestNetwork other(2);
  other.designate_others();
  other.add_blocks(4);
  start();
  network_.add_blocks(2);
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  nodes_[0]->change_headers = [&](auto& headers) { headers.clear(); };
  nodes_[0]->serve(other);
  EXPECT_FALSE(prove(7, 4).has_value());
}

TEST_F(LyingNodes, AProofOfAnotherKeyContractOrHeightProvesNothing) {
  start();
  const auto answer_with = [&](std::int32_t id, const char* key, std::size_t block) {
    nodes_[0]->change_proof = [this, id, key, block](neo::StorageProof& proof) {
      // The contract's id is proven honestly.
      if (proof.key.size() > 7 && proof.key[4] == 8) return;
      proof.key = neo::make_storage_key(id, as_bytes(key));
      proof.nodes = network_.tries[block].proof_of(proof.key);
    };
    return prove(7, 2);
  };
  EXPECT_EQ(to_string(answer_with(7, "key", 2).value()), "new");
  EXPECT_EQ(refusal(answer_with(8, "key", 2)), Code::invalid_proof);
  EXPECT_EQ(refusal(answer_with(7, "other", 2)), Code::invalid_proof);
  EXPECT_EQ(refusal(answer_with(7, "key", 1)), Code::invalid_proof);
}

TEST_F(LyingNodes, AnotherContractsIdIsNotTakenForThis) {
  start();
  nodes_[0]->change_proof = [&](neo::StorageProof& proof) {
    if (proof.key.size() <= 7 || proof.key[4] != 8) return;
    Bytes key{8};
    append(key, contract(8).little_endian());
    proof.key = neo::make_storage_key(neo::kContractManagement.id, key);
    proof.nodes = network_.tries[2].proof_of(proof.key);
  };
  EXPECT_EQ(refusal(prove(7, 2)), Code::invalid_proof);
}

TEST_F(LyingNodes, EveryChangedBitOfAStateRootIsRefused) {
  start();
  const Bytes root = encode(network_.roots[2]);
  for_every_bit(root.size(), [&](std::size_t bit) {
    nodes_[0]->change_root = [&](neo::StateRoot& shown) {
      const auto changed = neo::parse_state_root(flipped(root, bit));
      shown = changed.has_value() ? *changed : neo::StateRoot();
    };
    EXPECT_FALSE(prove(7, 2).has_value()) << bit;
  });
}

TEST_F(LyingNodes, EveryChangedBitOfAProofIsRefused) {
  start();
  ASSERT_TRUE(prove(7, 2).has_value());
  neo::StorageProof honest;
  nodes_[0]->change_proof = [&](neo::StorageProof& shown) { honest = shown; };
  ASSERT_TRUE(prove(7, 2).has_value());
  const Bytes proof = encode(honest);
  for_every_bit(proof.size(), [&](std::size_t bit) {
    nodes_[0]->change_proof = [&](neo::StorageProof& shown) {
      const auto changed = neo::parse_storage_proof(flipped(proof, bit));
      shown = changed.has_value() ? *changed : neo::StorageProof();
    };
    EXPECT_FALSE(prove(7, 2).has_value()) << bit;
  });
}

TEST_F(LyingNodes, AWithheldProofProvesNothing) {
  start();
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  nodes_[0]->failure = Code::node_refused;
  EXPECT_EQ(refusal(prove(7, 2)), Code::node_refused);
  EXPECT_EQ(refusal(include(1, 1)), Code::node_refused);
}

// Contract 9 keeps a key that parts from the one asked for at each of its half bytes, and the node
// shows them one by one, so that each step leads on by one.
TEST_F(LyingNodes, AbsenceIsSoughtInABoundedNumberOfSteps) {
  deploy_keeping(9, "value");
  std::vector<Bytes> keys;
  for (std::size_t i = 0; i < 2 * limits::kAbsenceProofStepsMax; ++i) {
    Bytes& key = keys.emplace_back(i / 2 + 1);
    key.back() = i % 2 == 0 ? 0x10 : 0x01;
    network_.state[neo::make_storage_key(9, key)] = {1};
  }
  network_.add_block();
  start();
  ASSERT_EQ(to_string(prove(9, 3).value()), "value");
  const StorageItem absent{contract(9), Bytes(64, 0x00)};
  const auto find = [&] { return client_->find_storage(absent, neo::BlockIndex(3), deadline_); };
  EXPECT_EQ(find().value(), std::nullopt);
  nodes_[0]->neighbour_requests = 0;
  nodes_[0]->change_neighbours = [&](auto& ways) {
    const auto step = static_cast<std::size_t>(nodes_[0]->neighbour_requests - 1);
    ways = {{.key = {}, .nodes = network_.tries[3].proof_of(neo::make_storage_key(9, keys[step]))}};
  };
  EXPECT_EQ(refusal(find()), Code::invalid_proof);
  EXPECT_EQ(nodes_[0]->neighbour_requests, limits::kAbsenceProofStepsMax);
}

TEST_F(LyingNodes, OneHonestNodeIsEnough) {
  start(3);
  nodes_[0]->failure = Code::node_unavailable;
  nodes_[1]->change_headers = [](auto& headers) { headers[0].merkle_root = neo::UInt256(); };
  nodes_[1]->change_root = [](neo::StateRoot& root) { root.root = neo::UInt256(); };
  nodes_[1]->change_proof = [](neo::StorageProof& proof) { proof.nodes.clear(); };
  nodes_[1]->change_block = [](neo::Block& block) { block.transactions.clear(); };
  EXPECT_TRUE(include(1, 1).has_value());
  EXPECT_EQ(to_string(prove(7, 2).value()), "new");
}

// A lie may cost development the headers since the sealed one, not the truth.
TEST_F(LyingNodes, ALieTakesNothingTrueAwayInDevelopment) {
  trust_.rule = Trust::Rule::first_seen;
  start(2);
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  network_.add_block({TestNetwork::transaction(5)});
  nodes_[0]->change_headers = [](auto& headers) { headers[0].nonce ^= 1; };
  EXPECT_TRUE(include(5, 3).has_value());
  EXPECT_EQ(client_->height(), neo::BlockIndex(3));
}

// The host gives back, for every record that changed since, the one before.
TEST_F(LyingNodes, AnOlderSealedHeaderIsRefused) {
  start();
  const auto older = vaults_.store.contents();
  network_.add_blocks(kAnchor);
  ASSERT_TRUE(client_->follow(deadline_).has_value());
  client_.reset();
  vault_ = vaults_.must_open();
  auto swapped = vaults_.store.contents();
  for (const auto& [key, record] : older.records) swapped.records[key] = record;
  vaults_.store.set_contents(swapped);
  EXPECT_EQ(refusal(open()), Code::record_rolled_back);
  vault_.reset();
  EXPECT_EQ(refusal(vaults_.try_open()), Code::state_rolled_back);
}

TEST_F(LyingNodes, AnInventedTransactionIsInNoBlock) {
  start();
  nodes_[0]->change_block = [](auto& block) {
    block.transactions.push_back(TestNetwork::transaction(99));
  };
  EXPECT_FALSE(client_->prove_block(neo::BlockIndex(1), deadline_).has_value());
  // With the merkle root to match it is another block.
  nodes_[0]->change_block = [](auto& block) {
    block.transactions = {TestNetwork::transaction(99)};
    block.header.merkle_root = neo::hash_of(block.transactions[0]);
  };
  EXPECT_EQ(refusal(client_->prove_block(neo::BlockIndex(1), deadline_)), Code::invalid_block);
  EXPECT_EQ(refusal(include(99, 1)), Code::invalid_block);
}

TEST_F(LyingNodes, AnInventedBlockBeforeTheTrustedOneIsRefused) {
  network_.add_blocks(9);
  trust_.committee.clear();
  trust_.checkpoint = {.index = neo::BlockIndex(10), .hash = hash_of(network_.blocks[10].header)};
  start(2);
  TestNetwork other(2);
  other.add_block({TestNetwork::transaction(99)});
  other.add_blocks(20);
  nodes_[0]->change_headers = [&](auto& headers) {
    for (auto& header : headers) header = other.blocks[header.index.value()].header;
  };
  nodes_[0]->change_block = [&](auto& block) { block = other.blocks[block.header.index.value()]; };
  // The other node is honest.
  EXPECT_EQ(refusal(include(99, 1)), Code::invalid_proof);
  EXPECT_TRUE(include(1, 1).has_value());
}

}  // namespace
}  // namespace nsl::enclave::light_client
