// Budget is how many steps may still be taken. One is shared by all evaluations that must stay
// below one bound together; a spent one refuses everything.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/result.h"

namespace nsl::expression {

class Budget {
 public:
  explicit Budget(std::int64_t steps = limits::kExpressionCostMax) : steps_(steps) {
    NSL_ASSERT(steps >= 0);
  }

  // Code::expression_cost_exceeded, and nothing is left, when fewer steps are left.
  Result<void> spend(std::int64_t steps) {
    NSL_ASSERT(steps >= 0);
    if (steps > steps_ - spent_) {
      spent_ = steps_;
      return fail(Code::expression_cost_exceeded);
    }
    spent_ += steps;
    return {};
  }

  // For walking over so many bytes of text, or making them.
  Result<void> spend_bytes(std::size_t bytes) {
    return spend(static_cast<std::int64_t>(bytes / kBytesPerStep));
  }

  // Never more than the steps it was made with.
  std::int64_t spent() const { return spent_; }

 private:
  static constexpr std::size_t kBytesPerStep = 16;

  std::int64_t steps_;
  std::int64_t spent_ = 0;
};

}  // namespace nsl::expression
