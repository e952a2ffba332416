#include "core/neo/mpt_proof.h"

#include <gtest/gtest.h>

#include "core/neo/native.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// A trie of four values, written and proven by neo-go v0.122.0 pkg/core/mpt (Trie.Put, GetProof).
constexpr std::string_view kRoot =
    "0x209075224e565a9dea7207d511b997d90cd28c074acb5b83c1f04fedef023c24";

struct ProofVector {
  std::string_view key;
  std::string_view value;
  std::string_view proof;
};

constexpr ProofVector kProofs[] = {
    {"0100000041", "value of A",
     "050100000041045200030ccb02f6ff3a04311d528c645ff19ad56d2e94d8741e3fc8364c136f27875dc90404"
     "04040404040404040404040403058ada446e5b0a8b6edeb92e0f64c89436e29871cf4349a7ad0c3adbe36371"
     "64042c0109010000000000000401037e64d2c4a42cbf7ba4856edb3d2114230fc177be0ecf430e40b5d1be3e"
     "985cdb52000404040403ebddc068d674a2483e8994e2350cd8a4a6c39754187aec0cd3455ff55e54952f0404"
     "04040404040404040403c21a44f9a1782199e20b7a97df8ed3cc3a4e8f7d36b8d6476375c1eba0331e120c02"
     "0a76616c7565206f662041"},
    {"01000000414243", "value of ABC",
     "0701000000414243065200030ccb02f6ff3a04311d528c645ff19ad56d2e94d8741e3fc8364c136f27875dc9"
     "040404040404040404040404040403058ada446e5b0a8b6edeb92e0f64c89436e29871cf4349a7ad0c3adbe3"
     "637164042c0109010000000000000401037e64d2c4a42cbf7ba4856edb3d2114230fc177be0ecf430e40b5d1"
     "be3e985cdb52000404040403ebddc068d674a2483e8994e2350cd8a4a6c39754187aec0cd3455ff55e54952f"
     "040404040404040404040403c21a44f9a1782199e20b7a97df8ed3cc3a4e8f7d36b8d6476375c1eba0331e12"
     "5200040403306d453208a47330207d0aa304b83d1e3f0444e2c3dd00adff4812ed2e68decf04037e211b2fac"
     "81cf536086069855fdda2379fb1000d35a85babd7112f22b0be71a0404040404040404040404042501020403"
     "038c805bcb65efd985356919fb0ebb09e1a286e789bcd6c77acf0d9bbf2e0873940e020c76616c7565206f66"
     "20414243"},
    {"010000004144", "value of AD",
     "06010000004144055200030ccb02f6ff3a04311d528c645ff19ad56d2e94d8741e3fc8364c136f27875dc904"
     "0404040404040404040404040403058ada446e5b0a8b6edeb92e0f64c89436e29871cf4349a7ad0c3adbe363"
     "7164042c0109010000000000000401037e64d2c4a42cbf7ba4856edb3d2114230fc177be0ecf430e40b5d1be"
     "3e985cdb52000404040403ebddc068d674a2483e8994e2350cd8a4a6c39754187aec0cd3455ff55e54952f04"
     "0404040404040404040403c21a44f9a1782199e20b7a97df8ed3cc3a4e8f7d36b8d6476375c1eba0331e1252"
     "00040403306d453208a47330207d0aa304b83d1e3f0444e2c3dd00adff4812ed2e68decf04037e211b2fac81"
     "cf536086069855fdda2379fb1000d35a85babd7112f22b0be71a0404040404040404040404040d020b76616c"
     "7565206f66204144"},
    {"faffffff14aabb", "balance",
     "07faffffff14aabb035200030ccb02f6ff3a04311d528c645ff19ad56d2e94d8741e3fc8364c136f27875dc9"
     "040404040404040404040404040403058ada446e5b0a8b6edeb92e0f64c89436e29871cf4349a7ad0c3adbe3"
     "6371640430010d0a0f0f0f0f0f0f01040a0a0b0b036fb6925d70edda6318d3225bfdf2f96a803f1c620dfff0"
     "1d596b88541607f40909020762616c616e6365"}};

UInt256 root() { return UInt256::parse(kRoot).value(); }

StorageProof proof_of(const ProofVector& vector) {
  return parse_storage_proof(from_hex(vector.proof)).value();
}

TEST(StorageProof, GivesTheValueOfEveryKey) {
  for (const ProofVector& each : kProofs) {
    const StorageProof proof = proof_of(each);
    EXPECT_EQ(proof.key, from_hex(each.key));
    EXPECT_EQ(to_string(verify_storage_proof(root(), proof).value()), each.value);
    EXPECT_EQ(codec::encode_hex(encode(proof)), each.proof);
  }
}

TEST(StorageProof, KeysCarryTheContract) {
  EXPECT_EQ(codec::encode_hex(make_storage_key(1, as_bytes("A"))), kProofs[0].key);
  EXPECT_EQ(codec::encode_hex(make_storage_key(kGasToken.id, from_hex("14aabb"))), kProofs[3].key);
}

TEST(StorageProof, ProvesNothingUnderAnotherRootOrKey) {
  for (const ProofVector& each : kProofs) {
    StorageProof proof = proof_of(each);
    EXPECT_EQ(verify_storage_proof(UInt256(), proof).error().code(), Code::invalid_proof);
    for (const ProofVector& other : kProofs) {
      if (other.key == each.key) continue;
      proof.key = from_hex(other.key);
      EXPECT_FALSE(verify_storage_proof(root(), proof).has_value());
    }
    proof.key = {};
    EXPECT_FALSE(verify_storage_proof(root(), proof).has_value());
    proof.key = Bytes(kMptKeyBytesMax + 1, 0);
    EXPECT_FALSE(verify_storage_proof(root(), proof).has_value());
  }
}

TEST(StorageProof, EveryChangedByteIsRefused) {
  for (const ProofVector& each : kProofs) {
    const Bytes bytes = from_hex(each.proof);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      Bytes changed = bytes;
      changed[i] ^= 0x01;
      const Result<StorageProof> proof = parse_storage_proof(changed);
      if (!proof.has_value()) continue;
      EXPECT_EQ(encode(*proof), changed);
      EXPECT_FALSE(verify_storage_proof(root(), *proof).has_value()) << each.key << " " << i;
    }
  }
}

TEST(StorageProof, NeedsEveryNodeInOrderAndNoOther) {
  for (const ProofVector& each : kProofs) {
    const StorageProof proof = proof_of(each);
    for (std::size_t i = 0; i < proof.nodes.size(); ++i) {
      StorageProof shorter = proof;
      shorter.nodes.erase(shorter.nodes.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(verify_storage_proof(root(), shorter).has_value());
      StorageProof longer = proof;
      longer.nodes.push_back(proof.nodes[i]);
      EXPECT_FALSE(verify_storage_proof(root(), longer).has_value());
    }
    StorageProof swapped = proof;
    std::swap(swapped.nodes.front(), swapped.nodes.back());
    EXPECT_FALSE(verify_storage_proof(root(), swapped).has_value());
  }
}

// The end of a key on the way to another one.
KeyWay way_of(std::string_view key, const ProofVector& shown) {
  return walk_towards(root(), from_hex(key), proof_of(shown).nodes).value();
}

TEST(StorageProof, TheWayToANeighbourShowsThatAKeyIsAbsent) {
  // A branch without that child.
  EXPECT_EQ(way_of("010000004142", kProofs[0]).end, KeyWay::End::open);
  EXPECT_EQ(way_of("010000004142", kProofs[1]).end, KeyWay::End::absent);
  EXPECT_EQ(way_of("010000004145", kProofs[0]).end, KeyWay::End::open);
  EXPECT_EQ(way_of("010000004145", kProofs[2]).end, KeyWay::End::absent);
  EXPECT_EQ(way_of("2100000041", kProofs[0]).end, KeyWay::End::absent);
  // An extension that goes elsewhere, or on behind the key.
  EXPECT_EQ(way_of("0200000041", kProofs[0]).end, KeyWay::End::absent);
  EXPECT_EQ(way_of("faffffff14aabc", kProofs[3]).end, KeyWay::End::absent);
  EXPECT_EQ(way_of("faff", kProofs[3]).end, KeyWay::End::absent);
  EXPECT_EQ(way_of("", kProofs[3]).end, KeyWay::End::absent);
  // A leaf before the end of the key.
  EXPECT_EQ(way_of("faffffff14aabbcc", kProofs[3]).end, KeyWay::End::absent);
  EXPECT_EQ(way_of("01000000414400", kProofs[2]).end, KeyWay::End::absent);
}

TEST(StorageProof, NoWayShowsThatAKeyIsAbsentThatIsThere) {
  for (const ProofVector& each : kProofs) {
    for (const ProofVector& shown : kProofs) {
      const KeyWay way = way_of(each.key, shown);
      EXPECT_NE(way.end, KeyWay::End::absent) << each.key << " " << shown.key;
      EXPECT_EQ(way.end == KeyWay::End::present, &each == &shown);
      EXPECT_EQ(to_string(way.value), &each == &shown ? each.value : "");
    }
  }
}

TEST(StorageProof, AWayThatEndsEarlySaysHowFarItLed) {
  const KeyWay way = way_of(kProofs[1].key, kProofs[0]);
  EXPECT_EQ(way.end, KeyWay::End::open);
  // 01000000 41, and the half byte the branch behind it forks at.
  EXPECT_GE(way.nibbles, 10U);
  EXPECT_LT(way.nibbles, 16U);
  EXPECT_FALSE(
      walk_towards(UInt256(), from_hex(kProofs[0].key), proof_of(kProofs[0]).nodes).has_value());
  EXPECT_FALSE(walk_towards(root(), from_hex(kProofs[0].key), {}).has_value());
}

// A proof of one node, which is its own root.
Result<Bytes> verify_single(std::string_view key, std::string_view node) {
  const Bytes bytes = from_hex(node);
  return verify_storage_proof(hash256_of(bytes), {.key = from_hex(key), .nodes = {bytes}});
}

TEST(StorageProof, RefusesNodesOfAnotherForm) {
  EXPECT_EQ(to_string(verify_single("", "020141").value()), "A");
  EXPECT_EQ(to_string(verify_single("", "0200").value()), "");
  const std::string hash(64, '0');
  const std::vector<std::string> refused = {"",
                                            "04",
                                            "03" + hash,
                                            "05",
                                            "02014100",
                                            "0202",
                                            "0100030" + hash + "0",
                                            "01010404",
                                            "0101",
                                            "00" + hash,
                                            "00" + std::string(34, '4')};
  for (const std::string& node : refused) {
    EXPECT_EQ(verify_single("41", node).has_value(), false) << node;
    EXPECT_EQ(verify_single("", node).has_value(), false) << node;
  }
  // An extension whose child is no hash, and one that ends in nothing.
  EXPECT_FALSE(verify_single("41", "01020401020141").has_value());
  EXPECT_FALSE(verify_single("41", "0102040104").has_value());
  // A branch without the child the key asks for.
  EXPECT_FALSE(verify_single("41", "000404040404040404040404040404040404").has_value());
}

// neo-go v0.122.0 pkg/core/mpt/proof_test.go, "malicious nested node compat".
TEST(StorageProof, RefusesADeepChainOfEmptyExtensions) {
  constexpr std::size_t kDepth = 10000;
  Bytes node;
  for (std::size_t i = 0; i < kDepth; ++i) append(node, Bytes{0x01, 0x00});
  node.push_back(0x04);
  node.resize(node.size() + kDepth);
  EXPECT_FALSE(
      verify_storage_proof(hash256_of(node), {.key = {0x00}, .nodes = {node}}).has_value());
}

TEST(StorageProof, RefusesMoreNodesThanAKeyCanHave) {
  StorageProof proof{.key = {}, .nodes = std::vector<Bytes>(kMptProofNodesMax + 1)};
  EXPECT_FALSE(verify_storage_proof(root(), proof).has_value());
  EXPECT_FALSE(parse_storage_proof(encode(proof)).has_value());
  proof = {.key = Bytes(kMptKeyBytesMax + 1, 0), .nodes = {}};
  EXPECT_FALSE(parse_storage_proof(encode(proof)).has_value());
  EXPECT_FALSE(verify_storage_proof(root(), {.key = {}, .nodes = {}}).has_value());
}

}  // namespace
}  // namespace nsl::neo
