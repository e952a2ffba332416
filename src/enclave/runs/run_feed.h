// RunFeed: what runs under way have logged so far, for those who follow them. In memory only: a run
// that has ended is read from its evidence, and after a restart the run starts over and logs anew.
//
// A cursor names the start of the run and a line of it, so that whoever follows a run that starts
// over is shown the new start from its first line.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::runs {

struct LogCursor {
  // Counts the starts of a run from 1; 0: none was seen.
  std::uint32_t start = 0;
  // Lines of that start that were seen.
  std::uint32_t line = 0;

  // Empty text: the beginning. Code::invalid_argument.
  static Result<LogCursor> parse(const std::string& text);
  std::string to_text() const;
};

// The lines of `logs`, which are of `start`, behind the cursor.
nsl::v1::RunLogs lines_behind(const nsl::v1::RunLogs& logs, std::uint32_t start, LogCursor cursor);

class RunFeed {
 public:
  // The run was started for the `start`-th time.
  void begin(const std::string& run_id, std::uint32_t start) NSL_EXCLUDES(mutex_);
  void add(const std::string& run_id, const nsl::v1::RunLogs::Line& line) NSL_EXCLUDES(mutex_);
  // Its end is stored: who waits reads it there.
  void end(const std::string& run_id) NSL_EXCLUDES(mutex_);

  // How long a reader waits, and whether it still wants to.
  struct Patience {
    const Clock& clock;
    const Deadline& deadline;
    const std::function<bool()>& is_abandoned;
  };
  // What is behind the cursor, with the next cursor; waits while there is nothing. Without lines
  // when the time is over, the run has begun or ended meanwhile, or limits::kRunLogWaitersMax wait.
  nsl::v1::RunLogs read(const std::string& run_id, LogCursor cursor, const Patience& patience)
      NSL_EXCLUDES(mutex_);
  std::int64_t waiters() const NSL_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::uint32_t start = 0;
    nsl::v1::RunLogs logs;
  };

  mutable Mutex mutex_;
  CondVar changed_;
  // LIMIT: runs under way; each has limits::kFunctionLogBytesMax of lines at most.
  std::map<std::string, Entry> entries_ NSL_GUARDED_BY(mutex_);
  std::int64_t waiter_count_ NSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace nsl::enclave::runs
