#include "core/expression/evaluate.h"

#include <array>

#include "core/base/limits.h"
#include "core/expression/evaluating_test.h"

namespace nsl::expression {
namespace {

Variables sample() {
  return {{"n", Value::integer(7)},
          {"s", Value::text("text")},
          {"items", Value::list({Value::integer(1), Value::text("two"), Value()})},
          {"fields", Value::map({{Value::text("a"), Value::integer(1)},
                                 {Value::bytes(nsl::to_bytes("b")), Value::integer(2)},
                                 {Value::integer(3), Value::boolean(true)}})
                         .value()}};
}

TEST(ExpressionEvaluate, ReadsVariablesFieldsAndItems) {
  const Variables variables = sample();
  EXPECT_EQ(result_of("n + 1", variables), "8");
  EXPECT_EQ(result_of("items[1]", variables), "\"two\"");
  EXPECT_EQ(result_of("items[size(items) - 1]", variables), "null");
  EXPECT_EQ(result_of("fields.a", variables), "1");
  EXPECT_EQ(result_of("fields['a']", variables), "1");
  EXPECT_EQ(result_of("fields[3]", variables), "true");
}

TEST(ExpressionEvaluate, AFieldNameFindsAKeyOfBytesToo) {
  const Variables variables = sample();
  EXPECT_EQ(result_of("fields.b", variables), "2");
  EXPECT_EQ(result_of("has(fields.b) && !has(fields.c)", variables), "true");
  EXPECT_EQ(result_of("fields[b'b']", variables), "2");
  EXPECT_EQ(result_of("fields['b']", variables), "1:7: The map has no such key");
  EXPECT_EQ(result_of("{b'x': 1, 'x': 2}.x"), "2");
}

TEST(ExpressionEvaluate, ErrorsSayWhereAndWhy) {
  const Variables variables = sample();
  EXPECT_EQ(error_of("missing", variables), Code::expression_failed);
  EXPECT_EQ(result_of("missing", variables), "1:1: There is no variable 'missing'");
  EXPECT_EQ(result_of("n /\n (n - 7)", variables), "1:3: Division by zero");
  EXPECT_EQ(result_of("n % 0", variables), "1:3: Division by zero");
  EXPECT_EQ(result_of("fields.c", variables), "1:8: There is no field 'c'");
  EXPECT_EQ(result_of("n.c", variables), "1:3: Only a map has fields; this is int");
  EXPECT_EQ(result_of("items[3]", variables),
            "1:6: The index is outside of the list, which has 3 items");
  EXPECT_EQ(result_of("items[-1]", variables),
            "1:6: The index is outside of the list, which has 3 items");
  EXPECT_EQ(result_of("items[s]", variables), "1:6: A list takes an int in [], found string");
  EXPECT_EQ(result_of("n[0]", variables), "1:2: [] takes a list or map, found int");
  EXPECT_EQ(result_of("n + s", variables),
            "1:3: '+' takes int, string, bytes or list of one type, found int and string");
  EXPECT_EQ(result_of("-s", variables), "1:1: '-' takes int, found string");
  EXPECT_EQ(result_of("1 in n", variables), "1:3: 'in' takes list or map on its right, found int");
  EXPECT_EQ(result_of("s.all(x, x)", variables), "1:3: string is neither a list nor a map");
  EXPECT_EQ(result_of("items.filter(x, x)", variables), "1:17: Expected a bool, found int");
  EXPECT_EQ(result_of("{1: 2, 1: 3}"), "1:1: A map holds a key twice");
  EXPECT_EQ(result_of("{null: 2}"), "1:1: A map's key must be a bool, int, string or bytes");
  EXPECT_EQ(result_of("int('x')"), "1:1: int(): The string is not a decimal int of 256 bits");
}

TEST(ExpressionEvaluate, MessagesNeverRepeatValues) {
  const Variables variables = {
      {"v", Value::text("confidential")},
      {"m", Value::map({{Value::text("confidential"), Value::text("confidential")}}).value()}};
  for (const std::string_view text : {"int(v)",
                                      "bool(v)",
                                      "v + 1",
                                      "v.x",
                                      "v[0]",
                                      "m[v + v]",
                                      "m.x",
                                      "unhex(v)",
                                      "hash160(v)",
                                      "hash256(v)",
                                      "!v",
                                      "v ? 1 : 2",
                                      "{v: 1, v: 2}",
                                      "m.map(k, k / 2)",
                                      "[v][1]",
                                      "v.all(x, x)",
                                      "address(bytes(v))",
                                      "int(bytes(v + v + v))",
                                      "1 in v",
                                      "v < 1"}) {
    const std::string message = result_of(text, variables);
    EXPECT_EQ(error_of(text, variables), Code::expression_failed);
    EXPECT_EQ(message.find("confidential"), std::string::npos) << message;
  }
}

TEST(ExpressionEvaluate, OverflowIsAnError) {
  const std::string largest = "0x7" + repeated("f", 63);
  EXPECT_EQ(result_of(largest + " + 1"), "1:68: The result has more than 256 bits");
  EXPECT_EQ(error_of("-(-0x8" + repeated("0", 63) + ")"), Code::expression_failed);
  EXPECT_EQ(result_of("9223372036854775807 + 1"), "9223372036854775808");
}

TEST(ExpressionEvaluate, AnOperandThatDecidesHidesTheErrorsOfTheOthers) {
  EXPECT_EQ(result_of("missing || true"), "true");
  EXPECT_EQ(result_of("true || missing"), "true");
  EXPECT_EQ(result_of("1 / 0 > 1 && false"), "false");
  EXPECT_EQ(result_of("missing || 1 / 0 > 1 || true"), "true");
  EXPECT_EQ(result_of("missing || false"), "1:1: There is no variable 'missing'");
  EXPECT_EQ(result_of("true && 1 && missing"), "1:9: Expected a bool, found int");
  EXPECT_EQ(result_of("[0, 1].exists(x, 1 / x == 1)"), "true");
  EXPECT_EQ(result_of("[0, 1].all(x, 1 / x != 1)"), "false");
}

TEST(ExpressionEvaluate, OnlyTheChosenBranchIsEvaluated) {
  EXPECT_EQ(result_of("true ? 1 : missing"), "1");
  EXPECT_EQ(result_of("false ? missing : 2"), "2");
  EXPECT_EQ(result_of("missing ? 1 : 2"), "1:1: There is no variable 'missing'");
}

TEST(ExpressionEvaluate, MacrosBindTheirNameInsideOnly) {
  const Variables variables = {{"x", Value::integer(9)}};
  EXPECT_EQ(result_of("[1, 2].map(x, x * 10) + [x]", variables), "[10, 20, 9]");
  EXPECT_EQ(result_of("[1, 2].map(y, [3, 4].map(x, x * y))", variables), "[[3, 4], [6, 8]]");
  EXPECT_EQ(result_of("[[1], [2]].map(x, x.map(x, x + 1))", variables), "[[2], [3]]");
  EXPECT_EQ(result_of("[x].map(x, x)", variables), "[9]");
  EXPECT_EQ(result_of("[1].map(y, y) + [y]", variables), "1:18: There is no variable 'y'");
}

TEST(ExpressionEvaluate, MacrosWalkOverTheKeysOfAMapInOrder) {
  EXPECT_EQ(result_of("{'b': 1, 'a': 2, 3: 3, b'c': 4, true: 5}.map(k, k)"),
            "[true, 3, \"a\", \"b\", b\"c\"]");
  EXPECT_EQ(result_of("{'b': 1, 'a': 2}.map(k, k == 'a', k + 'x')"), "[\"ax\"]");
  EXPECT_EQ(result_of("{2: 'x', 1: 'y'}.exists_one(k, k > 1)"), "true");
}

TEST(ExpressionEvaluate, ValuesOfDifferentTypesAreDifferent) {
  EXPECT_EQ(result_of("dyn(1) == '1'"), "false");
  EXPECT_EQ(result_of("dyn(b'a') == 'a'"), "false");
  EXPECT_EQ(result_of("1 in ['1', 1]"), "true");
  EXPECT_EQ(result_of("true in {1: 1}"), "false");
  EXPECT_EQ(result_of("[1, [2, {3: null}]] == [1, [2, {3: null}]]"), "true");
}

TEST(ExpressionEvaluate, AConditionMustBeABool) {
  Budget budget;
  const auto condition = [&budget](std::string_view text) {
    return evaluate_condition(parse_expression(text).value(), sample(), budget);
  };
  EXPECT_TRUE(condition("n == 7").value());
  EXPECT_FALSE(condition("n == 8").value());
  EXPECT_EQ(condition("n + 1").error().message(), "1:3: A condition gives a bool, this gives int");
}

TEST(ExpressionEvaluate, RefusesAVariableThatIsTooDeep) {
  Value deep;
  for (std::int64_t i = 0; i <= limits::kExpressionDepthMax; ++i) deep = Value::list({deep});
  EXPECT_EQ(result_of("deep", {{"deep", deep}}),
            "1:1: The variable 'deep' nests deeper than 64 levels");
}

TEST(ExpressionEvaluate, RefusesToMakeAValueThatIsTooDeep) {
  Value deep;
  for (std::int64_t i = 0; i < limits::kExpressionDepthMax; ++i) deep = Value::list({deep});
  const Variables variables = {{"deep", deep}};
  EXPECT_EQ(error_of("[deep]", variables), Code::expression_failed);
  EXPECT_EQ(error_of("{1: deep}", variables), Code::expression_failed);
  EXPECT_EQ(error_of("[1].map(x, deep)", variables), Code::expression_failed);
  EXPECT_EQ(result_of("deep == deep && size(deep + deep) == 2", variables), "true");
}

TEST(ExpressionEvaluate, TheDeepestExpressionIsEvaluated) {
  const auto depth = static_cast<std::size_t>(limits::kExpressionDepthMax);
  EXPECT_EQ(result_of(repeated("-", depth - 2) + "n", sample()), "7");
  EXPECT_EQ(result_of(repeated("[", depth - 1) + repeated("]", depth - 1)),
            repeated("[", depth - 1) + repeated("]", depth - 1));
  std::string macros = "1";
  for (std::size_t i = 0; i < depth / 2; ++i) macros = "[1].map(x, " + macros + ")[0]";
  EXPECT_EQ(error_of(macros), Code::limit_exceeded);
}

TEST(ExpressionValue, AMapRefusesAKeyTwiceAndKeysThatAreNone) {
  EXPECT_EQ(Value::map({{Value::integer(1), Value()}, {Value::integer(1), Value()}}).error().code(),
            Code::expression_failed);
  EXPECT_EQ(Value::map({{Value(), Value()}}).error().code(), Code::expression_failed);
}

TEST(ExpressionValue, WeighsWhatItHolds) {
  EXPECT_EQ(Value::integer(5).weight(), 1);
  EXPECT_EQ(Value::text(std::string(160, 'x')).weight(), 11);
  const Value list = Value::list({Value::integer(1), Value::bytes(Bytes(32))});
  EXPECT_EQ(list.weight(), 5);
  EXPECT_EQ(Value::map({{Value::integer(1), list}}).value().weight(), 7);
  EXPECT_EQ(Value::map({{Value::integer(1), list}}).value().depth(), 2);
}

TEST(ExpressionValue, AWeightNeverOverflows) {
  Value shared = Value::integer(1);
  for (int i = 0; i < 200; ++i) shared = Value::list({shared, shared});
  EXPECT_EQ(shared.weight(), INT64_MAX);
}

}  // namespace
}  // namespace nsl::expression
