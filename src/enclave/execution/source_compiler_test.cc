#include "enclave/execution/source_compiler.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/base/limits.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::RunFinished;
using runner::v1::StartRun;

// Answers as it is told, and remembers what it was asked.
class FakeRunner final : public Runner {
 public:
  Result<RunFinished> run(StartRun start, RunHandler& handler,
                          const Deadline& /*deadline*/) override {
    asked = std::move(start);
    host_call = handler.host_call(0, "secrets.get", "{}");
    if (meanwhile) meanwhile();
    return answer;
  }

  StartRun asked;
  Result<std::string> host_call = fail(Code::internal);
  RunFinished answer;
  std::function<void()> meanwhile;
};

class SourceCompilerTest : public ::testing::Test {
 protected:
  Result<std::string> check(nsl::v1::PutFunctionRequest::Runtime runtime) {
    stored::FunctionVersionRecord version;
    version.mutable_content()->set_runtime(runtime);
    version.mutable_content()->set_source("the source");
    return compiler_.check("acc_alice", version, Deadline::after_ms(clock_, 60'000));
  }
  Result<std::string> check_of(const std::string& account, const std::string& name) {
    stored::FunctionVersionRecord version;
    version.mutable_content()->set_name(name);
    version.mutable_content()->set_runtime(nsl::v1::PutFunctionRequest::csharp);
    return compiler_.check(account, version, Deadline::after_ms(clock_, 60'000));
  }
  Result<std::string> check() { return check(nsl::v1::PutFunctionRequest::csharp); }

  SystemClock clock_;
  FakeRunner runner_;
  Runners runners_ = {{nsl::v1::PutFunctionRequest::csharp, &runner_}};
  SourceCompiler compiler_{runners_};
};

TEST_F(SourceCompilerTest, GivesWhatTheRunnerMadeOfTheSource) {
  runner_.answer.set_status(RunFinished::SUCCEEDED);
  runner_.answer.set_artifact("bytes");
  EXPECT_EQ(check().value(), "bytes");
  EXPECT_EQ(runner_.asked.source(), "the source");
  EXPECT_EQ(runner_.asked.kind(), runner::v1::COMPILE);
}

TEST_F(SourceCompilerTest, NamesThePlaceOfAMistake) {
  runner_.answer.set_status(RunFinished::FAILED);
  runner_.answer.mutable_error()->set_message("CS1002: ; expected");
  runner_.answer.mutable_error()->set_line(3);
  runner_.answer.mutable_error()->set_column(5);
  EXPECT_EQ(check().error().code(), Code::function_invalid);
  EXPECT_EQ(check().error().message(), "/source: line 3, column 5: CS1002: ; expected");
}

TEST_F(SourceCompilerTest, NamesTheFileOfAMistake) {
  runner_.answer.set_status(RunFinished::FAILED);
  runner_.answer.mutable_error()->set_message("SyntaxError");
  runner_.answer.mutable_error()->set_file("lib/price.cs");
  EXPECT_EQ(check().error().message(), "/archive: lib/price.cs: SyntaxError");
  runner_.answer.mutable_error()->set_line(3);
  runner_.answer.mutable_error()->set_column(5);
  EXPECT_EQ(check().error().message(), "/archive: lib/price.cs: line 3, column 5: SyntaxError");
}

TEST_F(SourceCompilerTest, GivesAllFilesToTheRunner) {
  runner_.answer.set_status(RunFinished::SUCCEEDED);
  stored::FunctionVersionRecord version;
  version.mutable_content()->set_runtime(nsl::v1::PutFunctionRequest::csharp);
  version.mutable_content()->set_entry_file("Function.cs");
  for (const char* path : {"Function.cs", "lib/Price.cs"}) version.add_files()->set_path(path);
  ASSERT_TRUE(
      compiler_.check("acc_alice", version, Deadline::after_ms(clock_, 60'000)).has_value());
  ASSERT_EQ(runner_.asked.files_size(), 2);
  EXPECT_EQ(runner_.asked.files(1).path(), "lib/Price.cs");
  EXPECT_EQ(runner_.asked.entry_file(), "Function.cs");
}

TEST_F(SourceCompilerTest, ASourceThatTheCompilerDoesNotSurviveIsNotValid) {
  for (const auto status : {RunFinished::TIMED_OUT, RunFinished::MEMORY, RunFinished::CRASHED}) {
    runner_.answer.set_status(status);
    EXPECT_EQ(check().error().code(), Code::function_invalid) << status;
  }
}

TEST_F(SourceCompilerTest, ARunnerThatIsAwayIsNotTheSourcesFault) {
  for (const auto status : {RunFinished::LOST, RunFinished::NOT_STARTED}) {
    runner_.answer.set_status(status);
    EXPECT_EQ(check().error().code(), Code::runner_unavailable) << status;
  }
}

TEST_F(SourceCompilerTest, GivesNothingToWhatCompiles) {
  runner_.answer.set_status(RunFinished::SUCCEEDED);
  ASSERT_TRUE(check().has_value());
  EXPECT_EQ(runner_.host_call.error().code(), Code::run_host_call_refused);
  EXPECT_TRUE(runner_.asked.input().empty());
  EXPECT_TRUE(runner_.asked.context().empty());
}

TEST_F(SourceCompilerTest, BelievesNoSizeAboveTheLimit) {
  runner_.answer.set_status(RunFinished::SUCCEEDED);
  runner_.answer.set_artifact(
      std::string(static_cast<std::size_t>(limits::kFunctionArtifactBytesMax) + 1, 'x'));
  EXPECT_EQ(check().error().code(), Code::runner_protocol);
}

TEST_F(SourceCompilerTest, OneAccountLeavesRoomForTheSourcesOfOthers) {
  runner_.answer.set_status(RunFinished::SUCCEEDED);
  std::int64_t under_way = 0;
  runner_.meanwhile = [this, &under_way] {
    if (++under_way < limits::kRunsOfAccountMax) {
      EXPECT_TRUE(check_of("acc_alice", "f" + std::to_string(under_way)).has_value());
      return;
    }
    runner_.meanwhile = nullptr;
    EXPECT_EQ(check_of("acc_alice", "more").error().code(), Code::overloaded);
    EXPECT_TRUE(check_of("acc_bob", "more").has_value());
  };
  EXPECT_TRUE(check_of("acc_alice", "f0").has_value());
  EXPECT_EQ(under_way, limits::kRunsOfAccountMax);
  EXPECT_TRUE(check_of("acc_alice", "more").has_value());
}

TEST_F(SourceCompilerTest, RefusesALanguageWithoutARunner) {
  EXPECT_EQ(check(nsl::v1::PutFunctionRequest::python).error().code(), Code::runtime_unsupported);
}

}  // namespace
}  // namespace nsl::enclave::execution
