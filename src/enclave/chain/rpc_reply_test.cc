#include "enclave/chain/rpc_reply.h"

#include <gtest/gtest.h>

#include <span>

#include "core/codec/base64.h"
#include "core/neo/block.h"

namespace nsl::enclave::chain {
namespace {

constexpr const char* kHash = "0x0102030405060708091011121314151617181920212223242526272829303132";
constexpr const char* kContract = "0x1234567890123456789012345678901234567890";

template <class T>
Code refusal(const Result<T>& result) {
  return result.has_value() ? Code::internal : result.error().code();
}

TEST(RpcReply, GivesTheResultAsItsOwnJson) {
  const auto reply = parse_reply(R"({"jsonrpc":"2.0","id":7,"result":{"a": [1, 2]}})", 7);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->result_json, R"({"a":[1,2]})");
  EXPECT_FALSE(reply->error.has_value());
}

TEST(RpcReply, GivesTheNodesErrorNumber) {
  const auto reply = parse_reply(
      R"({"jsonrpc":"2.0","id":7,"error":{"code":-511,"message":"no funds","data":"x"}})", 7);
  ASSERT_TRUE(reply.has_value());
  ASSERT_TRUE(reply->error.has_value());
  EXPECT_EQ(reply->error->number, -511);
  EXPECT_EQ(reply->error->text, "no funds: x");
}

TEST(RpcReply, RefusesTheReplyToAnotherRequest) {
  EXPECT_EQ(refusal(parse_reply(R"({"jsonrpc":"2.0","id":8,"result":1})", 7)),
            Code::node_malformed_reply);
}

TEST(RpcReply, RefusesWhatIsNoReply) {
  for (const char* bad :
       {"", "null", "[]", "7", R"({"id":7})", R"({"id":"7","result":1})", R"({"id":7,"result":1)",
        R"({"id":7,"error":{}})", R"({"id":7,"error":"no"})", "<html>502</html>"}) {
    EXPECT_EQ(refusal(parse_reply(bad, 7)), Code::node_malformed_reply) << bad;
  }
}

TEST(RpcReply, KnowsWhatANodesNumbersMean) {
  EXPECT_EQ(to_code(-501), Code::already_exists);
  EXPECT_EQ(to_code(-503), Code::already_exists);
  EXPECT_EQ(to_code(-502), Code::mempool_full);
  EXPECT_EQ(to_code(-504), Code::network_fee_too_low);
  EXPECT_EQ(to_code(-510), Code::transaction_expired);
  EXPECT_EQ(to_code(-511), Code::insufficient_gas);
  EXPECT_EQ(to_code(-500), Code::transaction_rejected);
  EXPECT_EQ(to_code(-512), Code::transaction_rejected);
  EXPECT_EQ(to_code(-103), Code::not_found);
  EXPECT_EQ(to_code(-1), Code::node_refused);
}

TEST(RpcReply, ReadsTheNetwork) {
  const auto info = parse_version(
      R"({"protocol":{"network":56753,"msperblock":200,"maxvaliduntilblockincrement":5760}})");
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->magic, neo::NetworkMagic(56753));
  EXPECT_EQ(info->milliseconds_per_block, 200U);
  EXPECT_EQ(info->valid_until_block_increment_max, 5760U);
}

TEST(RpcReply, RefusesANetworkThatIsNone) {
  for (const char* bad :
       {"{}", R"({"protocol":{}})", R"({"protocol":7})",
        R"({"protocol":{"network":-1,"msperblock":1,"maxvaliduntilblockincrement":1}})",
        R"({"protocol":{"network":4294967296,"msperblock":1,"maxvaliduntilblockincrement":1}})"}) {
    EXPECT_EQ(refusal(parse_version(bad)), Code::node_malformed_reply) << bad;
  }
}

TEST(RpcReply, ReadsAnApplicationLog) {
  const std::string json =
      R"({"txid":")" + std::string(kHash) +
      R"(","executions":[{"trigger":"Verification","vmstate":"FAULT"},)" +
      R"({"trigger":"Application","vmstate":"HALT","exception":null,"notifications":[)" +
      R"({"contract":")" + kContract + R"(","eventname":"Requested",)" +
      R"("state":{"type":"Array","value":[{"type":"Integer","value":"7"}]}}]}]})";
  const auto log = parse_application_log(json);
  ASSERT_TRUE(log.has_value()) << log.error().detail();
  EXPECT_TRUE(log->is_halt);
  EXPECT_EQ(log->transaction.to_text(), kHash);
  ASSERT_EQ(log->notifications.size(), 1U);
  EXPECT_EQ(log->notifications[0].contract.to_text(), kContract);
  EXPECT_EQ(log->notifications[0].event, "Requested");
  EXPECT_EQ(log->notifications[0].arguments_json, R"([{"type":"Integer","value":"7"}])");
}

TEST(RpcReply, TakesAnythingButHaltForAFault) {
  for (const char* state : {"FAULT", "NONE", "halt", "BREAK"}) {
    const auto log =
        parse_application_log(R"({"txid":")" + std::string(kHash) +
                              R"(","executions":[{"trigger":"Application","vmstate":")" + state +
                              R"(","exception":"boom"}]})");
    ASSERT_TRUE(log.has_value()) << state;
    EXPECT_FALSE(log->is_halt) << state;
    EXPECT_EQ(log->exception, "boom");
  }
}

TEST(RpcReply, RefusesABrokenApplicationLog) {
  const std::string head = R"({"txid":")" + std::string(kHash) + R"(",)";
  for (const std::string& bad :
       {std::string("{}"), std::string(R"({"txid":"0x12","executions":[]})"),
        head + R"("executions":[]})", head + R"("executions":{}})",
        head + R"("executions":[{"trigger":"Application"}]})",
        head + R"("executions":[{"trigger":"Verification","vmstate":"HALT"}]})",
        head +
            R"("executions":[{"trigger":"Application","vmstate":"HALT","notifications":[7]}]})"}) {
    EXPECT_FALSE(parse_application_log(bad).has_value()) << bad;
  }
}

TEST(RpcReply, ReadsAnInvocation) {
  const auto invocation = parse_invocation(
      R"({"state":"HALT","gasconsumed":"123","exception":null,)"
      R"("stack":[{"type":"Integer","value":"7"},{"type":"ByteString","value":"aGk="}]})");
  ASSERT_TRUE(invocation.has_value());
  EXPECT_TRUE(invocation->is_halt);
  EXPECT_EQ(invocation->gas_consumed.datoshi(), 123);
  ASSERT_EQ(invocation->stack.size(), 2U);
  EXPECT_EQ(invocation->stack[1].to_text(), "hi");
}

TEST(RpcReply, RefusesConsumptionThatIsNoAmount) {
  for (const char* gas : {"-1", "1.5", "", "9223372036854775808", "0x10", "many"}) {
    EXPECT_FALSE(parse_invocation(R"({"state":"HALT","gasconsumed":")" + std::string(gas) +
                                  R"(","stack":[]})")
                     .has_value())
        << gas;
  }
  EXPECT_FALSE(parse_invocation(R"({"state":"HALT","gasconsumed":1,"stack":[]})").has_value());
}

TEST(RpcReply, TakesNoResultFromAFault) {
  EXPECT_EQ(refusal(parse_integer_result(
                R"({"state":"FAULT","gasconsumed":"1","stack":[{"type":"Integer","value":"7"}]})")),
            Code::node_malformed_reply);
  EXPECT_EQ(refusal(parse_integer_result(R"({"state":"HALT","gasconsumed":"1","stack":[]})")),
            Code::node_malformed_reply);
}

TEST(RpcReply, RefusesANumberThatIsNone) {
  EXPECT_EQ(parse_unsigned("7"), 7U);
  for (const char* bad : {"-1", "\"7\"", "7.5", "null", "18446744073709551616", "[7]"}) {
    EXPECT_EQ(refusal(parse_unsigned(bad)), Code::node_malformed_reply) << bad;
  }
}

// A block of one transaction, as a node sends it.
struct BlockReply {
  neo::Block block;
  std::string json() const { return '"' + codec::encode_base64(neo::encode(block)) + '"'; }
};

BlockReply block_reply() {
  neo::Transaction transaction;
  transaction.nonce = 7;
  transaction.valid_until_block = neo::BlockIndex(200);
  transaction.signers = {neo::Signer{.account = neo::UInt160::parse(kContract).value(),
                                     .scopes = neo::WitnessScope::none,
                                     .allowed_contracts = {},
                                     .allowed_groups = {},
                                     .rules = {}}};
  transaction.script = {0x40};
  transaction.witnesses = {neo::Witness{.invocation = {0x01}, .verification = {0x40}}};
  BlockReply reply;
  reply.block.header.index = neo::BlockIndex(120);
  const neo::UInt256 hash = neo::hash_of(transaction);
  reply.block.header.merkle_root = neo::merkle_root_of(std::span(&hash, 1));
  reply.block.transactions = {std::move(transaction)};
  return reply;
}

TEST(RpcReply, ReadsTheTransactionsOfABlockFromItsBytes) {
  const BlockReply reply = block_reply();
  const auto content = parse_block_content(reply.json(), neo::BlockIndex(120));
  ASSERT_TRUE(content.has_value()) << content.error().message();
  EXPECT_EQ(content->hash, neo::hash_of(reply.block.header));
  ASSERT_EQ(content->transactions.size(), 1U);
  EXPECT_EQ(content->transactions[0].hash, neo::hash_of(reply.block.transactions[0]));
  EXPECT_EQ(content->transactions[0].sender.to_text(), kContract);
}

TEST(RpcReply, RefusesABlockThatIsAnotherOneOrNone) {
  EXPECT_EQ(refusal(parse_block_content(block_reply().json(), neo::BlockIndex(121))),
            Code::node_malformed_reply);
  BlockReply other_root = block_reply();
  other_root.block.header.merkle_root = neo::UInt256();
  BlockReply without_transactions = block_reply();
  without_transactions.block.transactions.clear();
  for (const std::string& bad : {other_root.json(), without_transactions.json(),
                                 std::string("\"\""), std::string("7"), std::string("\"?\"")}) {
    EXPECT_EQ(refusal(parse_block_content(bad, neo::BlockIndex(120))), Code::node_malformed_reply)
        << bad;
  }
}

}  // namespace
}  // namespace nsl::enclave::chain
