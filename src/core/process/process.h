// The life of a server process.
#pragma once

#include <functional>
#include <thread>

namespace nsl::process {

// Keeps SIGINT and SIGTERM from interrupting any thread, ignores SIGPIPE. Call first in main: new
// threads inherit it.
void hold_stop_signals();

// Calls `stop` once, on a thread of its own, when SIGINT or SIGTERM comes.
class StopSignal {
 public:
  explicit StopSignal(std::function<void()> stop);
  // Joins the thread.
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

 private:
  std::thread thread_;
};

// The kernel sends SIGTERM to this process when its parent dies.
void die_with_parent();

// Memory with keys must not end up in a file; also keeps other processes of the user from tracing.
void refuse_core_dumps();

}  // namespace nsl::process
