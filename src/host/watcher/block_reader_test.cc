#include "host/watcher/block_reader.h"

#include <gtest/gtest.h>

#include <map>

namespace nsl::host::watcher {
namespace {

// Answers by method and parameters; anything else is away.
class ScriptedNode final : public Node {
 public:
  std::map<std::string, std::string> replies;
  Result<std::string> call(std::string_view method, std::string_view parameters) override {
    const auto found = replies.find(std::string(method) + std::string(parameters));
    if (found == replies.end()) return fail(Code::node_unavailable);
    return found->second;
  }
};

constexpr const char* kLog = R"({"jsonrpc":"2.0","id":1,"result":{"txid":"0x01","executions":[
  {"trigger":"Application","vmstate":"HALT","gasconsumed":"1","stack":[],"notifications":[
    {"contract":"0xaa","eventname":"Requested","state":{"type":"Array","value":[]}},
    {"contract":"0xbb","eventname":"Transfer","state":{"type":"Array","value":[]}}]}]}})";

TEST(BlockReader, NumbersTheEventsOfEachTransaction) {
  ScriptedNode node;
  node.replies["getblock[5,1]"] = R"({"id":1,"result":{"tx":[{"hash":"0x01"}]}})";
  node.replies["getapplicationlog[\"0x01\"]"] = kLog;
  const auto events = read_block(node, 5).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].id(), "0x01/Application/0");
  EXPECT_EQ(events[1].id(), "0x01/Application/1");
  EXPECT_EQ(events[1].event, "Transfer");
  EXPECT_EQ(events[1].block, 5U);
}

TEST(BlockReader, DoesNotSkipABlockWhoseLogIsNotThereYet) {
  ScriptedNode node;
  node.replies["getblock[5,1]"] = R"({"id":1,"result":{"tx":[{"hash":"0x01"}]}})";
  node.replies["getapplicationlog[\"0x01\"]"] =
      R"({"id":1,"error":{"code":-105,"message":"Unknown script container"}})";
  EXPECT_EQ(read_block(node, 5).error().code(), Code::node_unavailable);
}

TEST(BlockReader, IgnoresFaultedTransactions) {
  const std::string faulted = R"({"result":{"executions":[{"trigger":"Application",
      "vmstate":"FAULT","notifications":[{"contract":"0xaa","eventname":"E"}]}]}})";
  EXPECT_TRUE(parse_events(faulted, 1, "0x01")->empty());
}

TEST(BlockReader, RefusesMalformedReplies) {
  for (const char* bad : {"", "{}", R"({"result":{}})", R"({"result":{"tx":[{}]}})"}) {
    EXPECT_FALSE(parse_transaction_hashes(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_events(R"({"result":{"executions":[{}]}})", 1, "0x01").has_value());
}

TEST(BlockReader, ReadsTheHeight) {
  ScriptedNode node;
  node.replies["getblockcount[]"] = R"({"id":1,"result":42})";
  EXPECT_EQ(read_height(node).value(), 41U);
  node.replies["getblockcount[]"] = R"({"id":1,"result":0})";
  EXPECT_FALSE(read_height(node).has_value());
}

TEST(NodeUrl, IsPlainHttpWithAPort) {
  const auto address = parse_node_url("http://127.0.0.1:20331/").value();
  EXPECT_EQ(address.host, "127.0.0.1");
  EXPECT_EQ(address.port, "20331");
  for (const char* bad : {"", "https://a:1", "http://a", "http://:1", "http://a:x"}) {
    EXPECT_FALSE(parse_node_url(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace nsl::host::watcher
