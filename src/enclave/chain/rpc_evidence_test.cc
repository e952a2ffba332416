#include "enclave/chain/rpc_evidence.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/codec/base64.h"

namespace nsl::enclave::chain {
namespace {

// Answers each request with what the test makes of its id and text.
class ScriptedNode final : public outcall::HttpExchanger {
 public:
  Result<outcall::HttpReply> exchange(const outcall::HttpRequest& request,
                                      const outcall::EgressPolicy&, const Deadline&) override {
    asked = request.body;
    outcall::HttpReply reply;
    reply.status = 200;
    reply.body = answer(request.body);
    return reply;
  }
  std::function<std::string(const std::string& request)> answer;
  std::string asked;
};

std::string base64_of(const neo::Header& header) {
  return codec::encode_base64(neo::encode(header));
}

class RpcEvidenceTest : public ::testing::Test {
 protected:
  void give(const std::string& result) {
    node_.answer = [result](const std::string&) {
      return R"({"jsonrpc":"2.0","id":1,"result":)" + result + "}";
    };
  }
  Result<std::vector<neo::Header>> headers(std::size_t count) {
    return evidence_.headers(neo::BlockIndex(7), count, deadline_);
  }
  template <class T>
  static Code refusal(const Result<T>& result) {
    return result.has_value() ? Code::internal : result.error().code();
  }

  ManualClock clock_{WallTime(1'700'000'000'000)};
  Deadline deadline_ = Deadline::after_ms(clock_, 10000);
  ScriptedNode node_;
  RpcEvidence evidence_{
      std::make_unique<RpcClient>("http://node:1", outcall::EgressPolicy{}, node_)};
};

TEST_F(RpcEvidenceTest, AsksForHeadersInOneRequest) {
  neo::Header header;
  header.index = neo::BlockIndex(7);
  // In any order, and the node has no third.
  node_.answer = [&](const std::string&) {
    return R"([{"jsonrpc":"2.0","id":3,"error":{"code":-109,"message":"no"}},)"
           R"({"jsonrpc":"2.0","id":2,"result":")" +
           base64_of(header) + R"("},{"jsonrpc":"2.0","id":1,"result":")" + base64_of(header) +
           R"("}])";
  };
  const auto shown = headers(3);
  ASSERT_TRUE(shown.has_value()) << shown.error().message();
  EXPECT_EQ(shown->size(), 2U);
  EXPECT_NE(node_.asked.find(R"("params":[7,0])"), std::string::npos) << node_.asked;
  EXPECT_NE(node_.asked.find(R"("params":[9,0])"), std::string::npos) << node_.asked;
}

TEST_F(RpcEvidenceTest, RefusesWhatIsNoAnswerToEveryRequest) {
  for (const char* bad :
       {"[]", "{}", R"([{"id":1,"result":"AA=="}])", R"([{"id":1,"result":1},{"id":1,"result":1}])",
        R"([{"id":1,"result":1},{"id":3,"result":1}])", R"([{"id":1,"result":1},{"result":1}])"}) {
    node_.answer = [bad](const std::string&) { return std::string(bad); };
    RpcEvidence fresh(std::make_unique<RpcClient>("http://node:1", outcall::EgressPolicy{}, node_));
    EXPECT_EQ(refusal(fresh.headers(neo::BlockIndex(0), 2, deadline_)), Code::node_malformed_reply)
        << bad;
  }
}

TEST_F(RpcEvidenceTest, RefusesBytesThatAreNoHeader) {
  for (const char* bad : {R"("AAAA")", R"("?")", "1"}) {
    node_.answer = [bad](const std::string&) {
      return R"([{"jsonrpc":"2.0","id":1,"result":)" + std::string(bad) + "}]";
    };
    RpcEvidence fresh(std::make_unique<RpcClient>("http://node:1", outcall::EgressPolicy{}, node_));
    EXPECT_FALSE(fresh.headers(neo::BlockIndex(0), 1, deadline_).has_value()) << bad;
  }
}

TEST_F(RpcEvidenceTest, ReadsAStateRoot) {
  give(R"({"version":0,"index":5,"roothash":)"
       R"("0x0102030405060708091011121314151617181920212223242526272829303132","witnesses":[]})");
  const auto root = evidence_.state_root(neo::BlockIndex(5), deadline_);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->index, neo::BlockIndex(5));
  EXPECT_FALSE(root->witness.has_value());
}

TEST_F(RpcEvidenceTest, ReadsAStorageProof) {
  const neo::StorageProof proof{.key = {1, 2, 3, 4, 5}, .nodes = {{9}, {8, 7}}};
  give("\"" + codec::encode_base64(neo::encode(proof)) + "\"");
  EXPECT_EQ(evidence_.storage_proof({}, {}, as_bytes("k"), deadline_).value(), proof);
  EXPECT_NE(node_.asked.find(R"("aw==")"), std::string::npos) << node_.asked;
}

TEST_F(RpcEvidenceTest, ReadsWhoIsDesignated) {
  give(
      R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"Array","value":[{"type":"ByteString",)"
      R"("value":"A6K7f/Yq4MBWdBFsAXIh7iemyw6k2XlPnxuRi6HHdcr4"}]}]})");
  const auto keys = evidence_.state_validators(neo::BlockIndex(5), deadline_);
  ASSERT_TRUE(keys.has_value()) << keys.error().message();
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_EQ(neo::to_text(keys->front()),
            "03a2bb7ff62ae0c05674116c017221ee27a6cb0ea4d9794f9f1b918ba1c775caf8");
}

TEST_F(RpcEvidenceTest, AsksForTheWaysToNeighbours) {
  const neo::StorageProof way{.key = {1, 2, 3, 4, 5}, .nodes = {{2, 1, 7}}};
  const std::string proof = '"' + codec::encode_base64(neo::encode(way)) + '"';
  const auto ask = [&](const std::string& result) {
    node_.answer = [result](const std::string&) {
      return R"({"jsonrpc":"2.0","id":1,"result":)" + result + "}";
    };
    RpcEvidence fresh(std::make_unique<RpcClient>("http://node:1", outcall::EgressPolicy{}, node_));
    return fresh.neighbours({}, {}, {.prefix = {0x14}, .after = {0x14, 0xff}}, deadline_);
  };
  EXPECT_EQ(ask(R"({"firstProof":)" + proof + R"(,"lastProof":)" + proof + R"(,"results":[]})"),
            (std::vector<neo::StorageProof>{way, way}));
  EXPECT_NE(node_.asked.find(R"("method":"findstates")"), std::string::npos) << node_.asked;
  EXPECT_NE(node_.asked.find(R"("FA==","FP8=",2])"), std::string::npos) << node_.asked;
  EXPECT_EQ(ask(R"({"firstProof":)" + proof + R"(,"truncated":false})")->size(), 1U);
  EXPECT_TRUE(ask(R"({"results":[],"truncated":false})")->empty());
  EXPECT_TRUE(ask(R"({"firstProof":null,"lastProof":""})")->empty());
  EXPECT_FALSE(ask(R"({"firstProof":"!"})").has_value());
  EXPECT_FALSE(ask(R"({"firstProof":"AAAA"})").has_value());
  EXPECT_FALSE(ask("{").has_value());
}

}  // namespace
}  // namespace nsl::enclave::chain
