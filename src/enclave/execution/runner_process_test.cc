#include "enclave/execution/runner_process.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "core/base/limits.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::RunFinished;
using runner::v1::StartRun;

class RecordingHandler final : public RunHandler {
 public:
  Result<std::string> host_call(std::uint32_t index, std::string_view method,
                                const std::string& arguments) override {
    calls.push_back(std::to_string(index) + " " + std::string(method) + " " + arguments);
    return answer;
  }
  WallTime time() const override { return WallTime(1'700'000'000'000); }
  void log_line(runner::v1::LogLine::Level, const std::string& text) override {
    lines.push_back(text);
  }

  Result<std::string> answer = "1700000000000";
  std::vector<std::string> calls;
  std::vector<std::string> lines;
};

std::string program(const char* name) {
  return std::string(std::getenv("NSL_BINARY_DIR")) + "/bin/" + name;
}

class RunnerProcessTest : public ::testing::Test {
 protected:
  Result<RunFinished> run(const char* behaviour, const char* input = "1") {
    return run(behaviour, input, Deadline::after_ms(clock_, 60'000));
  }
  Result<RunFinished> run(const char* behaviour, const char* input, const Deadline& deadline) {
    StartRun start;
    start.set_source(behaviour);
    start.set_input(input);
    start.mutable_limits()->set_wall_ms(60'000);
    return runner_.run(std::move(start), handler_, deadline);
  }
  std::string output_of(const char* behaviour) {
    const auto finished = run(behaviour);
    return finished.has_value() ? finished->output() : finished.error().message();
  }

  SystemClock clock_;
  RecordingHandler handler_;
  RunnerProcess runner_{{.program = program("nsl-runner-double")}, clock_};
};

TEST_F(RunnerProcessTest, GivesBackWhatTheRunEndedWith) {
  const auto finished = run("return input", R"({"a":1})");
  ASSERT_TRUE(finished.has_value()) << finished.error().message();
  EXPECT_EQ(finished->status(), RunFinished::SUCCEEDED);
  EXPECT_EQ(finished->output(), R"({"a":1})");
}

TEST_F(RunnerProcessTest, AnswersAHostCall) {
  EXPECT_EQ(output_of("call the host"), "1700000000000");
  EXPECT_EQ(handler_.calls, std::vector<std::string>{"0 time.now {}"});
}

TEST_F(RunnerProcessTest, AnswersARefusedHostCallWithItsCode) {
  handler_.answer = fail(Code::permission_denied);
  EXPECT_EQ(output_of("call the host"),
            '"' + std::string(code_text(Code::permission_denied)) + '"');
}

TEST_F(RunnerProcessTest, PassesLogLinesOnInOrder) {
  EXPECT_EQ(output_of("log twice"), "null");
  EXPECT_EQ(handler_.lines, (std::vector<std::string>{"one", "two"}));
}

TEST_F(RunnerProcessTest, SaysThatTheRunnerIsMissing) {
  RunnerProcess missing({.program = program("no-such-program")}, clock_);
  const auto finished = missing.run({}, handler_, Deadline::after_ms(clock_, 60'000));
  EXPECT_EQ(finished.error().code(), Code::runner_unavailable);
}

TEST_F(RunnerProcessTest, FailsTheRunsOfARunnerThatDiesAndStartsItAgain) {
  EXPECT_EQ(run("die").error().code(), Code::runner_unavailable);
  EXPECT_EQ(output_of("return input"), "1");
}

TEST_F(RunnerProcessTest, StopsListeningToARunnerThatBreaksTheProtocol) {
  for (const char* broken : {"send a frame too large", "send what is no message"}) {
    EXPECT_EQ(run(broken).error().code(), Code::runner_unavailable) << broken;
    EXPECT_EQ(output_of("return input"), "1") << broken;
  }
}

TEST_F(RunnerProcessTest, KeepsABoundedNumberOfMessagesOfOneRun) {
  // While the first line is being taken the rest piles up, until the runner is not listened to any
  // longer. A second run says when: on that runner it fails then, and on the next one it succeeds.
  class SlowHandler final : public RunHandler {
   public:
    explicit SlowHandler(std::function<void()> on_first_line)
        : on_first_line_(std::move(on_first_line)) {}
    Result<std::string> host_call(std::uint32_t, std::string_view, const std::string&) override {
      return fail(Code::internal);
    }
    void log_line(runner::v1::LogLine::Level, const std::string&) override {
      if (++lines == 1) on_first_line_();
    }
    std::int64_t lines = 0;

   private:
    std::function<void()> on_first_line_;
  } slow([this] {
    const auto second = run("return input");
    EXPECT_TRUE(second.has_value() || second.error().code() == Code::runner_unavailable);
  });
  StartRun start;
  start.set_source("log without end");
  start.mutable_limits()->set_wall_ms(60'000);
  const auto finished = runner_.run(std::move(start), slow, Deadline::after_ms(clock_, 60'000));
  EXPECT_EQ(finished.error().code(), Code::runner_unavailable);
  EXPECT_LE(slow.lines, limits::kFunctionLogLinesMax + limits::kRunHostCallsMax + 2);
}

TEST_F(RunnerProcessTest, TellsARunTheTimeWithEveryReply) {
  EXPECT_EQ(output_of("ask for the time"), "1700000000000");
}

TEST_F(RunnerProcessTest, ForgetsWhatIsSaidOfARunNobodyWaitsFor) {
  EXPECT_EQ(output_of("speak for another run"), "\"own\"");
  EXPECT_EQ(output_of("return input"), "1");
}

TEST_F(RunnerProcessTest, CancelsARunThatDoesNotEndInTime) {
  const auto finished = run("never answer", "1", Deadline::after_ms(clock_, 20));
  EXPECT_EQ(finished.error().code(), Code::deadline_exceeded);
  EXPECT_EQ(output_of("count cancels"), "1");
}

TEST_F(RunnerProcessTest, CancelsARunWhoseOwnerWantsItEnded) {
  class CancelledHandler final : public RunHandler {
   public:
    Result<std::string> host_call(std::uint32_t, std::string_view, const std::string&) override {
      ++calls;
      return "1";
    }
    void log_line(runner::v1::LogLine::Level, const std::string&) override {}
    bool is_cancelled() const override { return true; }
    int calls = 0;
  } handler;
  StartRun start;
  start.set_source("never answer");
  start.mutable_limits()->set_wall_ms(60'000);
  const auto finished = runner_.run(std::move(start), handler, Deadline::after_ms(clock_, 60'000));
  ASSERT_TRUE(finished.has_value()) << finished.error().message();
  EXPECT_EQ(finished->status(), RunFinished::CANCELLED);
  EXPECT_EQ(handler.calls, 0);
}

TEST_F(RunnerProcessTest, ServesRunsSideBySide) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([this, i] {
      RecordingHandler handler;
      StartRun start;
      start.set_source("return input");
      start.set_input(std::to_string(i));
      start.mutable_limits()->set_wall_ms(60'000);
      const auto finished =
          runner_.run(std::move(start), handler, Deadline::after_ms(clock_, 60'000));
      ASSERT_TRUE(finished.has_value()) << finished.error().message();
      EXPECT_EQ(finished->output(), std::to_string(i));
    });
  }
}

}  // namespace
}  // namespace nsl::enclave::execution
