// RunnerProcess: the one way from the enclave into the cage. It starts the runner's supervisor with
// one socket, hands it runs and answers their host calls on the thread that asked for the run.
//
// TRUST: everything the runner says is untrusted. What a run says of itself counts for that run
// only; a runner that breaks the protocol is stopped and started again, its runs are lost and fail.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "nsl/runner/v1/runner.pb.h"
#include "nsl/v1/function.pb.h"

namespace nsl::enclave::execution {

// What one run asks for while it runs. Called on the thread that called run(), one at a time.
class RunHandler {
 public:
  virtual ~RunHandler() = default;
  // `index` counts the run's host calls from 0. The result is JSON text.
  virtual Result<std::string> host_call(std::uint32_t index, std::string_view method,
                                        const std::string& arguments) = 0;
  // What the run takes for the time from that call on; 0: whatever the runner says.
  virtual WallTime time() const { return WallTime(0); }
  virtual void log_line(runner::v1::LogLine::Level level, const std::string& text) = 0;
  // Asked a few times a second. Once true, the run is ended and no call of it is answered any more.
  virtual bool is_cancelled() const { return false; }
};

class Runner {
 public:
  virtual ~Runner() = default;
  // Blocks until the run has ended, one way or another. Fails only when the run could not be made
  // or the runner went away with it (Code::runner_unavailable): such a run may be started over.
  virtual Result<runner::v1::RunFinished> run(runner::v1::StartRun start, RunHandler& handler,
                                              const Deadline& deadline) = 0;
};

// The runner of each language that this enclave has one for. Borrowed.
using Runners = std::map<nsl::v1::PutFunctionRequest::Runtime, Runner*>;

class RunnerProcess final : public Runner {
 public:
  struct Command {
    // Path of the runner's program.
    std::string program;
    // Layers of the cage to go without, by name; the runner refuses what is no option.
    std::vector<std::string> layers_waived = {};
  };
  RunnerProcess(Command command, const Clock& clock);
  // Stops the supervisor, and with it every run.
  ~RunnerProcess() override;
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  // Starts the runner now, so that the first run does not wait for it. Call on a thread that lives
  // as long as this object: the runner dies with the thread that started it.
  void warm_up() { static_cast<void>(connected()); }

  Result<runner::v1::RunFinished> run(runner::v1::StartRun start, RunHandler& handler,
                                      const Deadline& deadline) override;

 private:
  class Connection;
  std::shared_ptr<Connection> connected();

  struct State;
  const Command command_;
  const Clock& clock_;
  std::unique_ptr<State> state_;
};

}  // namespace nsl::enclave::execution
