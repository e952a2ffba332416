#include "runner/supervisor/run.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "runner/abi/json_text.h"
#include "runner/posix/process.h"

namespace nsl::runner::supervisor {
namespace {

using Status = v1::RunFinished;

template <class T>
T bounded(T asked, std::int64_t standard, std::int64_t most) {
  return asked == 0 ? static_cast<T>(standard) : std::min(asked, static_cast<T>(most));
}

v1::RunFinished failed(Status::Status status, Code code, std::string message) {
  v1::RunFinished finished;
  finished.set_status(status);
  finished.mutable_error()->set_code(std::string(code_text(code)));
  finished.mutable_error()->set_message(std::move(message));
  return finished;
}

abi::Seed to_seed(const std::string& given) {
  std::array<std::uint8_t, sizeof(abi::Seed)> bytes{};
  if (given.size() == bytes.size()) {
    std::ranges::copy(given, bytes.begin());
  } else {
    SystemRandom().fill(bytes);
  }
  abi::Seed seed{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    seed[i / 8] |= std::uint64_t{bytes[i]} << (8 * (i % 8));
  }
  return seed;
}

std::vector<abi::SourceFile> to_files(const v1::StartRun& start) {
  std::vector<abi::SourceFile> files;
  files.reserve(static_cast<std::size_t>(start.files_size()));
  for (const v1::SourceFile& file : start.files()) {
    files.push_back({.path = file.path(), .content = file.content()});
  }
  return files;
}

v1::RunFinished to_killed(KillReason reason) {
  switch (reason) {
    case KillReason::wall_time:
      return failed(Status::TIMED_OUT, Code::run_timed_out, "The function ran out of wall time");
    case KillReason::cpu_time:
      return failed(Status::TIMED_OUT, Code::run_timed_out, "The function ran out of CPU time");
    case KillReason::cancelled:
      return failed(Status::CANCELLED, Code::run_cancelled, "The run was cancelled");
    case KillReason::protocol:
    case KillReason::none:
      break;
  }
  return failed(Status::CRASHED, Code::runner_protocol, "The run broke the runner's protocol");
}

v1::RunFinished to_reported(const abi::Done& done, std::uint32_t output_bytes_max) {
  const auto described = [&done](Status::Status status, Code code) {
    v1::RunFinished finished = failed(status, code, done.message);
    finished.mutable_error()->set_line(done.line);
    finished.mutable_error()->set_column(done.column);
    finished.mutable_error()->set_stack(done.stack);
    finished.mutable_error()->set_file(done.file);
    return finished;
  };
  switch (done.status) {
    case abi::DoneStatus::failed:
      return described(Status::FAILED, Code::run_failed);
    case abi::DoneStatus::memory:
      return described(Status::MEMORY, Code::run_memory_exceeded);
    case abi::DoneStatus::output_too_large:
      return described(Status::OUTPUT_TOO_LARGE, Code::run_output_too_large);
    case abi::DoneStatus::output_invalid:
      return described(Status::OUTPUT_INVALID, Code::run_output_invalid);
    case abi::DoneStatus::succeeded:
      break;
  }
  if (done.output.size() > output_bytes_max) {
    return failed(Status::OUTPUT_TOO_LARGE, Code::run_output_too_large,
                  "The output is larger than " + std::to_string(output_bytes_max) + " bytes");
  }
  // TRUST: none. An engine that works never makes this happen; a captured one could.
  if (!abi::is_json_text(done.output)) {
    return failed(Status::OUTPUT_INVALID, Code::run_output_invalid,
                  "The output is not JSON, or is nested too deeply");
  }
  v1::RunFinished finished;
  finished.set_status(Status::SUCCEEDED);
  finished.set_output(done.output);
  return finished;
}

v1::RunFinished to_compiled(abi::Done&& done) {
  if (done.status != abi::DoneStatus::succeeded) return to_reported(done, 0);
  if (done.artifact.size() > static_cast<std::size_t>(limits::kFunctionArtifactBytesMax)) {
    return failed(Status::FAILED, Code::run_failed,
                  "The compiled function is larger than " +
                      std::to_string(limits::kFunctionArtifactBytesMax) + " bytes");
  }
  v1::RunFinished finished;
  finished.set_status(Status::SUCCEEDED);
  finished.set_artifact(std::move(done.artifact));
  return finished;
}

v1::RunFinished to_died(int wait_status) {
  if (WIFEXITED(wait_status)) {
    if (WEXITSTATUS(wait_status) == abi::kExitOutOfMemory) {
      return failed(Status::MEMORY, Code::run_memory_exceeded, "The function ran out of memory");
    }
    return failed(Status::CRASHED, Code::run_crashed,
                  "The function's process ended without a result");
  }
  const int signal = WTERMSIG(wait_status);
  if (signal == SIGXCPU) {
    return failed(Status::TIMED_OUT, Code::run_timed_out, "The function ran out of CPU time");
  }
  if (signal == SIGSYS) {
    return failed(Status::CRASHED, Code::run_crashed,
                  "The function's process made a forbidden system call and was killed");
  }
  // Its filter lets it send no signal, and our own kills are known: this is somebody else's, or the
  // kernel's, short of memory.
  if (signal == SIGKILL) {
    return failed(Status::LOST, Code::run_lost, "The function's process was killed from outside");
  }
  return failed(Status::CRASHED, Code::run_crashed,
                "The function's process died of signal " + std::to_string(signal));
}

}  // namespace

v1::RunLimits to_effective_limits(const v1::RunLimits& asked) {
  v1::RunLimits limits;
  limits.set_wall_ms(bounded(asked.wall_ms(), limits::kRunWallMsDefault, limits::kRunWallMsMax));
  limits.set_cpu_ms(bounded(asked.cpu_ms(), limits::kRunCpuMsMax, limits::kRunCpuMsMax));
  limits.set_memory_bytes(
      bounded(asked.memory_bytes(), limits::kRunMemoryBytesMax, limits::kRunMemoryBytesMax));
  limits.set_output_bytes(bounded(asked.output_bytes(), limits::kFunctionOutputBytesMax,
                                  limits::kFunctionOutputBytesMax));
  limits.set_log_bytes(
      bounded(asked.log_bytes(), limits::kFunctionLogBytesMax, limits::kFunctionLogBytesMax));
  limits.set_host_calls(
      bounded(asked.host_calls(), limits::kRunHostCallsMax, limits::kRunHostCallsMax));
  return limits;
}

std::size_t to_frame_bytes_max(const v1::RunLimits& limits, v1::RunKind kind) {
  constexpr std::size_t kFieldBytes = abi::kMessageBytesMax + abi::kStackBytesMax + 1024;
  // An output above its limit must still arrive as such, so the engine's own check decides there.
  const std::size_t most =
      kind == v1::COMPILE ? static_cast<std::size_t>(limits::kFunctionArtifactBytesMax)
                          : std::max<std::size_t>(limits.output_bytes(), limits::kHostCallBytesMax);
  return most + kFieldBytes;
}

abi::Job to_job(const v1::StartRun& start, const v1::RunLimits& limits) {
  abi::Job job{.memory_bytes = limits.memory_bytes(),
               .output_bytes = limits.output_bytes(),
               .log_bytes = limits.log_bytes(),
               .entry_point = start.entry_point(),
               .source = start.source(),
               .input = start.input().empty() ? "null" : start.input(),
               .context = start.context().empty() ? "{}" : start.context(),
               .time_ms = start.time_ms() != 0 ? start.time_ms() : posix::wall_ms(),
               .seed = to_seed(start.seed()),
               .artifact = start.artifact(),
               .files = to_files(start),
               .entry_file = start.entry_file()};
  switch (start.kind()) {
    case v1::EVENT:
      job.kind = abi::RunKind::event;
      break;
    case v1::SCHEDULED:
      job.kind = abi::RunKind::scheduled;
      break;
    case v1::FETCH:
      job.kind = abi::RunKind::fetch;
      break;
    case v1::COMPILE:
      job.kind = abi::RunKind::compile;
      break;
    default:  // proto3 enums are open: what this release does not know is an invocation
      job.kind = abi::RunKind::invoke;
      break;
  }
  return job;
}

v1::StartRun to_code(const v1::StartRun& start) {
  v1::StartRun code;
  code.set_source(start.source());
  code.set_artifact(start.artifact());
  *code.mutable_files() = start.files();
  code.set_entry_file(start.entry_file());
  return code;
}

bool is_same_code(const v1::StartRun& one, const v1::StartRun& other) {
  const auto is_same_file = [](const v1::SourceFile& left, const v1::SourceFile& right) {
    return left.path() == right.path() && left.content() == right.content();
  };
  return one.source() == other.source() && one.artifact() == other.artifact() &&
         one.entry_file() == other.entry_file() &&
         std::ranges::equal(one.files(), other.files(), is_same_file);
}

std::size_t to_code_hint(const v1::StartRun& start) {
  std::size_t hint = 0;
  const auto add = [&hint](const std::string& text) {
    hint = hint * 31 + std::hash<std::string>()(text);
  };
  add(start.source());
  add(start.artifact());
  add(start.entry_file());
  for (const v1::SourceFile& file : start.files()) {
    add(file.path());
    add(file.content());
  }
  return hint;
}

abi::Job to_template_job(const v1::StartRun& code) {
  const v1::RunLimits most = to_effective_limits({});
  return {.memory_bytes = most.memory_bytes(),
          .source = code.source(),
          .artifact = code.artifact(),
          .files = to_files(code),
          .entry_file = code.entry_file()};
}

v1::RunFinished to_finished(Ending ending) {
  if (ending.process == Ending::Process::not_started) {
    return failed(Status::NOT_STARTED, Code::runner_unavailable,
                  "No process could be made for the run");
  }
  if (ending.kill != KillReason::none) return to_killed(ending.kill);
  if (ending.process == Ending::Process::lost) {
    return failed(Status::LOST, Code::run_lost, "The runner's zygote died and the run with it");
  }
  // A result counts only with a clean exit: result, exit code and signal are separate witnesses.
  const bool is_clean = WIFEXITED(ending.wait_status) && WEXITSTATUS(ending.wait_status) == 0;
  if (!is_clean || !ending.done.has_value()) return to_died(ending.wait_status);
  if (ending.is_compile) return to_compiled(*std::move(ending.done));
  return to_reported(*ending.done, ending.output_bytes_max);
}

bool is_suspicious(int wait_status) {
  if (!WIFSIGNALED(wait_status)) return false;
  const int signal = WTERMSIG(wait_status);
  return signal != SIGKILL && signal != SIGXCPU;
}

}  // namespace nsl::runner::supervisor
