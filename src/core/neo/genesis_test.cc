// The start of the main network: the genesis block computed from the standby committee, and block 1
// as neo-go v0.122.0 has it in pkg/core/block/block_test.go (TestJSONEmptyTx).
#include "core/neo/genesis.h"

#include <gtest/gtest.h>

#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/rpc_transaction.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// neo-go v0.122.0 config/protocol.mainnet.yml, StandbyCommittee; the first seven are validators.
constexpr std::string_view kCommittee[] = {
    "03b209fd4f53a7170ea4444e0cb0a6bb6a53c2bd016926989cf85f9b0fba17a70c",
    "02df48f60e8f3e01c48ff40b9b7f1310d7a8b2a193188befe1c2e3df740e895093",
    "03b8d9d5771d8f513aa0869b9cc8d50986403b78c6da36890638c3d46a5adce04a",
    "02ca0e27697b9c248f6f16e085fd0061e26f44da85b58ee835c110caa5ec3ba554",
    "024c7b7fb6c310fccf1ba33b082519d82964ea93868d676662d4a59ad548df0e7d",
    "02aaec38470f6aad0042c6e877cfd8087d2676b0f516fddd362801b9bd3936399e",
    "02486fd15702c4490a26703112a5cc1d0923fd697a33406bd5a1c00e0013b09a70",
    "023a36c72844610b4d34d1968662424011bf783ca9d984efa19a20babf5582f3fe",
    "03708b860c1de5d87f5b151a12c2a99feebd2e8b315ee8e7cf8aa19692a9e18379",
    "03c6aa6e12638b36e88adc1ccdceac4db9929575c3e03576c617c49cce7114a050",
    "03204223f8c86b8cd5c89ef12e4f0dbb314172e9241e30c9ef2293790793537cf0",
    "02a62c915cf19c7f19a50ec217e79fac2439bbaad658493de0c7d8ffa92ab0aa62",
    "03409f31f0d66bdc2f70a9730b66fe186658f84a8018204db01c106edc36553cd0",
    "0288342b141c30dc8ffcde0204929bb46aed5756b41ef4a56778d15ada8f0c6654",
    "020f2887f41474cfeb11fd262e982051c1541418137c02a0f4961af911045de639",
    "0222038884bbd1d8ff109ed3bdef3542e768eef76c1247aea8bc8171f532928c30",
    "03d281b42002647f0113f36c7b8efb30db66078dfaaa9ab3ff76d043a98d512fde",
    "02504acbc1f4b3bdad1d86d6e1a08603771db135a73e61c9d565ae06a1938cd2ad",
    "0226933336f1b75baa42d42b71d9091508b638046d19abd67f4e119bf64a7cfb4d",
    "03cdcea66032b82f5c30450e381e5295cae85c5e6943af716cc6b646352a6067dc",
    "02cd5a5547119e24feaa7c2a0f37b8c9366216bab7054de0065c9be42084003c8a"};
constexpr std::size_t kValidators = 7;

constexpr std::string_view kBlock1 =
    R"({"hash":"0x5f3fbb43d1e516fe07771e2e873ebc9e2810662401acf603a775aace486220bd","version")"
    R"(:0,"previousblockhash":"0x1f4d1defa46faa5e7b9b8d3f79a06bec777d7c26c4aa5f6f5899a291daa8)"
    R"(7c15","merkleroot":"0x0000000000000000000000000000000000000000000000000000000000000000)"
    R"(","time":1627894840919,"nonce":"BA8E021F1AEEA3F6","index":1,"nextconsensus":"NVg7LjGcU)"
    R"(SrgxgjX3zEgqaksfMaiS8Z6e1","primary":0,"witnesses":[{"invocation":"DEAq7W/jUhpMon1t9mu)"
    R"(qXKfBvNyGwLfFFM1vAxrMKvUl6MqK+LL/lJAJP9uAk/cberIWWhSsdcxUtltkBLemg/VuDECQZGuvP93JlZga2)"
    R"(ml8cnbe5cNiGgO0EMrbGYyzvgr8calP5SwMNPSYms10gIHxlsuXDU++EQpZu/vKxfHoxdC5DEDgsA3POVZdfN+)"
    R"(i5+ekvtsaIvif42n0GC+dZi3Rp37ETmt4NtkoK2I2UXi+WIjm5yXLJsPhAvEV6cJSrvqBdsQBDEDTS6NU+kB+t)"
    R"(geBe9lWv+6y0L2qcUBIaUxiTCaNWZtLPghQICBvjDz1/9ttJRXG3I5N9CFDjjLKCpdIY842HW4/DEC+wlWjkCz)"
    R"(VqzKslvpCKZbEPUGIf87CFAD88xqzl26m/TpTUcT0+D5oI2bVzAk0mcdBTPnyjcNbv17BFmr63+09","verifi)"
    R"(cation":"FQwhAkhv0VcCxEkKJnAxEqXMHQkj/Wl6M0Br1aHADgATsJpwDCECTHt/tsMQ/M8bozsIJRnYKWTqk)"
    R"(4aNZ2Zi1KWa1UjfDn0MIQKq7DhHD2qtAELG6HfP2Ah9Jnaw9Rb93TYoAbm9OTY5ngwhA7IJ/U9TpxcOpERODLC)"
    R"(mu2pTwr0BaSaYnPhfmw+6F6cMDCEDuNnVdx2PUTqghpucyNUJhkA7eMbaNokGOMPUalrc4EoMIQLKDidpe5wkj)"
    R"(28W4IX9AGHib0TahbWO6DXBEMql7DulVAwhAt9I9g6PPgHEj/QLm38TENeosqGTGIvv4cLj33QOiVCTF0Ge0Nw)"
    R"(6"}],"tx":[]})";

std::vector<PublicKey> committee() {
  std::vector<PublicKey> keys;
  for (const std::string_view each : kCommittee)
    keys.push_back(parse_public_key_text(each).value());
  return keys;
}

JsonValue block1_json() { return parse_json(kBlock1, 4096).value(); }
Header block1() { return parse_rpc_header(block1_json()).value(); }
Block genesis() { return make_genesis_block(committee(), kValidators).value(); }

TEST(Genesis, IsThatOfTheMainNetwork) {
  const Block block = genesis();
  EXPECT_EQ(hash_of(block.header).to_text(),
            "0x1f4d1defa46faa5e7b9b8d3f79a06bec777d7c26c4aa5f6f5899a291daa87c15");
  EXPECT_EQ(to_address(block.header.next_consensus), "NVg7LjGcUSrgxgjX3zEgqaksfMaiS8Z6e1");
  EXPECT_EQ(parse_block(encode(block)).value(), block);
  EXPECT_EQ(parse_rpc_block(to_json(block)).value(), block);
}

TEST(Genesis, NeedsAsManyKeysAsValidators) {
  EXPECT_FALSE(make_genesis_block(committee(), 0).has_value());
  EXPECT_FALSE(make_genesis_block(committee(), 22).has_value());
  EXPECT_FALSE(make_genesis_block({}, 0).has_value());
  EXPECT_FALSE(byzantine_account({}).has_value());
}

TEST(MainNetwork, BlockOneFollowsFromNothingButTheCommittee) {
  EXPECT_TRUE(verify_successor(genesis().header, block1(), kMainNet).has_value());
  EXPECT_TRUE(verify_headers(genesis().header, std::vector{block1()}, kMainNet).has_value());
  EXPECT_FALSE(verify_successor(genesis().header, block1(), kTestNet).has_value());
  const Result<void> refused =
      verify_headers(genesis().header, std::vector{block1(), block1()}, kMainNet);
  EXPECT_EQ(refused.error().message(), "Header 1: Another block comes before");
}

TEST(MainNetwork, EveryChangedByteOfBlockOneIsRefused) {
  const Header trusted = genesis().header;
  const Bytes bytes = encode(block1());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 0x80;
    const Result<Header> header = parse_header(changed);
    if (!header.has_value()) continue;
    EXPECT_EQ(encode(*header), changed);
    EXPECT_FALSE(verify_successor(trusted, *header, kMainNet).has_value()) << i;
  }
}

TEST(MainNetwork, ALaterHeaderIsBelievedOfTheSameNodes) {
  EXPECT_TRUE(verify_later(genesis().header, block1(), kMainNet).has_value());
  EXPECT_FALSE(verify_later(block1(), block1(), kMainNet).has_value());
  EXPECT_FALSE(verify_later(block1(), genesis().header, kMainNet).has_value());
  Header other = genesis().header;
  other.next_consensus = UInt160();
  EXPECT_FALSE(verify_later(other, block1(), kMainNet).has_value());
}

TEST(MainNetwork, BlockOneIsPrintedAsTheNodeDoes) {
  const Block block = parse_rpc_block(block1_json()).value();
  const JsonValue printed = to_json(block);
  const JsonValue published = block1_json();
  for (const auto& [name, value] : *published.find_object()) {
    ASSERT_NE(printed.find(name), nullptr) << name;
    EXPECT_EQ(*printed.find(name), value) << name;
  }
  EXPECT_EQ(printed.find("size")->to_int64(), static_cast<std::int64_t>(encode(block).size()));
}

TEST(RpcBlock, RefusesWhatDoesNotFitTogether) {
  const auto refused = [](std::string_view name, const JsonValue& value) {
    const JsonValue published = block1_json();
    JsonValue json = JsonValue::object();
    for (const auto& [each, content] : *published.find_object()) {
      json.add(each, each == name ? value : content);
    }
    if (json.find(name) == nullptr) json.add(name, value);
    return !parse_rpc_block(json).has_value();
  };
  EXPECT_TRUE(refused("hash", JsonValue::string(UInt256().to_text())));
  EXPECT_TRUE(refused("size", JsonValue::integer(1)));
  EXPECT_TRUE(refused("version", JsonValue::integer(1)));
  EXPECT_TRUE(refused("nonce", JsonValue::string("1")));
  EXPECT_TRUE(refused("nonce", JsonValue::string("xxxxxxxxxxxxxxxx")));
  EXPECT_TRUE(refused("primary", JsonValue::integer(256)));
  EXPECT_TRUE(refused("time", JsonValue::integer(-1)));
  EXPECT_TRUE(refused("index", JsonValue::string("1")));
  EXPECT_TRUE(refused("nextconsensus", JsonValue::string("N")));
  EXPECT_TRUE(refused("witnesses", JsonValue::array()));
  EXPECT_TRUE(refused("tx", JsonValue()));
  EXPECT_TRUE(refused("merkleroot", JsonValue::string(hash_of(block1()).to_text())));
  EXPECT_FALSE(refused("size", JsonValue::integer(static_cast<std::int64_t>(
                                   encode(parse_rpc_block(block1_json()).value()).size()))));
}

}  // namespace
}  // namespace nsl::neo
