// No evaluation takes more steps than its budget, whatever is thrown at it, and what it makes is no
// heavier than what it paid.
#include <array>
#include <string>

#include "core/base/limits.h"
#include "core/expression/evaluating_test.h"

namespace nsl::expression {
namespace {

std::int64_t cost_of(std::string_view text, const Variables& variables = {}) {
  Budget budget;
  const Result<Value> result = evaluate(parse_expression(text).value(), variables, budget);
  EXPECT_TRUE(result.has_value()) << text << ": " << result.error().message();
  return budget.spent();
}

Value numbers(std::int64_t count) {
  Value::List items;
  for (std::int64_t i = 0; i < count; ++i) items.push_back(Value::integer(i));
  return Value::list(std::move(items));
}

TEST(ExpressionCost, ABudgetHasTheDefaultNumberOfSteps) {
  Budget budget;
  EXPECT_TRUE(budget.spend(limits::kExpressionCostMax).has_value());
  EXPECT_EQ(budget.spend(1).error().code(), Code::expression_cost_exceeded);
}

TEST(ExpressionCost, ASpentBudgetRefusesEverything) {
  Budget budget(10);
  EXPECT_FALSE(budget.spend(11).has_value());
  EXPECT_EQ(budget.spent(), 10);
  EXPECT_FALSE(budget.spend(1).has_value());
  EXPECT_FALSE(evaluate(parse_expression("1").value(), {}, budget).has_value());
}

TEST(ExpressionCost, IsCountedByNodesBytesAndItems) {
  EXPECT_EQ(cost_of("1"), 1);
  EXPECT_EQ(cost_of("1 + 2"), 3);
  EXPECT_EQ(cost_of("true || 1 / 0 > 1"), 2);
  EXPECT_EQ(cost_of("[1, 2, 3]"), 4 + 4);
  EXPECT_EQ(cost_of("1 == 2"), 3 + 1);
  EXPECT_EQ(cost_of("size(s)", {{"s", Value::text(std::string(1600, 'x'))}}), 2 + 100);
  EXPECT_EQ(cost_of("l.all(x, true)", {{"l", numbers(50)}}), 2 + 50);
  EXPECT_EQ(cost_of("hash160('0x" + std::string(40, '1') + "')"), 2 + 20);
}

// For every budget up to what is enough: the budget is never exceeded, only the whole is enough,
// and the error is the one of a budget, which nothing absorbs.
TEST(ExpressionCost, NoEvaluationCostsMoreThanItsBudget) {
  constexpr std::array<std::string_view, 10> kSources = {
      "[1, 2, 3].map(x, [x, x]).map(x, [x, x]) == []",
      "missing || [1].exists(x, x == 1) || true",
      "l.exists(x, x == 49)",
      "l.all(x, x >= 0) && l.exists_one(x, x == 3)",
      "(s + s + s).contains(s + 'y') || s < s + s",
      "{'a': l, 'b': [l]}.map(k, k + k).size() == 2",
      "string(bytes(s)) == s && upper.lowerAscii() != s",
      "49 in l && [l] in [[l]] || true",
      "l.filter(x, x % 2 == 0) + l",
      "address(hash160('NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i')) != ''"};
  const Variables variables = {{"l", numbers(50)},
                               {"s", Value::text(std::string(500, 'x'))},
                               {"upper", Value::text(std::string(500, 'X'))}};
  for (const std::string_view source : kSources) {
    const Expression expression = parse_expression(source).value();
    const std::int64_t enough = cost_of(source, variables);
    for (std::int64_t steps = 0; steps <= enough; ++steps) {
      Budget budget(steps);
      const Result<Value> result = evaluate(expression, variables, budget);
      ASSERT_LE(budget.spent(), steps) << source;
      ASSERT_EQ(result.has_value(), steps == enough) << source << " with " << steps;
      if (!result.has_value()) {
        ASSERT_EQ(result.error().code(), Code::expression_cost_exceeded) << source;
      }
    }
  }
}

TEST(ExpressionCost, NestedMacrosRunOutOfSteps) {
  const Variables variables = {{"l", numbers(100)}};
  EXPECT_EQ(error_of("l.all(a, l.all(b, l.all(c, l.all(d, true))))", variables),
            Code::expression_cost_exceeded);
  EXPECT_EQ(error_of("l.map(a, l.map(b, l.map(c, l)))", variables), Code::expression_cost_exceeded);
}

// Each step doubles the text, the list or the tree: 2^30 of anything would not fit.
TEST(ExpressionCost, DoublingRunsOutOfSteps) {
  std::string text = "['0123456789abcdef']";
  std::string list = "[[1]]";
  std::string tree = "[1]";
  for (int i = 0; i < 30; ++i) {
    text += ".map(x, x + x)";
    list += ".map(x, x + x)";
    tree += ".map(x, [x, x])";
  }
  EXPECT_EQ(error_of(text), Code::expression_cost_exceeded);
  EXPECT_EQ(error_of(list), Code::expression_cost_exceeded);
  EXPECT_EQ(error_of(tree), Code::expression_cost_exceeded);
}

TEST(ExpressionCost, AValueIsNoHeavierThanWhatWasPaid) {
  for (int steps = 1; steps < 2000; steps += 7) {
    std::string text = "[['ab', b'c']]";
    for (int i = 0; i < 6; ++i) text += ".map(x, x + [x, {'k': x}])";
    Budget budget(steps);
    const Result<Value> result = evaluate(parse_expression(text).value(), {}, budget);
    if (result.has_value()) {
      EXPECT_LE(result->weight(), budget.spent());
    }
  }
}

TEST(ExpressionCost, ComparingSharedTreesIsPaidByTheirSize) {
  Value left = Value::integer(1);
  Value right = Value::integer(1);
  for (int i = 0; i < 60; ++i) {
    left = Value::list({left, left});
    right = Value::list({right, right});
  }
  EXPECT_EQ(error_of("a == b", {{"a", left}, {"b", right}}), Code::expression_cost_exceeded);
  EXPECT_EQ(error_of("a in [b]", {{"a", left}, {"b", right}}), Code::expression_cost_exceeded);
}

TEST(ExpressionCost, SearchingTextIsPaidByItsLengthAndTakesNoLonger) {
  // The worst case of a naive search: the whole text is tried again at each of its letters.
  const std::string whole(800000, 'a');
  const std::string part = std::string(400000, 'a') + "b";
  const Variables variables = {{"whole", Value::text(whole)}, {"part", Value::text(part)}};
  EXPECT_EQ(result_of("whole.contains(part)", variables), "false");
  EXPECT_EQ(result_of("(part + whole).contains(part)", variables),
            "1:16: The expression takes more steps than allowed");
}

}  // namespace
}  // namespace nsl::expression
