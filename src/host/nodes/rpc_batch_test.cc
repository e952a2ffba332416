#include "host/nodes/rpc_batch.h"

#include <gtest/gtest.h>

namespace nsl::host::nodes {
namespace {

Code refusal(const Result<RpcReplies>& result) { return result.error().code(); }

TEST(RpcBatch, WritesEachRequestWithItsOwnId) {
  const RpcRequest requests[] = {{"getblockcount", "[]"}, {"getblock", "[5,0]"}};
  EXPECT_EQ(to_batch_text(requests),
            R"([{"jsonrpc":"2.0","id":1,"method":"getblockcount","params":[]},)"
            R"({"jsonrpc":"2.0","id":2,"method":"getblock","params":[5,0]}])");
}

TEST(RpcBatch, FindsTheRepliesInAnyOrder) {
  const auto replies =
      RpcReplies::parse(R"([{"id":2,"result":"b"},{"id":1,"result":7}])", 2).value();
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(to_number(*replies.result(0)).value(), 7U);
  EXPECT_EQ(std::string_view(*replies.result(1)), "b");
}

TEST(RpcBatch, GivesEachErrorItsCode) {
  const auto replies = RpcReplies::parse(
      R"([{"id":1,"error":{"code":-105,"message":"Unknown script container"}},)"
      R"({"id":2,"error":{"code":-601,"message":"Sessions"}},{"id":3,"error":null,"result":1}])",
      3);
  ASSERT_TRUE(replies.has_value());
  EXPECT_EQ(replies->result(0).error().code(), Code::not_found);
  EXPECT_EQ(replies->result(1).error().code(), Code::node_refused);
  EXPECT_TRUE(replies->result(2).has_value());
}

TEST(RpcBatch, SaysWhyTheWholeBatchWasRefused) {
  const char* text = R"({"id":null,"error":{"code":-32603,"message":"Internal error"}})";
  EXPECT_EQ(refusal(RpcReplies::parse(text, 2)), Code::node_unavailable);
}

TEST(RpcBatch, RefusesWhatIsNoFullAnswer) {
  for (const char* bad :
       {"", "{}", "7", "[]", R"([{"id":1,"result":1}])",
        R"([{"id":1,"result":1},{"id":1,"result":1}])",
        R"([{"id":1,"result":1},{"id":3,"result":1}])", R"([{"id":1,"result":1},{"result":1}])",
        R"([{"id":0,"result":1},{"id":1,"result":1}])", R"([{"id":1,"result":1},7])",
        R"([{"id":1,"result":1},{"id":2,"result":1},{"id":2,"result":1}])"}) {
    EXPECT_EQ(refusal(RpcReplies::parse(bad, 2)), Code::node_malformed_reply) << bad;
  }
  const auto none = RpcReplies::parse(R"([{"id":1}])", 1).value();
  EXPECT_EQ(none.result(0).error().code(), Code::node_malformed_reply);
  const auto error = RpcReplies::parse(R"([{"id":1,"error":{"code":"x"}}])", 1).value();
  EXPECT_EQ(error.result(0).error().code(), Code::node_malformed_reply);
}

}  // namespace
}  // namespace nsl::host::nodes
