// The enclave's end of the control socket for tests and benchmarks: starts a real runner program,
// speaks nsl.runner.v1 with it, answers host calls from a table.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nsl/runner/v1/runner.pb.h"
#include "runner/abi/frame_buffer.h"
#include "runner/posix/descriptor.h"

namespace nsl::runner::testing {

// Gives the result as JSON text; an error's message starts with '!'.
using HostFunction = std::function<std::string(const v1::HostCall& call)>;

struct RunRecord {
  v1::RunFinished finished;
  std::vector<v1::LogLine> logs;
  std::vector<v1::HostCall> calls;
};

class Driver {
 public:
  // A program of this build's bin/ folder.
  explicit Driver(const std::string& program, std::vector<std::string> arguments = {});
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  void on(const std::string& method, HostFunction function) {
    functions_[method] = std::move(function);
  }

  // What replies say the time is from now on, a host function's own among them; 0: the runner's.
  void set_time(std::uint64_t time_ms) { time_ms_ = time_ms; }

  void send(const v1::ToRunner& message);
  void send_raw(std::string_view bytes);
  // The key it chose when the request has none.
  std::uint64_t start(v1::StartRun request);
  // The next message; nothing when the program closed its end or said nothing for 30 s.
  std::optional<v1::FromRunner> receive();
  // Serves host calls and collects logs until run `key` has finished.
  RunRecord finish(std::uint64_t key);
  RunRecord run(v1::StartRun request) { return finish(start(std::move(request))); }
  RunRecord run(const std::string& source, const std::string& input = "null");
  const v1::RunnerReady& wait_ready();

  pid_t pid() const { return pid_; }
  // The runner's children, and theirs.
  std::vector<pid_t> descendants() const;
  // The end of the enclave; the program's exit code, or -signal.
  int close_and_wait();

 private:
  void take(const v1::FromRunner& message);

  pid_t pid_ = -1;
  posix::Descriptor control_;
  abi::FrameReader in_{8 << 20};
  std::uint64_t next_key_ = 1;
  std::uint64_t time_ms_ = 0;
  std::map<std::string, HostFunction> functions_;
  std::map<std::uint64_t, RunRecord> records_;
  std::optional<v1::RunnerReady> ready_;
};

// Children of `pid` by the kernel's account.
std::vector<pid_t> children_of(pid_t pid);
std::size_t thread_count(pid_t pid);
bool is_alive(pid_t pid);
// Until no process of `pids` is alive, at most 10 s.
bool wait_until_gone(const std::vector<pid_t>& pids);
void kill_hard(pid_t pid);

}  // namespace nsl::runner::testing
