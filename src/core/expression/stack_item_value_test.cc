#include "core/expression/stack_item_value.h"

#include "core/expression/evaluating_test.h"
#include "core/neo/address.h"

namespace nsl::expression {
namespace {

using neo::StackItem;
using neo::StackItemType;

std::string text_of(const StackItem& item) {
  const Result<Value> value = value_of(item);
  return value.has_value() ? to_text(*value) : value.error().message();
}

TEST(StackItemValue, EveryTypeBecomesItsKind) {
  EXPECT_EQ(text_of(StackItem()), "null");
  EXPECT_EQ(text_of(StackItem::boolean(true)), "true");
  EXPECT_EQ(text_of(StackItem::integer(-5)), "-5");
  EXPECT_EQ(text_of(StackItem::byte_string("abc")), "b\"abc\"");
  EXPECT_EQ(text_of(StackItem::buffer({1})), "b\"\\x01\"");
  EXPECT_EQ(text_of(StackItem::array({StackItem::integer(1), StackItem()})), "[1, null]");
  EXPECT_EQ(text_of(StackItem::structure({StackItem::array({})})), "[[]]");
  EXPECT_EQ(text_of(StackItem::map({{StackItem::byte_string("b"), StackItem::integer(1)},
                                    {StackItem::integer(2), StackItem::array({})}})),
            "{2: [], b\"b\": 1}");
}

TEST(StackItemValue, OpaqueItemsDoNotHideWhatStandsBesideThem) {
  const StackItem item = StackItem::array(
      {StackItem::opaque(StackItemType::interop, "iterator"), StackItem::integer(1)});
  const Variables variables = {{"args", value_of(item).value()}};
  EXPECT_EQ(result_of("args[1] == 1", variables), "true");
  EXPECT_EQ(result_of("args[0] == null || args[0] == 1", variables), "false");
  EXPECT_EQ(error_of("args[0] + 1", variables), Code::expression_failed);
}

TEST(StackItemValue, RefusesItemsAboveTheLimits) {
  StackItem deep = StackItem::integer(1);
  for (int i = 0; i < 20; ++i) deep = StackItem::array({deep});
  EXPECT_FALSE(value_of(deep).has_value());
  EXPECT_FALSE(value_of(StackItem::array(StackItem::List(3000))).has_value());
}

TEST(StackItemValue, FiltersATransferByItsArguments) {
  const neo::UInt160 account = neo::parse_address("NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i").value();
  // NEP-17: Transfer(from, to, amount); a mint has no sender.
  const Variables variables = {
      {"args",
       value_of(StackItem::array({StackItem(),
                                  StackItem::byte_string(nsl::to_bytes(account.little_endian())),
                                  StackItem::integer(150000000)}))
           .value()},
      {"event", Value::text("Transfer")}};
  EXPECT_EQ(result_of("event == 'Transfer' && args[0] == null && args[2] >= 100000000 && "
                      "args[1] == hash160('NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i')",
                      variables),
            "true");
  EXPECT_EQ(result_of("address(args[1]).startsWith('NPT')", variables), "true");
}

TEST(StackItemValue, ReadsNestedArguments) {
  const StackItem order = StackItem::map(
      {{StackItem::byte_string("price"), StackItem::integer(5)},
       {StackItem::byte_string("legs"),
        StackItem::array(
            {StackItem::structure({StackItem::byte_string("NEO"), StackItem::integer(3)})})}});
  const Variables variables = {{"args", value_of(StackItem::array({order})).value()}};
  EXPECT_EQ(result_of("args[0].price > 4 && has(args[0].legs)", variables), "true");
  EXPECT_EQ(result_of("args[0].legs.exists(leg, utf8(leg[0]) == 'NEO' && leg[1] > 2)", variables),
            "true");
}

}  // namespace
}  // namespace nsl::expression
