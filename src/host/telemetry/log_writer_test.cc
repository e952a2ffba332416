#include "host/telemetry/log_writer.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace nsl::host::telemetry {
namespace {

// A file without a name that the writer writes to.
class LogWriterTest : public ::testing::Test {
 protected:
  std::string content() {
    std::string text(1U << 22U, '\0');
    std::rewind(file_.get());
    text.resize(std::fread(text.data(), 1, text.size(), file_.get()));
    return text;
  }

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), &std::fclose};
};

TEST_F(LogWriterTest, WritesEveryLineInOrder) {
  std::string expected;
  {
    LogWriter writer(::fileno(file_.get()));
    for (int i = 0; i < 1000; ++i) {
      const std::string line = std::to_string(i) + "\n";
      writer.take(LogLevel::info, line);
      expected += line;
    }
  }
  EXPECT_EQ(content(), expected);
}

TEST_F(LogWriterTest, WritesAnErrorAtOnceAndWhatCameBeforeIt) {
  LogWriter writer(::fileno(file_.get()));
  writer.take(LogLevel::info, "one\n");
  writer.take(LogLevel::error, "two\n");
  EXPECT_EQ(content(), "one\ntwo\n");
}

TEST_F(LogWriterTest, WritesOnDemand) {
  LogWriter writer(::fileno(file_.get()));
  writer.take(LogLevel::info, "one\n");
  writer.flush();
  EXPECT_EQ(content(), "one\n");
}

TEST_F(LogWriterTest, DropsAndCountsWhatDoesNotFit) {
  LogWriter writer(::fileno(file_.get()));
  writer.take(LogLevel::info, std::string(LogWriter::kPendingBytesMax + 1, 'a'));
  EXPECT_EQ(writer.dropped(), 1U);
  writer.flush();
  EXPECT_EQ(content(), "");
}

TEST_F(LogWriterTest, TakesLinesFromManyThreads) {
  {
    LogWriter writer(::fileno(file_.get()));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&writer] {
        for (int n = 0; n < 500; ++n) writer.take(LogLevel::info, "123456789\n");
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(content().size(), 20000U);
}

}  // namespace
}  // namespace nsl::host::telemetry
