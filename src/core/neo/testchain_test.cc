// The chain neo-go tests its RPC server with (pkg/services/rpcsrv/testdata/testblocks.acc): 23
// blocks whose hashes, merkle roots, consensus signatures, transaction signatures and network fees
// are all recomputed here. The file is not part of the project; without it the tests are skipped.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "core/neo/address.h"
#include "core/neo/block.h"
#include "core/neo/contract.h"
#include "core/neo/fee.h"
#include "core/neo/genesis.h"
#include "core/neo/rpc_transaction.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

std::string vector_path() {
  const char* folder = std::getenv("NSL_SHARED_VECTORS");
  if (folder != nullptr) return std::string(folder) + "/neo-testchain.json";
  const char* source = std::getenv("NSL_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/../shared/vectors/neo-testchain.json";
}

// The member of an object. Taken in steps: a chained lookup would refer into a temporary.
simdjson::dom::element member_of(simdjson::dom::element object, std::string_view name) {
  simdjson::dom::element value;
  EXPECT_FALSE(object[name].get(value)) << name;
  return value;
}

std::string text_of(simdjson::dom::element object, std::string_view name) {
  std::string_view text;
  EXPECT_FALSE(member_of(object, name).get(text)) << name;
  return std::string(text);
}

simdjson::dom::array array_of(simdjson::dom::element object, std::string_view name) {
  simdjson::dom::array array;
  EXPECT_FALSE(member_of(object, name).get(array)) << name;
  return array;
}

struct ChainBlock {
  Block block;
  std::string hash;
  std::vector<std::string> ids;
};

class TestChain : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string path = vector_path();
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared vectors at " << path;
    simdjson::dom::element document;
    ASSERT_FALSE(parser_.load(path).get(document));
    const simdjson::dom::element chain = member_of(document, "chain");
    std::uint64_t magic = 0;
    ASSERT_FALSE(member_of(chain, "magic").get(magic));
    magic_ = NetworkMagic(static_cast<std::uint32_t>(magic));
    genesis_hash_ = text_of(chain, "genesis_hash");
    consensus_ = parse_address(text_of(chain, "validators_address")).value();
    const simdjson::dom::array blocks = array_of(chain, "blocks");
    for (const simdjson::dom::element block : blocks) read(block);
    ASSERT_EQ(blocks_.size(), 23U);
  }

  void read(simdjson::dom::element json) {
    Bytes header = from_hex(text_of(json, "header_unsigned_hex"));
    header.push_back(1);
    const simdjson::dom::element scripts = member_of(json, "witness");
    codec::ByteWriter witness;
    witness.write_var_bytes(from_hex(text_of(scripts, "invocation")));
    witness.write_var_bytes(from_hex(text_of(scripts, "verification")));
    append(header, witness.bytes());
    const simdjson::dom::array transactions = array_of(json, "txs");
    codec::ByteWriter block;
    block.write_fixed(header).write_varint(transactions.size());
    ChainBlock entry;
    for (const simdjson::dom::element transaction : transactions) {
      block.write_fixed(from_hex(text_of(transaction, "hex")));
      entry.ids.push_back("0x" + text_of(transaction, "txid"));
    }
    const Result<Block> parsed = parse_block(block.bytes());
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();
    EXPECT_EQ(encode(*parsed), block.bytes());
    entry.block = *parsed;
    entry.hash = "0x" + text_of(json, "hash");
    blocks_.push_back(std::move(entry));
  }

  simdjson::dom::parser parser_;
  NetworkMagic magic_;
  UInt160 consensus_;
  std::string genesis_hash_;
  std::vector<ChainBlock> blocks_;
};

TEST_F(TestChain, EveryHashIsTheRecordedOne) {
  for (const ChainBlock& entry : blocks_) {
    EXPECT_EQ(hash_of(entry.block.header).to_text(), entry.hash);
    ASSERT_EQ(entry.block.transactions.size(), entry.ids.size());
    for (std::size_t i = 0; i < entry.ids.size(); ++i) {
      EXPECT_EQ(hash_of(entry.block.transactions[i]).to_text(), entry.ids[i]);
    }
  }
}

TEST_F(TestChain, EveryHeaderFollowsFromGenesis) {
  const Header& first = blocks_[0].block.header;
  EXPECT_EQ(first.previous_hash.to_text(), "0x" + genesis_hash_);
  const Bytes message = signing_message(magic_, hash_of(first));
  EXPECT_TRUE(verify_witness(first.witness, consensus_, message).has_value());
  for (std::size_t i = 1; i < blocks_.size(); ++i) {
    EXPECT_TRUE(
        verify_successor(blocks_[i - 1].block.header, blocks_[i].block.header, magic_).has_value())
        << i;
  }
}

TEST_F(TestChain, NoHeaderFollowsAnother) {
  const Header& first = blocks_[0].block.header;
  const Header& second = blocks_[1].block.header;
  EXPECT_FALSE(verify_successor(first, blocks_[2].block.header, magic_).has_value());
  EXPECT_FALSE(verify_successor(second, first, magic_).has_value());
  EXPECT_FALSE(verify_successor(first, second, kMainNet).has_value());
  Header other_consensus = first;
  other_consensus.next_consensus = UInt160();
  EXPECT_FALSE(verify_successor(other_consensus, second, magic_).has_value());
}

TEST_F(TestChain, EveryChangedByteOfEveryHeaderIsRefused) {
  for (std::size_t index = 1; index < blocks_.size(); ++index) {
    const Header& previous = blocks_[index - 1].block.header;
    const Bytes bytes = encode(blocks_[index].block.header);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      Bytes changed = bytes;
      changed[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
      const Result<Header> header = parse_header(changed);
      if (!header.has_value()) continue;
      EXPECT_FALSE(verify_successor(previous, *header, magic_).has_value()) << index << " " << i;
    }
  }
}

// The four validators are those whose account signs the first block.
TEST_F(TestChain, FollowsFromTheKeysOfTheCommitteeAlone) {
  const auto script = parse_multisig_script(blocks_[0].block.header.witness.verification);
  ASSERT_TRUE(script.has_value());
  const Block genesis = make_genesis_block(script->keys, script->keys.size()).value();
  EXPECT_EQ(hash_of(genesis.header).to_text(), "0x" + genesis_hash_);
  std::vector<Header> headers;
  for (const ChainBlock& entry : blocks_) headers.push_back(entry.block.header);
  EXPECT_TRUE(verify_headers(genesis.header, headers, magic_).has_value());
  EXPECT_TRUE(verify_later(genesis.header, headers.back(), magic_).has_value());
}

TEST_F(TestChain, RpcFormIsReadBackAsTheSameBlock) {
  for (const ChainBlock& entry : blocks_) {
    const JsonValue json = to_json(entry.block);
    EXPECT_EQ(json.find("hash")->find_string()->c_str(), entry.hash);
    EXPECT_EQ(parse_rpc_block(json).value(), entry.block);
    EXPECT_EQ(parse_rpc_block(parse_json(to_text(json), 1U << 20).value()).value(), entry.block);
  }
}

TEST_F(TestChain, EveryTransactionIsSignedByItsSigners) {
  std::size_t count = 0;
  for (const ChainBlock& entry : blocks_) {
    for (const Transaction& transaction : entry.block.transactions) {
      EXPECT_TRUE(verify_witnesses(transaction, magic_).has_value())
          << hash_of(transaction).to_text();
      EXPECT_FALSE(verify_witnesses(transaction, kMainNet).has_value());
      ++count;
    }
  }
  EXPECT_EQ(count, 28U);
}

TEST_F(TestChain, EveryNetworkFeeIsExactlyTheComputedOne) {
  for (const ChainBlock& entry : blocks_) {
    for (const Transaction& transaction : entry.block.transactions) {
      std::vector<ByteView> scripts;
      for (const Witness& witness : transaction.witnesses) scripts.push_back(witness.verification);
      Transaction unsigned_transaction = transaction;
      unsigned_transaction.witnesses.clear();
      unsigned_transaction.network_fee = GasAmount();
      EXPECT_EQ(network_fee_of(unsigned_transaction, scripts, FeePolicy{}).value(),
                transaction.network_fee)
          << hash_of(transaction).to_text();
    }
  }
}

TEST_F(TestChain, BlocksWithOtherTransactionsAreRefused) {
  Block block = blocks_[0].block;
  ASSERT_EQ(block.transactions.size(), 2U);
  std::swap(block.transactions[0], block.transactions[1]);
  EXPECT_EQ(parse_block(encode(block)).error().code(), Code::invalid_block);
  block = blocks_[0].block;
  block.transactions.pop_back();
  EXPECT_EQ(parse_block(encode(block)).error().code(), Code::invalid_block);
  // Doubling the last of an odd number keeps the merkle root.
  block = blocks_[1].block;
  ASSERT_EQ(block.transactions.size(), 1U);
  block.transactions.push_back(block.transactions[0]);
  EXPECT_EQ(parse_block(encode(block)).error().code(), Code::invalid_block);
}

}  // namespace
}  // namespace nsl::neo
