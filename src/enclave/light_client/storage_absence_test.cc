// That a contract keeps nothing under a key: proven by the ways to its neighbours, over nodes that
// are honest and over nodes that lie.
#include "core/codec/hex.h"
#include "enclave/light_client/light_client_fixture.h"

namespace nsl::enclave::light_client {
namespace {

using testing::contract;
using testing::refusal;
using testing::TestNetwork;

class StorageAbsence : public testing::LightClientFixture {
 protected:
  void keep(const Bytes& key, const char* value = "value") {
    network_.state[neo::make_storage_key(7, key)] = to_bytes(as_bytes(value));
  }
  void deploy() {
    ids_[contract(7)] = 7;
    network_.deploy(contract(7), 7);
  }
};

TEST_F(StorageAbsence, IsProvenWhereverTheKeyWouldLie) {
  deploy();
  for (const Bytes& key :
       {Bytes{0x10}, Bytes{0x10, 0x00}, Bytes{0x1f, 0xff, 0x01}, Bytes{0x1f, 0xff, 0x02},
        Bytes{0x20, 0x33, 0x44, 0x55}, Bytes{0xff}, Bytes{0xff, 0x80}}) {
    keep(key);
  }
  network_.add_block();
  start();
  const std::vector<Bytes> absent = {{},
                                     {0x00},
                                     {0x0f, 0xff},
                                     {0x10, 0x01},
                                     {0x10, 0x00, 0x00},
                                     {0x11},
                                     {0x1f},
                                     {0x1f, 0xff},
                                     {0x1f, 0xff, 0x00},
                                     {0x1f, 0xff, 0x01, 0x00},
                                     {0x1f, 0xff, 0x03},
                                     {0x20, 0x33},
                                     {0x20, 0x33, 0x44, 0x54},
                                     {0x20, 0x33, 0x44, 0x55, 0x66},
                                     {0xf0},
                                     {0xff, 0x7f},
                                     {0xff, 0x81},
                                     {0xff, 0xff},
                                     Bytes(64, 0xff),
                                     Bytes(64, 0x00)};
  for (const Bytes& key : absent) {
    EXPECT_TRUE(is_proven_absent(7, 1, key)) << codec::encode_hex(key);
  }
}

TEST_F(StorageAbsence, IsProvenAmongAThousandKeys) {
  deploy();
  SeededRandom random(3);
  std::vector<Bytes> absent;
  for (int i = 0; i < 1000; ++i) {
    const auto key = random.bytes<20>();
    keep(Bytes(key.begin(), key.end()));
    const auto other = random.bytes<20>();
    absent.emplace_back(other.begin(), other.end());
    // One that differs from a key that is there in its last bit only.
    Bytes& near = absent.emplace_back(key.begin(), key.end());
    near.back() ^= 1;
  }
  network_.add_block();
  start();
  for (const Bytes& key : absent) EXPECT_TRUE(is_proven_absent(7, 1, key));
  EXPECT_LT(nodes_[0]->neighbour_requests, 3 * 2000);
}

TEST_F(StorageAbsence, FindsWhatIsThere) {
  deploy_keeping(7, "value");
  network_.add_block();
  start();
  EXPECT_EQ(to_string(find(7, 1, as_bytes("key")).value().value()), "value");
  EXPECT_EQ(nodes_[0]->neighbour_requests, 0);
}

TEST_F(StorageAbsence, OfAContractThatIsNotThereIsProvenToo) {
  deploy_keeping(7, "value");
  network_.add_block();
  start();
  EXPECT_TRUE(is_proven_absent(9, 1, as_bytes("key")));
  // It is not remembered: the contract may be deployed.
  deploy_keeping(9, "later");
  nodes_[0]->ids = ids_;
  network_.add_block();
  EXPECT_EQ(to_string(find(9, 2, as_bytes("key")).value().value()), "later");
}

TEST_F(StorageAbsence, OfAContractThatKeepsNothingCannotBeProven) {
  deploy();
  network_.add_block();
  start();
  EXPECT_EQ(refusal(find(7, 1, as_bytes("key"))), Code::invalid_proof);
}

TEST_F(StorageAbsence, OfAKeyNoContractCanHaveIsRefused) {
  deploy_keeping(7, "value");
  network_.add_block();
  start();
  EXPECT_EQ(refusal(find(7, 1, Bytes(65, 'k'))), Code::invalid_argument);
}

TEST_F(StorageAbsence, WaitsForTheStateToBeSigned) {
  deploy_keeping(7, "value");
  network_.add_block();
  start();
  nodes_[0]->change_root = [](neo::StateRoot& root) { root.witness.reset(); };
  EXPECT_EQ(refusal(find(7, 1, as_bytes("other"))), Code::node_behind);
}

// Contract 7 keeps items that make the way to "key" fork often.
class LyingAboutAbsence : public StorageAbsence {
 protected:
  LyingAboutAbsence() {
    deploy_keeping(7, "value");
    deploy_keeping(8, "value");
    for (const char* key : {"a", "kea", "keya", "kez", "z"}) keep(to_bytes(as_bytes(key)));
    network_.add_block();
    network_.state.erase(neo::make_storage_key(7, as_bytes("key")));
    network_.add_block();
    network_.state[neo::make_storage_key(7, as_bytes("key"))] = to_bytes(as_bytes("again"));
    network_.add_block();
  }
};

TEST_F(LyingAboutAbsence, AHiddenItemIsNotTakenForAbsent) {
  start();
  // So that the contract's id is known.
  ASSERT_TRUE(find(7, 1, as_bytes("a")).has_value());
  nodes_[0]->hides_items = true;
  // The ways to its neighbours lead to it, or end before it.
  nodes_[0]->change_neighbours = [](auto& ways) {
    std::erase_if(ways, [](const auto& way) { return way.key.size() == 7 && way.key[6] == 'y'; });
  };
  const auto found = find(7, 1, as_bytes("key"));
  EXPECT_FALSE(found.has_value() && !found->has_value());
  nodes_[0]->change_neighbours = [](auto& ways) { ways.clear(); };
  EXPECT_EQ(refusal(find(7, 1, as_bytes("key"))), Code::invalid_proof);
}

TEST_F(LyingAboutAbsence, AnOlderOrNewerStateProvesNoAbsence) {
  start();
  ASSERT_TRUE(is_proven_absent(7, 2, as_bytes("key")));
  nodes_[0]->hides_items = true;
  // The ways are those of the state in which there was none.
  nodes_[0]->change_neighbours = [this](auto& ways) {
    ways =
        network_.tries[2].ways_behind(neo::make_storage_key(7, {}), neo::make_storage_key(7, {}));
  };
  EXPECT_EQ(refusal(find(7, 1, as_bytes("key"))), Code::invalid_proof);
  EXPECT_EQ(refusal(find(7, 3, as_bytes("key"))), Code::invalid_proof);
}

TEST_F(LyingAboutAbsence, AnotherContractsNeighboursProveNothing) {
  start();
  ASSERT_TRUE(find(7, 1, as_bytes("a")).has_value());
  nodes_[0]->hides_items = true;
  nodes_[0]->change_neighbours = [this](auto& ways) {
    ways =
        network_.tries[1].ways_behind(neo::make_storage_key(8, {}), neo::make_storage_key(8, {}));
  };
  EXPECT_EQ(refusal(find(7, 1, as_bytes("key"))), Code::invalid_proof);
}

TEST_F(LyingAboutAbsence, EveryChangedBitOfANeighboursWayIsRefused) {
  start();
  ASSERT_TRUE(find(7, 1, as_bytes("a")).has_value());
  nodes_[0]->hides_items = true;
  std::vector<neo::StorageProof> honest = network_.tries[1].ways_behind(
      neo::make_storage_key(7, as_bytes("k")), neo::make_storage_key(7, as_bytes("k")));
  for (std::size_t node = 0; node < honest[0].nodes.size(); ++node) {
    for (std::size_t bit = 0; bit < 8 * honest[0].nodes[node].size(); ++bit) {
      nodes_[0]->change_neighbours = [&](auto& ways) {
        ways = {honest[0]};
        ways[0].nodes[node][bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      };
      const auto found = find(7, 1, as_bytes("key"));
      EXPECT_FALSE(found.has_value() && !found->has_value()) << node << " " << bit;
    }
  }
}

TEST_F(LyingAboutAbsence, OneHonestNodeIsEnough) {
  start(3);
  nodes_[0]->hides_items = true;
  nodes_[0]->change_neighbours = [](auto& ways) { ways.clear(); };
  nodes_[1]->change_root = [](neo::StateRoot& root) { root.root = neo::UInt256(); };
  EXPECT_EQ(to_string(find(7, 1, as_bytes("key")).value().value()), "value");
  EXPECT_TRUE(is_proven_absent(7, 2, as_bytes("key")));
}

}  // namespace
}  // namespace nsl::enclave::light_client
