#include "enclave/runs/run_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"

namespace nsl::enclave::runs {
namespace {

nsl::v1::RunLogs::Line line(const char* text) {
  nsl::v1::RunLogs::Line result;
  result.set_text(text);
  return result;
}

class RunFeedTest : public ::testing::Test {
 protected:
  nsl::v1::RunLogs read(LogCursor cursor, std::int64_t wait_ms = 0) {
    const Deadline until = Deadline::after_ms(clock_, wait_ms);
    return feed_.read("run_1", cursor,
                      {.clock = clock_, .deadline = until, .is_abandoned = is_abandoned_});
  }
  static LogCursor cursor_of(const nsl::v1::RunLogs& logs) {
    return LogCursor::parse(logs.next_cursor()).value();
  }
  void wait_for_waiters(std::int64_t count) {
    while (feed_.waiters() != count) std::this_thread::yield();
  }

  static constexpr std::int64_t kLong = 30000;
  SystemClock clock_;
  RunFeed feed_;
  std::atomic<bool> has_gone_ = false;
  std::function<bool()> is_abandoned_ = [this] { return has_gone_.load(); };
};

TEST_F(RunFeedTest, GoesOnBehindTheCursor) {
  feed_.begin("run_1", 1);
  feed_.add("run_1", line("one"));
  const auto first = read({});
  ASSERT_EQ(first.lines_size(), 1);
  feed_.add("run_1", line("two"));
  const auto second = read(cursor_of(first));
  ASSERT_EQ(second.lines_size(), 1);
  EXPECT_EQ(second.lines(0).text(), "two");
  EXPECT_EQ(read(cursor_of(second)).lines_size(), 0);
}

TEST_F(RunFeedTest, ARunThatStartsOverIsShownFromItsFirstLine) {
  feed_.begin("run_1", 1);
  feed_.add("run_1", line("one"));
  feed_.add("run_1", line("two"));
  const auto first = read({});
  feed_.begin("run_1", 2);
  feed_.add("run_1", line("one again"));
  const auto second = read(cursor_of(first));
  ASSERT_EQ(second.lines_size(), 1);
  EXPECT_EQ(second.lines(0).text(), "one again");
  EXPECT_EQ(second.next_cursor(), "2.1");
}

TEST_F(RunFeedTest, WhoWaitsIsWokenByTheNextLine) {
  feed_.begin("run_1", 1);
  nsl::v1::RunLogs seen;
  std::thread reader([&] { seen = read({.start = 1, .line = 0}, kLong); });
  wait_for_waiters(1);
  feed_.add("run_1", line("one"));
  reader.join();
  EXPECT_EQ(seen.lines_size(), 1);
}

TEST_F(RunFeedTest, WhoWaitsIsWokenByTheEnd) {
  feed_.begin("run_1", 1);
  nsl::v1::RunLogs seen;
  std::thread reader([&] { seen = read({.start = 1, .line = 0}, kLong); });
  wait_for_waiters(1);
  feed_.end("run_1");
  reader.join();
  EXPECT_EQ(seen.lines_size(), 0);
  EXPECT_EQ(seen.next_cursor(), "1.0");
}

TEST_F(RunFeedTest, WhoHasGoneAwayTakesNoPlace) {
  feed_.begin("run_1", 1);
  std::thread reader([&] { read({.start = 1, .line = 0}, kLong); });
  wait_for_waiters(1);
  has_gone_ = true;
  reader.join();
  EXPECT_EQ(feed_.waiters(), 0);
}

TEST_F(RunFeedTest, BoundsWhoWaits) {
  feed_.begin("run_1", 1);
  std::vector<std::thread> readers;
  for (std::int64_t i = 0; i < limits::kRunLogWaitersMax; ++i) {
    readers.emplace_back([&] { read({.start = 1, .line = 0}, kLong); });
  }
  wait_for_waiters(limits::kRunLogWaitersMax);
  EXPECT_EQ(read({.start = 1, .line = 0}, kLong).lines_size(), 0) << "answered at once";
  feed_.end("run_1");
  for (std::thread& reader : readers) reader.join();
}

TEST_F(RunFeedTest, RefusesACursorThatIsNone) {
  for (const char* text : {"x", "1", "1.", ".1", "1.x", "-1.0", "1.1.1", "1.99999999999"}) {
    EXPECT_EQ(LogCursor::parse(text).error().code(), Code::invalid_argument) << text;
  }
  EXPECT_EQ(LogCursor::parse("3.14").value().to_text(), "3.14");
}

TEST_F(RunFeedTest, ACursorBehindTheLastLineShowsNothing) {
  feed_.begin("run_1", 1);
  feed_.add("run_1", line("one"));
  EXPECT_EQ(read({.start = 1, .line = 4'000'000'000U}).lines_size(), 0);
}

}  // namespace
}  // namespace nsl::enclave::runs
