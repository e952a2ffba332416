#include "enclave/hooks/hook_rates.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::hooks {
namespace {

TEST(HookRates, GivesBackWhatTimeHasPaidFor) {
  HookRates rates;
  for (std::int64_t i = 0; i < limits::kHookRunsPerMinuteMax; ++i) {
    ASSERT_TRUE(rates.take("trg_1", MonotonicTime(1000)));
  }
  EXPECT_FALSE(rates.take("trg_1", MonotonicTime(1000)));
  EXPECT_TRUE(rates.take("trg_2", MonotonicTime(1000)));
  const std::int64_t one_later = 1000 + 60000 / limits::kHookRunsPerMinuteMax;
  EXPECT_TRUE(rates.take("trg_1", MonotonicTime(one_later)));
  EXPECT_FALSE(rates.take("trg_1", MonotonicTime(one_later)));
}

}  // namespace
}  // namespace nsl::enclave::hooks
