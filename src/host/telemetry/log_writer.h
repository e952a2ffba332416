// LogWriter takes the lines of core/base/log.h and writes them in batches from a thread of its own,
// so that a request costs no system call for its line. A line is written at most
// kFlushMs after it was made; an error's at once. Past kPendingBytesMax of unwritten text
// (a stuck terminal or pipe) lines are dropped and counted, because the log must never stop the
// service.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/log.h"
#include "core/base/mutex.h"

namespace nsl::host::telemetry {

class LogWriter final {
 public:
  static constexpr std::int64_t kFlushMs = 50;
  static constexpr std::size_t kPendingBytesMax = 1U << 20U;

  // Writes to this open file descriptor, usually standard error; it is not closed.
  explicit LogWriter(int descriptor);
  // Writes what is left.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // For set_log_sink. The writer outlives every line logged.
  LogSink sink();
  void take(LogLevel level, std::string_view line) NSL_EXCLUDES(mutex_);
  // Blocks until everything taken so far is written.
  void flush() NSL_EXCLUDES(mutex_);
  std::uint64_t dropped() const NSL_EXCLUDES(mutex_);

 private:
  void run() NSL_EXCLUDES(mutex_);
  void write_pending() NSL_EXCLUDES(mutex_, write_mutex_);

  const int descriptor_;
  // Held while writing, so that batches keep their order.
  Mutex write_mutex_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::string pending_ NSL_GUARDED_BY(mutex_);
  std::uint64_t dropped_ NSL_GUARDED_BY(mutex_) = 0;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace nsl::host::telemetry
