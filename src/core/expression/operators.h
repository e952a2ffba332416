// What the operators do with values: arithmetic, comparison, membership. Errors carry no position;
// the evaluator knows it.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/expression/budget.h"
#include "core/expression/function.h"
#include "core/expression/node.h"
#include "core/expression/value.h"

namespace nsl::expression {

struct Operands {
  const Value& left;
  const Value& right;
};

// The kinds both operands of an operator may have, as long as they have the same; for `in` those of
// the right one.
Kinds operand_kinds(NodeKind kind);

// "'-' takes int twice, found int and bool".
std::string explain_operands(NodeKind kind, std::string_view left, std::string_view right);

// negate and logical_not.
Result<Value> apply_unary(NodeKind kind, const Value& operand);
// All other operators but && and ||, which may not need both operands.
Result<Value> apply_binary(NodeKind kind, Operands operands, Budget& budget);

}  // namespace nsl::expression
