#include "core/expression/check.h"

#include <array>

#include "core/expression/evaluating_test.h"

namespace nsl::expression {
namespace {

const Declarations& declared() {
  static const Declarations kDeclared = {{"n", Kind::integer},      {"s", Kind::text},
                                         {"b", Kind::bytes},        {"ok", Kind::boolean},
                                         {"items", Kind::list},     {"fields", Kind::map},
                                         {"anything", std::nullopt}};
  return kDeclared;
}

std::string checked(std::string_view text) {
  const Expression expression = parse_expression(text).value();
  const Result<StaticKind> kind = check_expression(expression, declared());
  if (!kind.has_value()) return kind.error().message();
  return *kind ? std::string(kind_name(**kind)) : "any";
}

TEST(ExpressionCheck, KnowsTheTypeOfTheResult) {
  EXPECT_EQ(checked("n + 1"), "int");
  EXPECT_EQ(checked("s + 'x'"), "string");
  EXPECT_EQ(checked("items + anything"), "list");
  EXPECT_EQ(checked("anything + b"), "bytes");
  EXPECT_EQ(checked("n > 1 && s.contains('a')"), "bool");
  EXPECT_EQ(checked("items.map(x, x)"), "list");
  EXPECT_EQ(checked("items.exists(x, x == n)"), "bool");
  EXPECT_EQ(checked("items[0]"), "any");
  EXPECT_EQ(checked("ok ? n : s"), "any");
  EXPECT_EQ(checked("ok ? n : 1"), "int");
  EXPECT_EQ(checked("has(fields.a)"), "bool");
  EXPECT_EQ(checked("n == null"), "bool");
  EXPECT_EQ(checked("type(n)"), "type");
  EXPECT_EQ(checked("-size(s)"), "int");
  EXPECT_EQ(checked("{s: n}"), "map");
  EXPECT_EQ(checked("null"), "null_type");
}

TEST(ExpressionCheck, RefusesOperandsThatNeverFit) {
  constexpr std::array<std::string_view, 22> kWrong = {"n + s",
                                                       "n == s",
                                                       "s < 1",
                                                       "!n",
                                                       "-s",
                                                       "n && ok",
                                                       "ok || s",
                                                       "n ? 1 : 2",
                                                       "n in s",
                                                       "n[0]",
                                                       "items['a']",
                                                       "n.field",
                                                       "has(s.a)",
                                                       "size(n)",
                                                       "s.size() + s",
                                                       "n.all(x, x)",
                                                       "items.all(x, 1)",
                                                       "items.filter(x, s)",
                                                       "{[]: 1}",
                                                       "hash160(b)",
                                                       "b.startsWith(1)",
                                                       "items < items"};
  for (const std::string_view text : kWrong) {
    const Result<StaticKind> kind = check_expression(parse_expression(text).value(), declared());
    ASSERT_FALSE(kind.has_value()) << text;
    EXPECT_EQ(kind.error().code(), Code::expression_ill_typed) << text;
  }
}

TEST(ExpressionCheck, SaysWhereAndWhatWasFound) {
  EXPECT_EQ(checked("ok &&\n n + s == n"),
            "2:4: '+' takes int, string, bytes or list of one type, found int and string");
  EXPECT_EQ(checked("n - s"), "1:3: '-' takes int twice, found int and string");
  EXPECT_EQ(checked("n == s"), "1:3: int and string are never equal");
  EXPECT_EQ(checked("missing"), "1:1: There is no variable 'missing'");
  EXPECT_EQ(checked("size(n)"), "1:1: size() takes string, bytes, list or map, found int");
  EXPECT_EQ(checked("1 in n"), "1:3: 'in' takes list or map on its right, found int");
}

TEST(ExpressionCheck, LetsWhatDependsOnValuesPass) {
  EXPECT_EQ(checked("anything + anything"), "any");
  EXPECT_EQ(checked("anything == s && anything == n"), "bool");
  EXPECT_EQ(checked("items.all(x, x)"), "bool");
  EXPECT_EQ(checked("anything.all(x, x > anything)"), "bool");
  EXPECT_EQ(checked("fields.a.b[0]"), "any");
  EXPECT_EQ(checked("dyn(n) == s"), "bool");
}

TEST(ExpressionCheck, AConditionMustBeABool) {
  EXPECT_TRUE(check_condition(parse_expression("n > 1").value(), declared()).has_value());
  EXPECT_TRUE(check_condition(parse_expression("anything").value(), declared()).has_value());
  const Result<void> wrong = check_condition(parse_expression("n").value(), declared());
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().message(), "1:1: A condition gives a bool, this gives int");
}

}  // namespace
}  // namespace nsl::expression
