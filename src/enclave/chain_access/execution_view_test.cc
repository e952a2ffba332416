#include "enclave/chain_access/execution_view.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/rest/json_printer.h"

namespace nsl::enclave::chain_access {
namespace {

using Message = nsl::v1::StackItem;

Message message_of(const std::optional<neo::StackItem>& item) {
  Message message;
  put_stack_item(item, message);
  return message;
}

neo::ApplicationLog log_of(std::size_t notifications, std::size_t bytes) {
  neo::ApplicationLog log;
  neo::Execution& execution = log.executions.emplace_back();
  execution.state = neo::VmState::halt;
  execution.stack.emplace_back(neo::StackItem::boolean(true));
  for (std::size_t i = 0; i < notifications; ++i) {
    execution.notifications.push_back(
        {.contract = {},
         .event = "E" + std::to_string(i),
         .state = neo::StackItem::array({neo::StackItem::byte_string(Bytes(bytes, 'x'))})});
  }
  return log;
}

TEST(ExecutionView, ShowsEveryTypeOfItem) {
  const auto number = message_of(neo::StackItem::integer(-12));
  EXPECT_EQ(number.type(), Message::Integer);
  EXPECT_EQ(number.integer(), "-12");
  EXPECT_EQ(message_of(neo::StackItem::buffer(Bytes{1})).bytes(), "\x01");
  EXPECT_TRUE(message_of(neo::StackItem::boolean(true)).boolean());
  const auto map = message_of(neo::StackItem::map(
      {{neo::StackItem::byte_string("k"), neo::StackItem::structure({neo::StackItem()})}}));
  EXPECT_EQ(map.type(), Message::Map);
  EXPECT_EQ(map.entries(0).key().bytes(), "k");
  EXPECT_EQ(map.entries(0).value().type(), Message::Struct);
  EXPECT_EQ(map.entries(0).value().items(0).type(), Message::Any);
  EXPECT_EQ(message_of(neo::StackItem::opaque(neo::StackItemType::interop, "")).type(),
            Message::InteropInterface);
  EXPECT_EQ(message_of(std::nullopt).type(), Message::Unreadable);
}

TEST(ExecutionView, ALogComesInPagesThatLoseNothing) {
  const neo::ApplicationLog log = log_of(200, 4000);
  std::string cursor;
  std::vector<std::string> events;
  int pages = 0;
  do {
    const auto page = log_message(log, cursor, {}).value();
    const auto text = rest::print_json(page).value();
    EXPECT_LT(std::ssize(text), limits::kChainAnswerBytesMax + 16384);
    // The stack stands in the first page.
    EXPECT_EQ(page.executions(0).stack_size(), cursor.empty() ? 1 : 0);
    for (const auto& each : page.executions(0).notifications()) events.push_back(each.event());
    cursor = page.next_cursor();
    ++pages;
  } while (!cursor.empty());
  ASSERT_EQ(events.size(), 200U);
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i], "E" + std::to_string(i));
  EXPECT_EQ(pages, 3);
}

TEST(ExecutionView, RefusesACursorOfSomethingElse) {
  EXPECT_EQ(log_message(log_of(1, 1), "x1", {}).error().code(), Code::invalid_argument);
}

TEST(ExecutionView, RefusesAnAnswerThatIsTooLarge) {
  CallResult result;
  result.result.stack.emplace_back(neo::StackItem::byte_string(
      Bytes(static_cast<std::size_t>(limits::kChainAnswerBytesMax) / 4 * 3, 0)));
  EXPECT_EQ(check_answer_size(call_message(result, {})).error().code(), Code::limit_exceeded);
  result.result.stack.front() = neo::StackItem::byte_string(Bytes(1000, 0));
  EXPECT_TRUE(check_answer_size(call_message(result, {})).has_value());
}

}  // namespace
}  // namespace nsl::enclave::chain_access
