#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "host/telemetry/log_writer.h"

namespace nsl::host::telemetry {
namespace {

// All of `text`, waiting for a full pipe; what cannot be written any more is lost.
void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&waiting, 1, -1);
    } else if (written < 0 && errno != EINTR) {
      return;
    }
  }
}

}  // namespace

LogWriter::LogWriter(int descriptor) : descriptor_(descriptor), thread_([this] { run(); }) {}

LogWriter::~LogWriter() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  write_pending();
}

LogSink LogWriter::sink() {
  return [this](LogLevel level, std::string_view line) { take(level, line); };
}

void LogWriter::take(LogLevel level, std::string_view line) {
  bool is_first = false;
  {
    MutexLock lock(mutex_);
    if (pending_.size() + line.size() > kPendingBytesMax) {
      ++dropped_;
      return;
    }
    is_first = pending_.empty();
    pending_ += line;
  }
  if (level == LogLevel::error) {
    write_pending();
  } else if (is_first) {
    changed_.notify_one();
  }
}

void LogWriter::flush() { write_pending(); }

std::uint64_t LogWriter::dropped() const {
  MutexLock lock(mutex_);
  return dropped_;
}

void LogWriter::write_pending() {
  MutexLock write_lock(write_mutex_);
  std::string batch;
  {
    MutexLock lock(mutex_);
    batch.swap(pending_);
  }
  write_all(descriptor_, batch);
}

void LogWriter::run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      while (pending_.empty() && !is_stopping_) changed_.wait(lock);
      if (is_stopping_) return;
      // Lets a batch gather. Real time on purpose: it bounds how old a line on the screen is.
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kFlushMs);
      while (!is_stopping_ && changed_.wait_until(lock, end) == std::cv_status::no_timeout) {
      }
    }
    write_pending();
  }
}

}  // namespace nsl::host::telemetry
