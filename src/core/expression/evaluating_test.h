// What the tests of this folder share: from text to result in one call.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/expression/check.h"
#include "core/expression/evaluate.h"

namespace nsl::expression {

inline Result<Value> evaluate_text(std::string_view text, const Variables& variables = {}) {
  NSL_TRY(const Expression expression, parse_expression(text));
  Budget budget;
  return evaluate(expression, variables, budget);
}

// The result as a literal, or the message of the error.
inline std::string result_of(std::string_view text, const Variables& variables = {}) {
  const Result<Value> result = evaluate_text(text, variables);
  return result.has_value() ? to_text(*result) : result.error().message();
}

inline Code error_of(std::string_view text, const Variables& variables = {}) {
  const Result<Value> result = evaluate_text(text, variables);
  EXPECT_FALSE(result.has_value()) << text << " = " << to_text(result.value_or(Value()));
  return result.has_value() ? Code::internal : result.error().code();
}

inline std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

}  // namespace nsl::expression
