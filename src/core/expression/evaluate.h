// Computes an expression. Each node that is computed costs one step, and each item or 16 bytes an
// operation walks over or makes one more; when the budget is spent the evaluation ends with
// Code::expression_cost_exceeded, before the memory is taken. Everything else that has no value is
// Code::expression_failed with its position.
#pragma once

#include "core/base/result.h"
#include "core/expression/budget.h"
#include "core/expression/expression.h"
#include "core/expression/value.h"

namespace nsl::expression {

// Messages name what the expression says and never what the variables hold.
Result<Value> evaluate(const Expression& expression, const Variables& variables, Budget& budget);

// For filters and policies: fails too when the value is not a bool.
Result<bool> evaluate_condition(const Expression& expression, const Variables& variables,
                                Budget& budget);

}  // namespace nsl::expression
