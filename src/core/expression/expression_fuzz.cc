// Whatever parses is printed as text that parses to the same tree, and every evaluation of it stays
// within its budget. The first byte is the budget, so that both a spent and an ample one are tried.
#include <array>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/expression/check.h"
#include "core/expression/evaluate.h"

namespace {

using namespace nsl;
using namespace nsl::expression;

const Variables& variables() {
  static const Variables kVariables = {
      {"n", Value::integer(-7)},
      {"s", Value::text("text")},
      {"b", Value::bytes(Bytes(20, 0x5A))},
      {"l", Value::list({Value::integer(1), Value::text("two"), Value::list({Value()})})},
      {"m", Value::map({{Value::bytes(to_bytes("k")), Value::integer(1)},
                        {Value::integer(2), Value::list({Value::boolean(true)})}})
                .value()}};
  return kVariables;
}

void try_budget(const Expression& expression, std::int64_t steps) {
  Budget budget(steps);
  const Result<Value> result = evaluate(expression, variables(), budget);
  NSL_ASSERT(budget.spent() <= steps);
  if (!result.has_value()) return;
  NSL_ASSERT(result->depth() <= limits::kExpressionDepthMax);
  NSL_ASSERT(!to_text(*result).empty());
  // An exact budget is enough, one step less is not.
  Budget exact(budget.spent());
  NSL_ASSERT(evaluate(expression, variables(), exact).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Result<Expression> expression = parse_expression(as_text({data + 1, size - 1}));
  if (!expression.has_value()) return 0;
  const std::string text = print_expression(*expression);
  if (static_cast<std::int64_t>(text.size()) <= limits::kExpressionBytesMax) {
    const Result<Expression> again = parse_expression(text);
    NSL_ASSERT(again.has_value() && *again == *expression);
  }
  const Declarations declarations = {{"n", Kind::integer},
                                     {"s", Kind::text},
                                     {"b", Kind::bytes},
                                     {"l", Kind::list},
                                     {"m", Kind::map}};
  const Result<StaticKind> kind = check_expression(*expression, declarations);
  Budget budget(2000);
  const Result<Value> result = evaluate(*expression, variables(), budget);
  // What the check knows is what comes out.
  if (kind.has_value() && *kind && result.has_value()) NSL_ASSERT(result->kind() == **kind);
  try_budget(*expression, data[0]);
  try_budget(*expression, 2000);
  return 0;
}
