#include "core/base/log.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "core/base/clock.h"
#include "core/base/secret.h"

namespace nsl {
namespace {

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([this](LogLevel, std::string_view line) { lines_ += line; });
  }
  void TearDown() override { set_log_sink({}); }
  std::string lines_;
};

TEST_F(LogTest, EscapesUntrustedText) {
  log_info("test", "quote \" newline \n bad \xff", {{"field", "\\"}});
  EXPECT_NE(lines_.find(R"(quote \" newline \u000a bad \ufffd)"), std::string::npos);
  EXPECT_NE(lines_.find(R"("field":"\\")"), std::string::npos);
  EXPECT_EQ(std::count(lines_.begin(), lines_.end(), '\n'), 1);
}

TEST_F(LogTest, CarriesTheRequestIdOfTheScope) {
  {
    LogRequestScope scope("req_1");
    log_info("test", "inside");
  }
  log_info("test", "outside");
  EXPECT_NE(lines_.find(R"("message":"inside","request_id":"req_1")"), std::string::npos);
  EXPECT_NE(lines_.find(R"("message":"outside"})"), std::string::npos);
}

TEST_F(LogTest, StartsEveryLineWithTheTime) {
  const std::int64_t before = SystemClock().wall_time().value();
  log_info("test", "one");
  const std::int64_t after = SystemClock().wall_time().value();
  const std::string time = lines_.substr(9, 24);
  EXPECT_GE(time, to_rfc3339(WallTime(before)));
  EXPECT_LE(time, to_rfc3339(WallTime(after)));
  EXPECT_TRUE(lines_.starts_with("{\"time\":\"" + time + "\",\"level\":\"info\"")) << lines_;
}

TEST_F(LogTest, CutsLongText) {
  log_info("test", std::string(100000, 'x'));
  EXPECT_LT(lines_.size(), 5000U);
}

TEST(LogField, CannotHoldASecret) {
  static_assert(!std::is_constructible_v<LogField, std::string_view, const SecretBytes&>);
  static_assert(!std::is_constructible_v<LogField, std::string_view, const Secret<32>&>);
}

}  // namespace
}  // namespace nsl
