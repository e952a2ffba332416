#include "core/neo/application_log.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/stack_item_json.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

JsonValue json_of(std::string_view text) { return parse_json(text, 1U << 20).value(); }

// neo-go v0.122.0 pkg/rpcclient/rpc_test.go, getapplicationlog, with a notification added.
constexpr std::string_view kLog =
    R"({"txid":"0x17145a039fca704fcdbeb46e6b210af98a1a9e5b9768e46ffc38f71c79ac2521","executions":)"
    R"([{"trigger":"Application","vmstate":"HALT","gasconsumed":"1","exception":null,"stack":)"
    R"([{"type":"Integer","value":"1"},"error: recursive reference"],"notifications":[)"
    R"({"contract":"0xd2a4cff31913016155e38e474a2c06d08be276cf","eventname":"Transfer","state":)"
    R"({"type":"Array","value":[{"type":"Any"},{"type":"ByteString","value":"AQI="},)"
    R"({"type":"Integer","value":"-5"}]}},)"
    R"({"contract":"0xd2a4cff31913016155e38e474a2c06d08be276cf","eventname":"Odd","state":)"
    R"("error: unserializable"}]}]})";

TEST(ApplicationLog, IsReadWithItsTypes) {
  const ApplicationLog log = parse_rpc_application_log(json_of(kLog)).value();
  EXPECT_TRUE(log.is_of_transaction);
  EXPECT_EQ(log.container.to_text(),
            "0x17145a039fca704fcdbeb46e6b210af98a1a9e5b9768e46ffc38f71c79ac2521");
  ASSERT_EQ(log.executions.size(), 1U);
  const Execution& execution = log.executions[0];
  EXPECT_EQ(execution.trigger, Trigger::application);
  EXPECT_EQ(execution.state, VmState::halt);
  EXPECT_EQ(execution.gas_consumed.datoshi(), 1);
  ASSERT_EQ(execution.stack.size(), 2U);
  EXPECT_EQ(execution.stack[0], StackItem::integer(1));
  EXPECT_EQ(execution.stack[1], std::nullopt);
  ASSERT_EQ(execution.notifications.size(), 2U);
  EXPECT_EQ(execution.notifications[0].event, "Transfer");
  EXPECT_EQ(
      execution.notifications[0].state,
      StackItem::array({StackItem(), StackItem::byte_string(Bytes{1, 2}), StackItem::integer(-5)}));
  EXPECT_EQ(execution.notifications[1].state, std::nullopt);
}

TEST(ApplicationLog, BlocksHaveTheirOwnTriggers) {
  const ApplicationLog log =
      parse_rpc_application_log(
          json_of(
              R"({"blockhash":"0x17145a039fca704fcdbeb46e6b210af98a1a9e5b9768e46ffc38f71c79ac2521",)"
              R"("executions":[{"trigger":"OnPersist","vmstate":"HALT","gasconsumed":"0"},)"
              R"({"trigger":"PostPersist","vmstate":"FAULT","gasconsumed":"0","exception":"no",)"
              R"("stack":"error: recursive reference"}]})"))
          .value();
  EXPECT_FALSE(log.is_of_transaction);
  EXPECT_EQ(log.executions[0].trigger, Trigger::on_persist);
  EXPECT_EQ(log.executions[1].trigger, Trigger::post_persist);
  EXPECT_EQ(log.executions[1].exception, "no");
  EXPECT_EQ(log.executions[1].stack, std::vector<std::optional<StackItem>>{std::nullopt});
  EXPECT_EQ(trigger_name(Trigger::verification), "Verification");
}

TEST(ApplicationLog, RefusesAnotherForm) {
  const std::string good(kLog);
  const auto refused = [&good](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return !parse_rpc_application_log(json_of(text)).has_value();
  };
  EXPECT_TRUE(refused("\"Application\"", "\"Sometimes\""));
  EXPECT_TRUE(refused("\"HALT\"", "\"BREAK\""));
  EXPECT_TRUE(refused("\"gasconsumed\":\"1\"", "\"gasconsumed\":1"));
  EXPECT_TRUE(refused("\"exception\":null", "\"exception\":1"));
  EXPECT_TRUE(refused("\"txid\"", "\"tx\""));
  EXPECT_TRUE(refused("\"Transfer\"", "\"" + std::string(33, 'x') + "\""));
  EXPECT_TRUE(refused(R"({"type":"Array","value":[{"type":"Any"})", R"({"type":"Map","value":[1)"));
  EXPECT_TRUE(
      refused(R"("state":"error: unserializable")", R"("state":{"type":"Integer","value":"1"})"));
  EXPECT_TRUE(refused(R"("contract":"0xd2)", R"("contract":"0x)"));
}

TEST(RpcStackItem, EveryTypeIsReadBackFromItsRpcForm) {
  const StackItem item = StackItem::array(
      {StackItem(), StackItem::boolean(true), StackItem::boolean(false), StackItem::integer(-7),
       StackItem::byte_string("text"), StackItem::buffer(Bytes{0, 255}),
       StackItem::structure({StackItem::integer(1)}),
       StackItem::map({{StackItem::integer(1), StackItem::array({})},
                       {StackItem::byte_string("k"), StackItem()}}),
       StackItem::opaque(StackItemType::interop, "id")});
  EXPECT_EQ(parse_rpc_stack_item(json_of(to_rpc_json(item))).value(), item);
  EXPECT_EQ(parse_rpc_stack_item(json_of(R"({"type":"InteropInterface"})"))->type(),
            StackItemType::interop);
  EXPECT_EQ(parse_rpc_stack_item(json_of(R"({"type":"Pointer","value":12})"))->opaque_text(), "12");
}

TEST(RpcStackItem, RefusesAnotherForm) {
  for (const std::string_view bad :
       {"1", "{}", R"({"type":"Odd"})", R"({"type":"Integer","value":1})",
        R"({"type":"Integer","value":"01"})", R"({"type":"ByteString","value":"!"})",
        R"({"type":"Buffer"})", R"({"type":"Boolean","value":"true"})",
        R"({"type":"Struct","value":{}})", R"({"type":"Map","value":[{"key":{"type":"Any"}}]})",
        R"({"type":"Map","value":[{"key":{"type":"Any"},"value":{"type":"Any"}}]})",
        R"({"type":"Map","value":[{"key":{"type":"Integer","value":"1"}}]})",
        R"({"type":"Map","value":[{"value":{"type":"Any"}}]})", R"({"type":"Pointer","value":-1})",
        R"({"type":"InteropInterface","id":1})"}) {
    EXPECT_FALSE(parse_rpc_stack_item(json_of(bad)).has_value()) << bad;
  }
}

TEST(RpcStackItem, IsBoundInDepthAndItems) {
  const auto nested = [](std::size_t depth) {
    std::string text = R"({"type":"Any"})";
    for (std::size_t i = 1; i < depth; ++i) text = R"({"type":"Array","value":[)" + text + "]}";
    return parse_rpc_stack_item(json_of(text)).has_value();
  };
  EXPECT_TRUE(nested(limits::kNeoStackDepthMax));
  EXPECT_FALSE(nested(limits::kNeoStackDepthMax + 1));
  const auto wide = [](std::size_t count) {
    return parse_rpc_stack_item(json_of(to_rpc_json(StackItem::array(StackItem::List(count)))))
        .has_value();
  };
  EXPECT_TRUE(wide(limits::kNeoStackItemsMax - 1));
  EXPECT_FALSE(wide(limits::kNeoStackItemsMax));
}

TEST(RpcIterator, IsAnIdOrTheFirstItems) {
  const RpcIterator open =
      parse_rpc_iterator(
          json_of(R"({"type":"InteropInterface","interface":"IIterator","id":"fcf7b800"})"))
          .value();
  EXPECT_EQ(open.id, "fcf7b800");
  const RpcIterator expanded =
      parse_rpc_iterator(json_of(R"({"type":"InteropInterface","iterator":[{"type":"Any"}],)"
                                 R"("truncated":true})"))
          .value();
  EXPECT_EQ(expanded.items.size(), 1U);
  EXPECT_TRUE(expanded.is_truncated);
  EXPECT_FALSE(parse_rpc_iterator(json_of(R"({"type":"Any"})")).has_value());
}

TEST(RpcInvocation, IsReadWithItsSession) {
  const InvocationResult result =
      parse_rpc_invocation(
          json_of(R"({"script":"AA==","state":"HALT","gasconsumed":"16178","stack":)"
                  R"([{"type":"ByteString","value":"AQ=="}],"session":"s","exception":null})"))
          .value();
  EXPECT_EQ(result.state, VmState::halt);
  EXPECT_EQ(result.gas_consumed.datoshi(), 16178);
  EXPECT_EQ(result.session, "s");
  EXPECT_EQ(result.stack.size(), 1U);
  EXPECT_FALSE(parse_rpc_invocation(json_of("{}")).has_value());
}

}  // namespace
}  // namespace nsl::neo
