#include "core/expression/expression.h"

#include <array>

#include "core/base/limits.h"
#include "core/expression/evaluating_test.h"

namespace nsl::expression {
namespace {

std::string message_of(std::string_view text) {
  const Result<Expression> expression = parse_expression(text);
  return expression.has_value() ? "" : expression.error().message();
}

Code code_of(std::string_view text) {
  const Result<Expression> expression = parse_expression(text);
  return expression.has_value() ? Code::internal : expression.error().code();
}

std::string printed(std::string_view text) {
  const Result<Expression> expression = parse_expression(text);
  return expression.has_value() ? print_expression(*expression) : expression.error().message();
}

TEST(ExpressionParser, SaysWhereItFailsAndWhatItExpected) {
  EXPECT_EQ(message_of("1 +"), "1:4: Expected a value, found the end of the expression");
  EXPECT_EQ(message_of("a b"), "1:3: Expected an operator or the end, found 'b'");
  EXPECT_EQ(message_of("[1, 2"), "1:6: Expected ',', found the end of the expression");
  EXPECT_EQ(message_of("a.\n  == 1"), "2:3: Expected a name, found '=='");
  EXPECT_EQ(message_of("f(1)"), "1:1: There is no function 'f'");
  EXPECT_EQ(message_of("a ? b"), "1:6: Expected ':', found the end of the expression");
  EXPECT_EQ(message_of("{1}"), "1:3: Expected ':', found '}'");
  EXPECT_EQ(code_of("1 +"), Code::expression_malformed);
}

TEST(ExpressionParser, CountsColumnsInCharacters) {
  EXPECT_EQ(message_of("'äöü' +"), "1:8: Expected a value, found the end of the expression");
}

TEST(ExpressionParser, SaysWhatIsNotPartOfTheLanguage) {
  EXPECT_EQ(message_of("1.5"), "1:1: There are no floating-point numbers; write an int");
  EXPECT_EQ(message_of("1e3"), "1:1: There are no floating-point numbers; write an int");
  EXPECT_EQ(message_of("7u"), "1:1: There are no unsigned ints; write an int, which has 256 bits");
  EXPECT_EQ(message_of("A{b: 1}"), "1:2: There are no message types; write a map");
  EXPECT_EQ(message_of("a.matches('b')"), "1:3: There is no function 'matches'");
  EXPECT_EQ(message_of("a = 1"), "1:3: '=' has no meaning here");
  EXPECT_EQ(message_of("for"), "1:1: 'for' is a reserved word");
}

TEST(ExpressionParser, SaysHowAFunctionIsCalled) {
  EXPECT_EQ(message_of("size(1, 2)"), "1:1: size() takes one argument");
  EXPECT_EQ(message_of("contains(a, b)"), "1:1: Write x.contains(), not contains(x)");
  EXPECT_EQ(message_of("a.hex()"), "1:3: Write hex(x), not x.hex()");
  EXPECT_EQ(message_of("has(a)"), "1:1: has() takes a field, as in has(a.b)");
  EXPECT_EQ(message_of("a.all(b)"), "1:3: all() takes the name of each item and an expression");
  EXPECT_EQ(message_of("a.all(1, b)"), "1:7: Expected the name of each item, found '1'");
}

TEST(ExpressionParser, RefusesTextThatIsNotClosedOrNotUtf8) {
  EXPECT_EQ(message_of("'abc"), "1:1: The quote is not closed");
  EXPECT_EQ(message_of("'a\nb'"), "1:1: The quote is not closed");
  EXPECT_EQ(message_of("'\\q'").substr(0, 19), "1:1: Unknown escape");
  EXPECT_EQ(message_of("b'\\u0041'"), "1:1: Bytes take \\x escapes, not \\u");
  EXPECT_EQ(message_of("'\\ud800'"), "1:1: An escape names no code point");
  EXPECT_EQ(message_of("'\\x4'"), "1:1: An escape has too few digits");
  EXPECT_EQ(message_of("'\xff'"), "The expression is not UTF-8");
  EXPECT_EQ(message_of(std::string("a\0", 2)), "1:2: A control character has no meaning here");
}

TEST(ExpressionParser, KnowsTheVariablesOfAnExpression) {
  const Expression expression =
      parse_expression("b.c > a && [1].all(x, x in b) && type(a) == int").value();
  EXPECT_EQ(expression.variable_names(), (std::vector<std::string>{"a", "b"}));
}

TEST(ExpressionParser, TakesIntsOf256BitsAndNoMore) {
  const std::string largest(
      "57896044618658097711785492504343953926634992332820282019728792003956564819967");
  const std::string least =
      "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
  EXPECT_EQ(result_of(largest), largest);
  EXPECT_EQ(result_of(least), least);
  EXPECT_EQ(result_of("0x7" + repeated("f", 63)), largest);
  EXPECT_EQ(result_of("-0x8" + repeated("0", 63)), least);
  EXPECT_EQ(result_of("0x" + repeated("0", 99) + "a"), "10");
  EXPECT_EQ(message_of(least.substr(1)), "1:1: The int has more than 256 bits");
  EXPECT_EQ(message_of("0x8" + repeated("0", 63)), "1:1: The int has more than 256 bits");
  EXPECT_EQ(message_of("0x1" + repeated("0", 64)), "1:1: The int has more than 256 bits");
}

TEST(ExpressionPrinter, WritesNoMoreParenthesesThanNeeded) {
  EXPECT_EQ(printed("((1)+((2)*3))"), "1 + 2 * 3");
  EXPECT_EQ(printed("(1+2)*3"), "(1 + 2) * 3");
  EXPECT_EQ(printed("1-(2-3)"), "1 - (2 - 3)");
  EXPECT_EQ(printed("(a||b)||c"), "(a || b) || c");
  EXPECT_EQ(printed("a||b||c&&d"), "a || b || c && d");
  EXPECT_EQ(printed("(a?b:c)?d:(e?f:g)"), "(a ? b : c) ? d : e ? f : g");
  EXPECT_EQ(printed("-(5)"), "-(5)");
  EXPECT_EQ(printed("--5"), "--5");
  EXPECT_EQ(printed("(-a).b"), "(-a).b");
  EXPECT_EQ(printed("!(a in b)"), "!(a in b)");
  EXPECT_EQ(printed("{'a':[b'\\xff']}"), "{\"a\": [b\"\\xff\"]}");
  EXPECT_EQ(printed("a.`b-c`.`in`"), "a.`b-c`.`in`");
  EXPECT_EQ(printed("has(a.b.c)"), "has(a.b.c)");
  EXPECT_EQ(printed("a.map(x,x>1,x+1)"), "a.map(x, x > 1, x + 1)");
}

TEST(ExpressionPrinter, PrintsWhatParsesToTheSameTree) {
  constexpr std::array<std::string_view, 12> kSources = {
      "a.b[0].c == hash160('NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i') || size(x) % 2 in [1, -1]",
      "- - -1 - -1",
      "-(-(1))",
      "!(!a ? b : !c)",
      "[[], {}, {1: {'': null}}][a ? 0 : 1]",
      "x.all(y, y.exists(z, z == y)) && has(x.`a b`)",
      "'\\a\\b\\f\\n\\r\\t\\v\\x7f\\u00e9\\\\' + r'\\n' + \"\"\"'\"\n\"\"\"",
      "b'\\000\\377\"' == bytes('')",
      "a < b == (c > d) != (e <= (f >= g))",
      "a - b - (c - d) * e / (f % g)",
      "// a comment\n int(x) // another\n + 1",
      "type(a) == list",
  };
  for (const std::string_view source : kSources) {
    const Result<Expression> expression = parse_expression(source);
    ASSERT_TRUE(expression.has_value()) << source << ": " << expression.error().message();
    const std::string text = print_expression(*expression);
    const Result<Expression> again = parse_expression(text);
    ASSERT_TRUE(again.has_value()) << text << ": " << again.error().message();
    EXPECT_EQ(*again, *expression) << text;
    EXPECT_EQ(print_expression(*again), text);
  }
}

TEST(ExpressionLimits, ALongerSourceIsRefused) {
  const auto size = static_cast<std::size_t>(limits::kExpressionBytesMax);
  EXPECT_TRUE(parse_expression("1" + std::string(size - 1, ' ')).has_value());
  EXPECT_EQ(code_of("1" + std::string(size, ' ')), Code::limit_exceeded);
}

TEST(ExpressionLimits, MoreNodesAreRefused) {
  const auto count = static_cast<std::size_t>(limits::kExpressionNodesMax);
  EXPECT_TRUE(parse_expression("[" + repeated("1,", count - 1) + "]").has_value());
  EXPECT_EQ(code_of("[" + repeated("1,", count) + "]"), Code::limit_exceeded);
}

TEST(ExpressionLimits, DeeperNestingIsRefused) {
  const auto depth = static_cast<std::size_t>(limits::kExpressionDepthMax);
  const auto nested = [](std::string_view open, std::string_view inside, std::string_view close,
                         std::size_t count) {
    return repeated(open, count) + std::string(inside) + repeated(close, count);
  };
  EXPECT_TRUE(parse_expression(nested("(", "1", ")", depth - 1)).has_value());
  EXPECT_TRUE(parse_expression(nested("[", "1", "]", depth - 1)).has_value());
  EXPECT_TRUE(parse_expression(nested("1+", "1", "", depth - 1)).has_value());
  for (const std::string& source :
       {nested("(", "1", ")", depth), nested("[", "1", "]", depth), nested("!", "a", "", depth),
        nested("-", "a", "", depth), nested("1+", "1", "", depth), nested("a", "", ".b", depth),
        nested("a", "", "[0]", depth), nested("size(", "a", ")", depth),
        nested("{1:", "a", "}", depth), nested("a?b:", "c", "", depth),
        nested("a.all(b,", "c", ")", depth), nested("(", "", "", 5000), nested("[", "", "", 5000),
        nested("-", "", "", 5000), nested("a.map(b,", "", "", 2000)}) {
    EXPECT_EQ(code_of(source), Code::limit_exceeded) << source.substr(0, 40);
  }
}

TEST(ExpressionLimits, LongChainsOfAlternativesAreNotDeep) {
  EXPECT_EQ(result_of(repeated("1 == 2 || ", 400) + "true"), "true");
  EXPECT_EQ(result_of(repeated("1 == 1 && ", 400) + "false"), "false");
}

}  // namespace
}  // namespace nsl::expression
