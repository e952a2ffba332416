// Finds mistakes before there are values: names nobody declared, and operators and functions given
// what they never take. A type is the kind of a value and no more: what lists and maps hold is
// known only when it is there.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/base/result.h"
#include "core/expression/expression.h"
#include "core/expression/function.h"

namespace nsl::expression {

// The variables there will be; nothing as the kind says that it may be any.
using Declarations = std::map<std::string, StaticKind, std::less<>>;

// The kind of the result as far as it is known, or Code::expression_ill_typed with its position.
Result<StaticKind> check_expression(const Expression& expression, const Declarations& declarations);

// For filters and policies: fails too when the result is known not to be a bool.
Result<void> check_condition(const Expression& expression, const Declarations& declarations);

}  // namespace nsl::expression
