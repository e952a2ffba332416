#include "core/expression/operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "core/base/assert.h"
#include "core/expression/arithmetic.h"
#include "core/expression/grammar.h"

namespace nsl::expression {
namespace {

std::unexpected<Error> failed(std::string message) {
  return fail(Code::expression_failed, std::move(message));
}

Result<Value> integer_or_overflow(const std::optional<neo::Integer>& integer) {
  if (!integer) return failed("The result has more than 256 bits");
  return Value::integer(*integer);
}

Result<Value> apply_arithmetic(NodeKind kind, const neo::Integer& left, const neo::Integer& right) {
  if (kind == NodeKind::add) return integer_or_overflow(checked_add(left, right));
  if (kind == NodeKind::subtract) return integer_or_overflow(checked_subtract(left, right));
  if (kind == NodeKind::multiply) return integer_or_overflow(checked_multiply(left, right));
  if (right.is_zero()) return failed("Division by zero");
  if (kind == NodeKind::divide) return integer_or_overflow(checked_divide(left, right));
  NSL_ASSERT(kind == NodeKind::modulo);
  return Value::integer(remainder(left, right));
}

// Strings, bytes and lists. What is made is as heavy as both, and paid before it is made.
Result<Value> concatenate(Operands operands, Budget& budget) {
  const auto& [left, right] = operands;
  NSL_TRY_VOID(budget.spend(left.weight()));
  NSL_TRY_VOID(budget.spend(right.weight()));
  if (left.kind() == Kind::text) return Value::text(left.as_text() + right.as_text());
  if (left.kind() == Kind::bytes) {
    Bytes bytes = left.as_bytes();
    append(bytes, right.as_bytes());
    return Value::bytes(std::move(bytes));
  }
  Value::List items = left.as_list();
  items.insert(items.end(), right.as_list().begin(), right.as_list().end());
  return Value::list(std::move(items));
}

// What it takes to compare two values, which ends with the lighter one.
Result<void> spend_comparison(const Value& left, const Value& right, Budget& budget) {
  return budget.spend(std::min(left.weight(), right.weight()));
}

Result<Value> apply_equality(NodeKind kind, Operands operands, Budget& budget) {
  NSL_TRY_VOID(spend_comparison(operands.left, operands.right, budget));
  const bool same = operands.left == operands.right;
  return Value::boolean(same == (kind == NodeKind::equal));
}

Result<Value> apply_order(NodeKind kind, Operands operands, Budget& budget) {
  NSL_TRY_VOID(spend_comparison(operands.left, operands.right, budget));
  const std::strong_ordering order = compare(operands.left, operands.right).value();
  if (kind == NodeKind::less) return Value::boolean(order < 0);
  if (kind == NodeKind::less_or_equal) return Value::boolean(order <= 0);
  if (kind == NodeKind::greater) return Value::boolean(order > 0);
  NSL_ASSERT(kind == NodeKind::greater_or_equal);
  return Value::boolean(order >= 0);
}

Result<Value> apply_in(Operands operands, Budget& budget) {
  const auto& [wanted, range] = operands;
  if (range.kind() == Kind::map) {
    NSL_TRY_VOID(budget.spend(wanted.weight()));
    return Value::boolean(range.find(wanted) != nullptr);
  }
  for (const Value& item : range.as_list()) {
    NSL_TRY_VOID(spend_comparison(item, wanted, budget));
    if (item == wanted) return Value::boolean(true);
  }
  return Value::boolean(false);
}

std::string_view symbol_of(NodeKind kind) {
  for (const auto& operators : {relations(), sums(), products()}) {
    for (const BinaryOperator& each : operators) {
      if (each.kind == kind) return each.symbol;
    }
  }
  return kind == NodeKind::negate ? "-" : "!";
}

}  // namespace

Kinds operand_kinds(NodeKind kind) {
  const auto is_one_of = [kind](std::initializer_list<NodeKind> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  if (kind == NodeKind::add) {
    return Kinds::of(Kind::integer, Kind::text, Kind::bytes, Kind::list);
  }
  if (is_one_of({NodeKind::negate, NodeKind::subtract, NodeKind::multiply, NodeKind::divide,
                 NodeKind::modulo})) {
    return Kinds::of(Kind::integer);
  }
  if (is_one_of({NodeKind::less, NodeKind::less_or_equal, NodeKind::greater,
                 NodeKind::greater_or_equal})) {
    return Kinds::of(Kind::boolean, Kind::integer, Kind::text, Kind::bytes);
  }
  if (kind == NodeKind::in) return Kinds::of(Kind::list, Kind::map);
  NSL_ASSERT(kind == NodeKind::logical_not);
  return Kinds::of(Kind::boolean);
}

std::string explain_operands(NodeKind kind, std::string_view left, std::string_view right) {
  const std::string kinds = operand_kinds(kind).to_text();
  if (kind == NodeKind::in)
    return fmt::format("'in' takes {} on its right, found {}", kinds, right);
  const std::string_view both = kinds.find(' ') == std::string::npos ? "twice" : "of one type";
  return fmt::format("'{}' takes {} {}, found {} and {}", symbol_of(kind), kinds, both, left,
                     right);
}

Result<Value> apply_unary(NodeKind kind, const Value& operand) {
  if (!operand_kinds(kind).has(operand.kind())) {
    return failed(fmt::format("'{}' takes {}, found {}", symbol_of(kind),
                              operand_kinds(kind).to_text(), kind_name(operand.kind())));
  }
  if (kind == NodeKind::logical_not) return Value::boolean(!operand.as_boolean());
  return integer_or_overflow(checked_negate(operand.as_integer()));
}

Result<Value> apply_binary(NodeKind kind, Operands operands, Budget& budget) {
  const auto& [left, right] = operands;
  if (kind == NodeKind::equal || kind == NodeKind::not_equal) {
    return apply_equality(kind, operands, budget);
  }
  const Kinds kinds = operand_kinds(kind);
  const bool same_kind = kind == NodeKind::in || left.kind() == right.kind();
  if (!same_kind || !kinds.has(right.kind())) {
    return failed(explain_operands(kind, kind_name(left.kind()), kind_name(right.kind())));
  }
  if (kind == NodeKind::in) return apply_in(operands, budget);
  if (kinds.has(Kind::boolean)) return apply_order(kind, operands, budget);
  if (left.kind() == Kind::integer) {
    return apply_arithmetic(kind, left.as_integer(), right.as_integer());
  }
  return concatenate(operands, budget);
}

}  // namespace nsl::expression
