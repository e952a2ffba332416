#include "enclave/chain/rpc_chain.h"

#include <gtest/gtest.h>

#include <map>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/block.h"
#include "enclave/chain/chain_reader.h"

namespace nsl::enclave::chain {
namespace {

constexpr const char* kHash = "0x0102030405060708091011121314151617181920212223242526272829303132";
constexpr const char* kOtherHash =
    "0x0000000000000000000000000000000000000000000000000000000000000001";

// A node that gives each method its scripted result, or nothing at all.
class ScriptedNode final : public outcall::HttpExchanger {
 public:
  Result<outcall::HttpReply> exchange(const outcall::HttpRequest& request,
                                      const outcall::EgressPolicy&, const Deadline&) override {
    ++requests;
    if (failure.has_value()) return fail(*failure);
    const std::string id = between(request.body, "\"id\":", ",");
    std::string method = between(request.body, "\"method\":\"", "\"");
    // Calls of the policy contract are told apart by what they call.
    for (const auto& [name, result] : results) {
      if (request.body.find("\"" + name + "\"") != std::string::npos) method = name;
    }
    outcall::HttpReply reply;
    reply.status = 200;
    const auto error = errors.find(method);
    reply.body = R"({"jsonrpc":"2.0","id":)" + id;
    reply.body += error != errors.end()
                      ? R"(,"error":{"code":)" + std::to_string(error->second) + "}}"
                      : R"(,"result":)" + results[method] + "}";
    return reply;
  }
  void serve_network(int magic) {
    results["getversion"] = R"({"protocol":{"network":)" + std::to_string(magic) +
                            R"(,"msperblock":200,"maxvaliduntilblockincrement":5760}})";
  }
  void serve_policy(const char* method, const char* number) {
    results[method] = R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"Integer","value":")" +
                      std::string(number) + R"("}]})";
  }

  std::map<std::string, std::string> results;
  std::map<std::string, int> errors;
  std::optional<Code> failure;
  int requests = 0;

 private:
  static std::string between(const std::string& text, std::string_view before,
                             std::string_view after) {
    const std::size_t start = text.find(before) + before.size();
    return text.substr(start, text.find(after, start) - start);
  }
};

class RpcChainTest : public ::testing::Test {
 protected:
  RpcChainTest() { node_.serve_network(56753); }

  Result<NetworkInfo> ask_network(std::optional<neo::NetworkMagic> expected) {
    return RpcChain::ask_network(*client(), expected, deadline_);
  }
  std::unique_ptr<RpcClient> client() {
    return std::make_unique<RpcClient>("http://one:1", outcall::EgressPolicy{}, node_);
  }
  std::unique_ptr<RpcChain> chain(RpcChain::NetworkCheck check = RpcChain::NetworkCheck::done) {
    return std::make_unique<RpcChain>(client(), NetworkInfo{.magic = neo::NetworkMagic(56753)},
                                      clock_, check);
  }
  static neo::UInt256 hash() { return neo::UInt256::parse(kHash).value(); }

  ManualClock clock_{WallTime(1'700'000'000'000)};
  Deadline deadline_ = Deadline::after_ms(clock_, 10000);
  ScriptedNode node_;
};

TEST_F(RpcChainTest, LearnsTheNetworkOfANode) {
  const auto network = ask_network(neo::NetworkMagic(56753));
  ASSERT_TRUE(network.has_value()) << network.error().message();
  EXPECT_EQ(network->magic, neo::NetworkMagic(56753));
  EXPECT_EQ(network->milliseconds_per_block, 200U);
  EXPECT_EQ(chain()->proof(), "quorum(1/1)");
}

TEST_F(RpcChainTest, RefusesANodeOfAnotherNetwork) {
  EXPECT_EQ(ask_network(neo::kMainNet).error().code(), Code::wrong_chain);
}

TEST_F(RpcChainTest, TakesNoAnswerOfANodeBeforeItsNetworkIsKnown) {
  node_.results["getblockcount"] = "101";
  node_.serve_network(1);
  const auto late = chain(RpcChain::NetworkCheck::to_do);
  EXPECT_EQ(late->height(deadline_).error().code(), Code::wrong_chain);
  node_.serve_network(56753);
  EXPECT_EQ(late->height(deadline_), neo::BlockIndex(100));
  EXPECT_EQ(late->height(deadline_), neo::BlockIndex(100));
  EXPECT_EQ(node_.requests, 4);
}

TEST_F(RpcChainTest, CountsBlocksFromZero) {
  node_.results["getblockcount"] = "101";
  EXPECT_EQ(chain()->height(deadline_), neo::BlockIndex(100));
}

TEST_F(RpcChainTest, RefusesAHeightThatCannotBe) {
  for (const char* bad : {"0", "4294967296", "-1", "null"}) {
    node_.results["getblockcount"] = bad;
    EXPECT_EQ(chain()->height(deadline_).error().code(), Code::node_malformed_reply) << bad;
  }
}

TEST_F(RpcChainTest, SaysThatTheNodeIsAway) {
  const auto connected = chain();
  node_.failure = Code::connection_lost;
  EXPECT_EQ(connected->height(deadline_).error().code(), Code::node_unavailable);
}

TEST_F(RpcChainTest, KeepsItsOwnDeadlineApartFromANodesFailure) {
  const auto connected = chain();
  node_.failure = Code::deadline_exceeded;
  EXPECT_EQ(connected->height(deadline_).error().code(), Code::deadline_exceeded);
}

TEST_F(RpcChainTest, FindsNoLogOfAnUnknownTransaction) {
  node_.errors["getapplicationlog"] = -103;
  node_.errors["gettransactionheight"] = -103;
  const auto connected = chain();
  EXPECT_EQ(connected->application_log(hash(), deadline_).value(), std::nullopt);
  EXPECT_EQ(connected->block_of(hash(), deadline_).value(), std::nullopt);
}

TEST_F(RpcChainTest, RefusesTheLogOfAnotherTransaction) {
  node_.results["getapplicationlog"] =
      R"({"txid":")" + std::string(kOtherHash) +
      R"(","executions":[{"trigger":"Application","vmstate":"HALT","notifications":[]}]})";
  EXPECT_EQ(chain()->application_log(hash(), deadline_).error().code(), Code::node_malformed_reply);
}

TEST_F(RpcChainTest, ReadsTheFeesOfThePolicyContract) {
  node_.serve_policy("getFeePerByte", "1000");
  node_.serve_policy("getExecPicoFeeFactor", "250000");
  const auto policy = chain()->fee_policy(deadline_);
  ASSERT_TRUE(policy.has_value()) << policy.error().message();
  EXPECT_EQ(policy->fee_per_byte, 1000);
  EXPECT_EQ(policy->execution_fee_pico, 250000);
}

TEST_F(RpcChainTest, TakesTheWholeFactorOfAnOlderNetwork) {
  node_.serve_policy("getFeePerByte", "1000");
  node_.results["getExecPicoFeeFactor"] = R"({"state":"FAULT","gasconsumed":"1","stack":[]})";
  node_.serve_policy("getExecFeeFactor", "30");
  EXPECT_EQ(chain()->fee_policy(deadline_)->execution_fee_pico, 300000);
}

TEST_F(RpcChainTest, RefusesNegativeFees) {
  node_.serve_policy("getFeePerByte", "-1");
  node_.serve_policy("getExecPicoFeeFactor", "300000");
  EXPECT_EQ(chain()->fee_policy(deadline_).error().code(), Code::node_malformed_reply);
  node_.serve_policy("getFeePerByte", "1000");
  node_.serve_policy("getExecPicoFeeFactor", "-300000");
  EXPECT_EQ(chain()->fee_policy(deadline_).error().code(), Code::node_malformed_reply);
}

TEST_F(RpcChainTest, AsksForFeesAgainWhenTheyAreOld) {
  node_.serve_policy("getFeePerByte", "1000");
  node_.serve_policy("getExecPicoFeeFactor", "300000");
  const auto connected = chain();
  ASSERT_TRUE(connected->fee_policy(deadline_).has_value());
  node_.serve_policy("getFeePerByte", "2000");
  EXPECT_EQ(connected->fee_policy(deadline_)->fee_per_byte, 1000);
  clock_.advance_ms(limits::kFeePolicyCacheMs);
  EXPECT_EQ(connected->fee_policy(deadline_)->fee_per_byte, 2000);
}

TEST_F(RpcChainTest, ReadsTheTransactionsOfABlock) {
  neo::Transaction transaction;
  transaction.signers = {neo::Signer{}};
  transaction.script = {0x40};
  transaction.witnesses = {neo::Witness{}};
  neo::Block block;
  block.header.index = neo::BlockIndex(7);
  block.transactions = {transaction};
  const std::vector<neo::UInt256> hashes = {neo::hash_of(transaction)};
  block.header.merkle_root = neo::merkle_root_of(hashes);
  node_.results["getblock"] = '"' + codec::encode_base64(neo::encode(block)) + '"';
  EXPECT_EQ(chain()->block_transactions(neo::BlockIndex(7), deadline_).value(), hashes);
  EXPECT_EQ(chain()->block_transactions(neo::BlockIndex(8), deadline_).error().code(),
            Code::node_malformed_reply);
  block.header.merkle_root = {};
  node_.results["getblock"] = '"' + codec::encode_base64(neo::encode(block)) + '"';
  EXPECT_EQ(chain()->block_transactions(neo::BlockIndex(7), deadline_).error().code(),
            Code::node_malformed_reply);
}

TEST_F(RpcChainTest, AsksWhatTheNodeTakesForTheNetworkFee) {
  node_.results["calculatenetworkfee"] = R"({"networkfee":"983520"})";
  EXPECT_EQ(chain()->network_fee(as_bytes("tx"), deadline_)->datoshi(), 983520);
  node_.results["calculatenetworkfee"] = R"({"networkfee":"-1"})";
  EXPECT_EQ(chain()->network_fee(as_bytes("tx"), deadline_).error().code(),
            Code::node_malformed_reply);
}

TEST_F(RpcChainTest, TellsWhatBecameOfASentTransaction) {
  const auto connected = chain();
  const auto send = [&] { return connected->send_transaction(as_bytes("tx"), deadline_); };
  node_.results["sendrawtransaction"] = R"({"hash":"0x"})";
  EXPECT_EQ(send(), SendOutcome::accepted);
  for (const int number : {-501, -503}) {
    node_.errors["sendrawtransaction"] = number;
    EXPECT_EQ(send(), SendOutcome::known) << number;
  }
  node_.errors["sendrawtransaction"] = -511;
  EXPECT_EQ(send().error().code(), Code::insufficient_gas);
  node_.errors["sendrawtransaction"] = -510;
  EXPECT_EQ(send().error().code(), Code::transaction_expired);
  node_.errors["sendrawtransaction"] = -500;
  EXPECT_EQ(send().error().code(), Code::transaction_rejected);
  node_.failure = Code::connection_lost;
  EXPECT_EQ(send().error().code(), Code::node_unavailable);
}

TEST_F(RpcChainTest, TellsWhatANodeDoesNotKnowFromWhatItSaysWrongly) {
  const auto node = chain();
  ChainReader reader(*node);
  node_.errors["getapplicationlog"] = -100;
  EXPECT_EQ(reader.log(hash(), deadline_).value(), std::nullopt);
  node_.errors["getapplicationlog"] = -32601;
  EXPECT_EQ(reader.log(hash(), deadline_).error().code(), Code::node_refused);
  node_.errors.clear();
  for (const char* wrong :
       {"7", "null", R"({"txid":"0x12","executions":[]})",
        R"({"txid":"0x0000000000000000000000000000000000000000000000000000000000000001",)"
        R"("executions":[]})"}) {
    node_.results["getapplicationlog"] = wrong;
    EXPECT_EQ(reader.log(hash(), deadline_).error().code(), Code::node_malformed_reply) << wrong;
  }
}

}  // namespace
}  // namespace nsl::enclave::chain
