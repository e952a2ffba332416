// Child processes of `nsl dev`. A child runs in a process group of its own, so that Ctrl-C reaches
// this program first and it stops them in order, and dies with this program whatever happens.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace nsl::client::dev {

class Process {
 public:
  struct Options {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    // Standard output and error are appended here.
    std::filesystem::path log_file;
  };

  // Code::io_failed when it cannot be started.
  static Result<Process> start(const Options& options);
  // Kills what still runs.
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  int descriptor() const { return descriptor_; }
  // Its end in words ("exit status 1"), once it has ended.
  std::optional<std::string> ending();
  // Asks it to stop, and kills it when it has not within the time.
  void stop(std::int64_t timeout_ms);

 private:
  Process(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor) {}
  void release() noexcept;

  pid_t pid_ = -1;
  int descriptor_ = -1;
  std::optional<std::string> ending_;
};

// While it lives, SIGINT and SIGTERM do not end the program but wake wait().
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  enum class Woken : std::uint8_t { stop, child, timeout };
  // Until a signal comes, one of the processes ends, or the time is over (-1: never).
  Woken wait(const std::vector<Process*>& processes, int timeout_ms);

 private:
  int descriptor_;
};

// A fresh folder of mode 0700 for sockets; their paths must stay short.
Result<std::filesystem::path> make_socket_folder();

// Holds the state folder for this program; Code::conflict when another one does.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::filesystem::path& file);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace nsl::client::dev
