#include "enclave/chain/chain_reader.h"

#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "enclave/chain/quorum_chain.h"
#include "enclave/testing/fake_chain.h"

namespace nsl::enclave::chain {
namespace {

using testing::FakeChain;

constexpr const char* kHash = "0x0102030405060708091011121314151617181920212223242526272829303132";
constexpr const char* kContract = "0xd2a4cff31913016155e38e474a2c06d08be276cf";

std::string log_json(const char* hash, const char* amount) {
  return std::string(R"({"txid":")") + hash +
         R"(","executions":[{"trigger":"Application","vmstate":"HALT","gasconsumed":"100",)"
         R"("exception":null,"stack":[{"type":"Boolean","value":true}],"notifications":[)"
         R"({"contract":")" +
         kContract + R"(","eventname":"Transfer","state":{"type":"Array","value":[)" +
         R"({"type":"Integer","value":")" + amount + R"("}]}}]}]})";
}

// A test run that returns an iterator of a session.
std::string iterator_json(const char* id) {
  return std::string(R"({"state":"HALT","gasconsumed":"1","session":")") + id +
         R"(","stack":[{"type":"Array","value":[{"type":"InteropInterface",)"
         R"("interface":"IIterator","id":")" +
         id + R"("}]}]})";
}

std::string block_json(std::uint32_t index, std::uint8_t signature) {
  neo::Block block;
  block.header.index = neo::BlockIndex(index);
  block.header.witness.invocation = {signature};
  return '"' + codec::encode_base64(neo::encode(block)) + '"';
}

class ChainReaderTest : public ::testing::Test {
 protected:
  ChainReaderTest() {
    std::vector<std::unique_ptr<Chain>> chains;
    for (FakeChain*& node : nodes_) {
      auto made = std::make_unique<FakeChain>();
      node = made.get();
      chains.push_back(std::move(made));
    }
    chain_ = std::make_unique<QuorumChain>(std::move(chains), 2, clock_);
  }
  ChainReader reader() { return ChainReader(*chain_); }
  static neo::UInt256 hash() { return neo::UInt256::parse(kHash).value(); }
  static neo::UInt160 contract() { return neo::UInt160::parse(kContract).value(); }
  void answer(std::size_t node, const char* method, const std::string& json) {
    nodes_[node]->replies.emplace(method, json);
  }
  void all_answer(const char* method, const std::string& json) {
    for (std::size_t node = 0; node < nodes_.size(); ++node) answer(node, method, json);
  }

  ManualClock clock_{WallTime(1'700'000'000'000)};
  Deadline deadline_ = Deadline::after_ms(clock_, 10000);
  std::array<FakeChain*, 3> nodes_{};
  std::unique_ptr<QuorumChain> chain_;
};

TEST_F(ChainReaderTest, ReadsTheLogOfATransaction) {
  all_answer("getapplicationlog", log_json(kHash, "7"));
  const auto log = reader().log(hash(), deadline_).value().value();
  ASSERT_EQ(log.executions.size(), 1U);
  ASSERT_EQ(log.executions[0].notifications.size(), 1U);
  EXPECT_EQ(log.executions[0].notifications[0].contract, contract());
}

TEST_F(ChainReaderTest, OneLyingNodeIsOutvoted) {
  answer(0, "getapplicationlog", log_json(kHash, "1000000"));
  answer(1, "getapplicationlog", log_json(kHash, "7"));
  answer(2, "getapplicationlog", log_json(kHash, "7"));
  const auto log = reader().log(hash(), deadline_).value().value();
  const auto& items = log.executions[0].notifications[0].state->items().value().get();
  EXPECT_EQ(items[0].to_integer().value().to_decimal(), "7");
}

TEST_F(ChainReaderTest, SaysNothingWhileTheNodesContradictEachOther) {
  answer(0, "getapplicationlog", log_json(kHash, "1"));
  answer(1, "getapplicationlog", log_json(kHash, "2"));
  EXPECT_EQ(reader().log(hash(), deadline_).error().code(), Code::quorum_not_reached);
}

TEST_F(ChainReaderTest, TakesNoAnswerToAnotherQuestion) {
  // The double passes over a reply that does not answer the question, as a node's is refused.
  all_answer("getapplicationlog",
             log_json("0x0000000000000000000000000000000000000000000000000000000000000001", "7"));
  all_answer("getblock", block_json(8, 0));
  EXPECT_EQ(reader().log(hash(), deadline_).value(), std::nullopt);
  EXPECT_EQ(reader().block(neo::BlockIndex(7), deadline_).value(), std::nullopt);
}

TEST_F(ChainReaderTest, SignaturesOfABlockMayDifferFromNodeToNode) {
  answer(0, "getblock", block_json(7, 1));
  answer(1, "getblock", block_json(7, 2));
  const auto block = reader().block(neo::BlockIndex(7), deadline_).value();
  ASSERT_TRUE(block.has_value());
  EXPECT_TRUE(block->header.witness.invocation.empty());
}

TEST_F(ChainReaderTest, IdsOfANodesOwnSessionsKeepNobodyFromAgreeing) {
  answer(0, "invokescript", iterator_json("one"));
  answer(1, "invokescript", iterator_json("two"));
  const auto result = reader().invoke(as_bytes("script"), {}, deadline_).value();
  EXPECT_TRUE(result.session.empty());
  const auto& items = result.stack.at(0)->items().value().get();
  EXPECT_EQ(items.at(0).type(), neo::StackItemType::interop);
  EXPECT_EQ(items.at(0).opaque_text(), "");
}

TEST_F(ChainReaderTest, ReadsAContract) {
  all_answer("getcontractstate", std::string(R"({"id":-6,"updatecounter":2,"hash":")") + kContract +
                                     R"(","nef":{"magic":860243278,"compiler":"neo-go",)"
                                     R"("source":"","tokens":[],"script":"EEA=","checksum":77},)"
                                     R"("manifest":{"name":"GasToken","groups":[],"features":{},)"
                                     R"("supportedstandards":["NEP-17"],"abi":{"methods":[],)"
                                     R"("events":[]},"permissions":[],"trusts":[],"extra":null}})");
  const auto state = reader().contract(contract(), deadline_).value().value();
  EXPECT_EQ(state.id, -6);
  EXPECT_EQ(state.update_counter, 2U);
  EXPECT_EQ(state.manifest.name, "GasToken");
  EXPECT_EQ(state.checksum, 77U);
  EXPECT_EQ(state.script.size(), 2U);
}

TEST_F(ChainReaderTest, ReadsStorageAndThatThereIsNone) {
  EXPECT_EQ(reader().storage(contract(), as_bytes("key"), deadline_).value(), std::nullopt);
  answer(0, "getstorage", R"("dmFsdWU=")");
  EXPECT_EQ(reader().storage(contract(), as_bytes("key"), deadline_).value(), std::nullopt);
  answer(1, "getstorage", R"("dmFsdWU=")");
  EXPECT_EQ(to_string(reader().storage(contract(), as_bytes("key"), deadline_).value().value()),
            "value");
}

TEST_F(ChainReaderTest, ReadsWhichTokensAnAccountHas) {
  const std::string other = "0xef4073a0f2b305a38ec4050e4d3d28bc40ea63f5";
  const neo::UInt160 account = contract();
  const std::string address = R"({"address":"NepwUjd9GhqgNkrfXaxj9mmsFhFzGoFuWM","balance":[)";
  const std::string first = std::string(R"({"assethash":")") + kContract + R"("})";
  const std::string second = R"({"assethash":")" + other + R"("})";
  // In any order.
  answer(0, "getnep17balances", address + first + "," + second + "]}");
  answer(1, "getnep17balances", address + second + "," + first + "]}");
  const auto tokens = reader().tokens_of(account, TokenStandard::nep17, deadline_).value();
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens[0].to_text(), kContract);
  EXPECT_TRUE(reader().tokens_of(account, TokenStandard::nep11, deadline_).value().empty());
}

}  // namespace
}  // namespace nsl::enclave::chain
