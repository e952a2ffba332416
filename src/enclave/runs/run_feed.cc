#include "enclave/runs/run_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/limits.h"

namespace nsl::enclave::runs {
namespace {

// How often somebody who waits is asked whether they still do.
constexpr std::int64_t kLookMs = 250;

bool parse_number(std::string_view text, std::uint32_t& number) {
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && read == end;
}

}  // namespace

Result<LogCursor> LogCursor::parse(const std::string& text) {
  LogCursor cursor;
  if (text.empty()) return cursor;
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view whole = text;
  const bool is_valid = dot < text.size() && parse_number(whole.substr(0, dot), cursor.start) &&
                        parse_number(whole.substr(dot + 1), cursor.line);
  if (!is_valid) return fail(Code::invalid_argument, "/cursor: comes from another list");
  return cursor;
}

std::string LogCursor::to_text() const { return fmt::format("{}.{}", start, line); }

nsl::v1::RunLogs lines_behind(const nsl::v1::RunLogs& logs, std::uint32_t start, LogCursor cursor) {
  nsl::v1::RunLogs behind;
  const int seen = cursor.start == start
                       ? static_cast<int>(std::min<std::uint32_t>(
                             cursor.line, static_cast<std::uint32_t>(logs.lines_size())))
                       : 0;
  behind.mutable_lines()->Add(logs.lines().begin() + seen, logs.lines().end());
  behind.set_dropped(logs.dropped());
  return behind;
}

void RunFeed::begin(const std::string& run_id, std::uint32_t start) {
  {
    MutexLock lock(mutex_);
    entries_.insert_or_assign(run_id, Entry{.start = start, .logs = {}});
  }
  changed_.notify_all();
}

void RunFeed::add(const std::string& run_id, const nsl::v1::RunLogs::Line& line) {
  {
    MutexLock lock(mutex_);
    const auto known = entries_.find(run_id);
    if (known == entries_.end()) return;
    *known->second.logs.add_lines() = line;
  }
  changed_.notify_all();
}

void RunFeed::end(const std::string& run_id) {
  {
    MutexLock lock(mutex_);
    entries_.erase(run_id);
  }
  changed_.notify_all();
}

nsl::v1::RunLogs RunFeed::read(const std::string& run_id, LogCursor cursor,
                               const Patience& patience) {
  MutexLock lock(mutex_);
  const auto started = entries_.find(run_id);
  const std::uint32_t start_before = started == entries_.end() ? 0 : started->second.start;
  const bool may_wait = waiter_count_ < limits::kRunLogWaitersMax;
  if (may_wait) ++waiter_count_;
  nsl::v1::RunLogs reply;
  LogCursor next = cursor;
  for (;;) {
    const auto known = entries_.find(run_id);
    const std::uint32_t start = known == entries_.end() ? 0 : known->second.start;
    if (start != 0) {
      reply = lines_behind(known->second.logs, start, cursor);
      next = {.start = start, .line = static_cast<std::uint32_t>(known->second.logs.lines_size())};
    }
    const bool is_over = !may_wait || reply.lines_size() > 0 || start != start_before ||
                         patience.deadline.has_passed(patience.clock) || patience.is_abandoned();
    if (is_over) break;
    const Deadline look = patience.deadline.earlier_of(Deadline::after_ms(patience.clock, kLookMs));
    static_cast<void>(changed_.wait_until(lock, look.steady_time()));
  }
  if (may_wait) --waiter_count_;
  reply.set_next_cursor(next.to_text());
  return reply;
}

std::int64_t RunFeed::waiters() const {
  MutexLock lock(mutex_);
  return waiter_count_;
}

}  // namespace nsl::enclave::runs
