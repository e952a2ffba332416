// RunnerLink: the real runner on this machine, driven as the enclave drives it, without an enclave.
// One run at a time. The runner gets nothing of this process but the socket; it dies with this
// object.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "nsl/runner/v1/runner.pb.h"

namespace nsl::client::function_test {

// 2023-11-14T22:13:20Z: a test sees the same time whenever it runs.
inline constexpr std::uint64_t kTestTimeMs = 1'700'000'000'000;

// The reply to a host call.
struct Answer {
  // JSON text.
  std::string value = {};
  // Set: the call is refused with this code ("NSL-WALLET-0004") and message.
  std::string code = {};
  std::string message = {};
};

// What is asked of a run's surroundings.
struct Surroundings {
  std::function<Answer(const runner::v1::HostCall&)> answer;
  std::function<void(const runner::v1::LogLine&)> log;
};

class RunnerLink {
 public:
  // `arguments` follow --control-fd N. Code::runner_unavailable when it cannot be started.
  static Result<RunnerLink> start(const std::filesystem::path& program,
                                  const std::vector<std::string>& arguments);
  ~RunnerLink();
  RunnerLink(RunnerLink&& other) noexcept;
  RunnerLink& operator=(RunnerLink&& other) = delete;

  // Code::runner_unavailable when the runner went away.
  Result<runner::v1::RunFinished> run(runner::v1::StartRun start, const Surroundings& with);

 private:
  RunnerLink(int pid, int socket) : pid_(pid), socket_(socket) {}
  Result<void> send(const runner::v1::ToRunner& message) const;
  Result<runner::v1::FromRunner> receive() const;
  Result<void> reply(const runner::v1::HostCall& call, const Surroundings& with) const;

  int pid_;
  int socket_;
  std::uint64_t next_key_ = 1;
};

}  // namespace nsl::client::function_test
