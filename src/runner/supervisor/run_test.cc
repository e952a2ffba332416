#include "runner/supervisor/run.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "core/base/limits.h"

namespace nsl::runner::supervisor {
namespace {

using Status = v1::RunFinished;

// Wait statuses as wait(2) encodes them.
constexpr int kExitedCleanly = 0;
constexpr int exited(int code) { return code << 8; }

Ending with_done(abi::Done done) {
  Ending ending{.output_bytes_max = 16};
  ending.done = std::move(done);
  return ending;
}

TEST(Run, ZeroLimitsAreTheDefaultsAndLargeOnesAreCut) {
  const v1::RunLimits standard = to_effective_limits({});
  EXPECT_EQ(standard.wall_ms(), limits::kRunWallMsDefault);
  EXPECT_EQ(standard.memory_bytes(), static_cast<std::uint64_t>(limits::kRunMemoryBytesMax));
  v1::RunLimits asked;
  asked.set_wall_ms(0xffffffff);
  asked.set_cpu_ms(0xffffffff);
  asked.set_memory_bytes(UINT64_MAX);
  asked.set_output_bytes(0xffffffff);
  asked.set_host_calls(7);
  const v1::RunLimits cut = to_effective_limits(asked);
  EXPECT_EQ(cut.wall_ms(), limits::kRunWallMsMax);
  EXPECT_EQ(cut.cpu_ms(), limits::kRunCpuMsMax);
  EXPECT_EQ(cut.memory_bytes(), static_cast<std::uint64_t>(limits::kRunMemoryBytesMax));
  EXPECT_EQ(cut.output_bytes(), limits::kFunctionOutputBytesMax);
  EXPECT_EQ(cut.host_calls(), 7U);
  asked.set_host_calls(0xffffffff);
  EXPECT_EQ(to_effective_limits(asked).host_calls(), limits::kRunHostCallsMax);
}

TEST(Run, AResultWithACleanExitSucceeds) {
  const auto finished = to_finished(with_done({.output = "{\"a\":1}"}));
  EXPECT_EQ(finished.status(), Status::SUCCEEDED);
  EXPECT_EQ(finished.output(), "{\"a\":1}");
  EXPECT_FALSE(finished.has_error());
}

TEST(Run, AResultWithoutACleanExitIsACrash) {
  Ending ending = with_done({.output = "1"});
  ending.wait_status = SIGSEGV;
  EXPECT_EQ(to_finished(ending).status(), Status::CRASHED);
  EXPECT_EQ(to_finished(ending).error().code(), code_text(Code::run_crashed));
  ending.wait_status = exited(1);
  EXPECT_EQ(to_finished(ending).status(), Status::CRASHED);
}

TEST(Run, ACleanExitWithoutAResultIsACrash) {
  EXPECT_EQ(to_finished({.wait_status = kExitedCleanly}).status(), Status::CRASHED);
}

TEST(Run, TheReasonOfTheKillWins) {
  Ending ending = with_done({.output = "1"});
  ending.wait_status = SIGKILL;
  ending.kill = KillReason::wall_time;
  EXPECT_EQ(to_finished(ending).status(), Status::TIMED_OUT);
  ending.kill = KillReason::cpu_time;
  EXPECT_EQ(to_finished(ending).error().code(), code_text(Code::run_timed_out));
  ending.kill = KillReason::cancelled;
  EXPECT_EQ(to_finished(ending).status(), Status::CANCELLED);
  EXPECT_EQ(to_finished(ending).error().code(), code_text(Code::run_cancelled));
  ending.kill = KillReason::protocol;
  EXPECT_EQ(to_finished(ending).error().code(), code_text(Code::runner_protocol));
}

TEST(Run, OutputOfACapturedEngineIsCheckedAgain) {
  EXPECT_EQ(to_finished(with_done({.output = "NaN"})).status(), Status::OUTPUT_INVALID);
  EXPECT_EQ(to_finished(with_done({.output = std::string(17, '1')})).status(),
            Status::OUTPUT_TOO_LARGE);
}

TEST(Run, MapsDeathToWhatTheUserCanMend) {
  EXPECT_EQ(to_finished({.wait_status = exited(abi::kExitOutOfMemory)}).status(), Status::MEMORY);
  EXPECT_EQ(to_finished({.wait_status = SIGXCPU}).status(), Status::TIMED_OUT);
  EXPECT_EQ(to_finished({.wait_status = SIGSYS}).status(), Status::CRASHED);
  EXPECT_EQ(to_finished({.wait_status = SIGKILL}).status(), Status::LOST);
  EXPECT_EQ(to_finished({.process = Ending::Process::lost}).status(), Status::LOST);
  EXPECT_EQ(to_finished({.process = Ending::Process::not_started}).status(), Status::NOT_STARTED);
}

TEST(Run, AnErrorKeepsItsPlaceInTheSource) {
  const auto finished = to_finished(with_done({.status = abi::DoneStatus::failed,
                                               .message = "boom",
                                               .line = 3,
                                               .column = 9,
                                               .stack = "at main"}));
  EXPECT_EQ(finished.status(), Status::FAILED);
  EXPECT_EQ(finished.error().code(), code_text(Code::run_failed));
  EXPECT_EQ(finished.error().message(), "boom");
  EXPECT_EQ(finished.error().line(), 3U);
  EXPECT_EQ(finished.error().column(), 9U);
}

TEST(Run, OnlyCorruptionMakesAZygoteSuspicious) {
  EXPECT_TRUE(is_suspicious(SIGSEGV));
  EXPECT_TRUE(is_suspicious(SIGSYS));
  EXPECT_FALSE(is_suspicious(SIGKILL));
  EXPECT_FALSE(is_suspicious(exited(1)));
}

TEST(Run, AFunctionOfSeveralFilesGetsThemAll) {
  v1::StartRun start;
  for (const char* path : {"lib/price.js", "main.js"}) {
    v1::SourceFile& file = *start.add_files();
    file.set_path(path);
    file.set_content("export {}");
  }
  start.set_entry_file("main.js");
  const abi::Job job = to_job(start, to_effective_limits({}));
  ASSERT_EQ(job.files.size(), 2U);
  EXPECT_EQ(job.files[0].path, "lib/price.js");
  EXPECT_EQ(job.files[0].content, "export {}");
  EXPECT_EQ(job.entry_file, "main.js");
  EXPECT_EQ(job.source, "");
}

TEST(Run, AnErrorNamesItsFile) {
  const auto finished = to_finished(with_done(
      {.status = abi::DoneStatus::failed, .message = "m", .line = 3, .file = "lib/price.js"}));
  EXPECT_EQ(finished.error().file(), "lib/price.js");
}

TEST(Run, WhatWasCompiledIsHandedOn) {
  Ending ending = with_done({.artifact = "bytes"});
  ending.is_compile = true;
  const auto finished = to_finished(std::move(ending));
  EXPECT_EQ(finished.status(), Status::SUCCEEDED);
  EXPECT_EQ(finished.artifact(), "bytes");
  // A run has no artifact, whatever it says.
  EXPECT_TRUE(to_finished(with_done({.output = "1", .artifact = "bytes"})).artifact().empty());
}

TEST(Run, ACompiledFormAboveTheLimitIsRefused) {
  Ending ending =
      with_done({.artifact = std::string(
                     static_cast<std::size_t>(limits::kFunctionArtifactBytesMax) + 1, 'x')});
  ending.is_compile = true;
  const auto finished = to_finished(std::move(ending));
  EXPECT_EQ(finished.status(), Status::FAILED);
  EXPECT_TRUE(finished.artifact().empty());
  EXPECT_LT(to_frame_bytes_max({}, v1::COMPILE),
            std::size_t{2} * limits::kFunctionArtifactBytesMax);
}

TEST(Run, AMistakeInTheSourceKeepsItsPlace) {
  Ending ending =
      with_done({.status = abi::DoneStatus::failed, .message = "m", .line = 3, .column = 4});
  ending.is_compile = true;
  EXPECT_EQ(to_finished(ending).error().line(), 3U);
  EXPECT_EQ(to_finished(ending).error().column(), 4U);
}

}  // namespace
}  // namespace nsl::runner::supervisor
