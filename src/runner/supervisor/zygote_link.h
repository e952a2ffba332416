// The supervisor's end of one zygote or one template: its process and its packet socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "nsl/runner/v1/runner.pb.h"
#include "runner/abi/frame_buffer.h"
#include "runner/posix/descriptor.h"
#include "runner/posix/process.h"
#include "runner/zygote/zygote.h"

namespace nsl::runner::supervisor {

struct Heard {
  zygote::Notice notice;
  posix::Descriptor pidfd;
};

// What a zygote is asked for.
enum class ZygoteRole : std::uint8_t { runs, compiles, version_template };

class ZygoteLink;

// What makes a link that of a template. It belongs to one code and never to another.
struct VersionTemplate {
  // Whose child it is; outlives it.
  ZygoteLink* zygote = nullptr;
  std::uint64_t slot = 0;
  v1::StartRun code;
  std::size_t code_hint = 0;
  posix::Descriptor pidfd;
  // The code on its way; closed once it is sent.
  posix::Descriptor code_socket;
  abi::OutBuffer code_out;
  std::int64_t used_us = 0;
  // Its memory before it loaded anything, and what it has beyond that since.
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes = 0;
};

class ZygoteLink {
 public:
  // Starts this executable again with `arguments`; it is ready when it says so.
  static Result<ZygoteLink> start(const std::vector<std::string>& arguments, ZygoteRole role);
  // A template that `zygote` is asked to fork; nothing while that takes no requests. Its code is to
  // be sent once it has started.
  static Result<std::optional<ZygoteLink>> start_template(ZygoteLink& zygote,
                                                          const zygote::ForkRequest& request,
                                                          const v1::StartRun& start);
  // Kills the zygote or template, and with it every run of it.
  ~ZygoteLink();
  ZygoteLink(ZygoteLink&&) noexcept;
  ZygoteLink& operator=(ZygoteLink&&) = delete;

  int number() const { return socket_.number(); }
  pid_t pid() const { return pid_; }
  // The next notice that has arrived; an error when the zygote is gone.
  Result<std::optional<Heard>> next();
  // False when it takes no more requests now.
  Result<bool> fork_process(const zygote::ForkRequest& request, const posix::Descriptor& socket);
  // Writes what the code's socket takes now.
  void send_code();

  // Its processes by their slots: runs, templates, and those that wait for a run.
  std::size_t processes_alive() const { return slots_.size(); }
  bool has_process(std::uint64_t slot) const { return slots_.contains(slot); }
  // It was asked for.
  void add_process(std::uint64_t slot);
  // It is gone, or could not be made.
  void forget_process(std::uint64_t slot);

  ZygoteRole role = ZygoteRole::runs;
  bool is_ready = false;
  bool is_retired = false;  // serves the runs it has, gets no new ones
  std::int64_t processes_made = 0;
  std::int64_t notices_heard = 0;
  std::int64_t started_us = 0;
  // A run has begun since the last process was made that waits for one.
  bool is_spare_due = false;
  sandbox::Layers layers = 0;
  std::string engine;
  // Null of a zygote.
  std::unique_ptr<VersionTemplate> version = {};

 private:
  ZygoteLink(pid_t pid, posix::Descriptor socket);
  // 0 of a template, which is not our child.
  pid_t pid_;
  posix::Descriptor socket_;
  std::unordered_set<std::uint64_t> slots_;
};

}  // namespace nsl::runner::supervisor
