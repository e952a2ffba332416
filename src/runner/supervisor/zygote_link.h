// The supervisor's end of one zygote: its process and its packet socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "runner/posix/descriptor.h"
#include "runner/posix/process.h"
#include "runner/zygote/zygote.h"

namespace nsl::runner::supervisor {

struct Heard {
  zygote::Notice notice;
  posix::Descriptor pidfd;
};

// What a zygote is asked for.
enum class ZygoteRole : std::uint8_t { runs, compiles };

class ZygoteLink {
 public:
  // Starts this executable again with `arguments`; it is ready when it says so.
  static Result<ZygoteLink> start(const std::vector<std::string>& arguments, ZygoteRole role);
  // Kills the zygote, and with it every run of it.
  ~ZygoteLink();
  ZygoteLink(ZygoteLink&&) noexcept;
  ZygoteLink& operator=(ZygoteLink&&) = delete;

  int number() const { return socket_.number(); }
  pid_t pid() const { return pid_; }
  // The next notice that has arrived; an error when the zygote is gone.
  Result<std::optional<Heard>> next();
  // False when it takes no more requests now.
  Result<bool> fork_run(const zygote::ForkRequest& request, const posix::Descriptor& socket);

  // One of its processes is gone, or could not be made.
  void forget_process();

  ZygoteRole role = ZygoteRole::runs;
  bool is_ready = false;
  bool is_retired = false;  // serves the runs it has, gets no new ones
  // Runs, and the process that waits for one.
  std::uint32_t processes_alive = 0;
  std::int64_t processes_made = 0;
  std::int64_t started_us = 0;
  sandbox::Layers layers = 0;
  std::string engine;

 private:
  ZygoteLink(pid_t pid, posix::Descriptor socket);
  pid_t pid_;
  posix::Descriptor socket_;
};

}  // namespace nsl::runner::supervisor
