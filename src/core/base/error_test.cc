#include <gtest/gtest.h>

#include "core/base/result.h"

namespace nsl {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(Code::invalid_argument, "odd", "detail for the log");
  return value / 2;
}

Result<int> quarter(int value) {
  NSL_TRY(const int once, half(value));
  NSL_TRY(const int twice, half(once));
  return twice;
}

TEST(Result, TryPassesTheErrorUpward) {
  EXPECT_EQ(quarter(8).value(), 2);
  const Result<int> bad = quarter(6);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code(), Code::invalid_argument);
  EXPECT_EQ(bad.error().message(), "odd");
}

TEST(Code, TextRoundTripsForEveryCode) {
  for (std::uint16_t i = 0; i < kCodeCount; ++i) {
    const auto code = static_cast<Code>(i);
    EXPECT_EQ(code_from_text(code_text(code)), code);
    EXPECT_GE(code_http_status(code), 200);
  }
  EXPECT_EQ(code_from_text("NSL-NOPE-0001"), Code::internal);
}

}  // namespace
}  // namespace nsl
