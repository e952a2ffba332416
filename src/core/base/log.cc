#include "core/base/log.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <utility>

#include "core/base/clock.h"
#include "core/base/limits.h"

namespace nsl {
namespace {

struct LogState {
  LogSink sink;
  std::string process = "nsl";
  std::atomic<LogLevel> level = LogLevel::info;
};

// The one permitted global (style: "logging sink excepted, set in main").
LogState& state() {
  static auto* const instance = new LogState();
  return *instance;
}

std::string& thread_request_id() {
  thread_local std::string request_id;
  return request_id;
}

std::string_view level_text(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

// The length of a well-formed UTF-8 sequence at the start of `text`, 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0U) != 0x80U) return 0;
  }
  if (lead == 0xe0 && at(1) < 0xa0) return 0;
  if (lead == 0xed && at(1) > 0x9f) return 0;
  if (lead == 0xf0 && at(1) < 0x90) return 0;
  if (lead == 0xf4 && at(1) > 0x8f) return 0;
  return length;
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

void append_escaped(std::string& result, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    // Most text is plain, and a log line costs as much as its bytes: it is copied in runs.
    std::size_t end = i;
    while (end < text.size() && is_plain(text[end])) ++end;
    result.append(text, i, end - i);
    i = end;
    if (i == text.size()) return;
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
      ++i;
    } else if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
      ++i;
    } else if (const std::size_t length = utf8_length(text.substr(i)); length > 0) {
      result += text.substr(i, length);
      i += length;
    } else {
      result += "\\ufffd";
      ++i;
    }
  }
}

// ,"name":"text"
void append_text_field(std::string& line, std::string_view name, std::string_view text) {
  line += ",\"";
  append_escaped(line, name);
  line += "\":\"";
  append_escaped(line, text.substr(0, static_cast<std::size_t>(limits::kLogLineBytesMax)));
  line += '"';
}

void append_field(std::string& line, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    return append_text_field(line, field.name, *text);
  }
  line += ",\"";
  append_escaped(line, field.name);
  line += "\":";
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    line += std::to_string(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    line += fmt::format("{:.6g}", *real);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
}

// The time now as RFC 3339. The calendar is worked out once a second and thread.
void append_time(std::string& line) {
  thread_local std::int64_t shown_second = -1;
  thread_local std::string shown;
  const std::int64_t now_ms = SystemClock().wall_time().value();
  if (now_ms / 1000 != shown_second) {
    shown_second = now_ms / 1000;
    shown = to_rfc3339(WallTime(now_ms));
  }
  // "2026-11-21T11:35:19.123Z": the milliseconds are the three digits before the last character.
  constexpr std::size_t kMsAt = 20;
  line.append(shown, 0, kMsAt);
  const auto digit = [now_ms](std::int64_t unit) {
    return static_cast<char>('0' + now_ms / unit % 10);
  };
  line += digit(100);
  line += digit(10);
  line += digit(1);
  line += 'Z';
}

}  // namespace

std::string json_escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 8);
  append_escaped(result, text);
  return result;
}

void set_log_sink(LogSink sink) { state().sink = std::move(sink); }
void set_log_level(LogLevel level) { state().level = level; }
void set_log_process(std::string name) { state().process = std::move(name); }

void log(LogLevel level, std::string_view component, std::string_view message,
         std::initializer_list<LogField> fields) {
  if (level < state().level.load()) return;
  std::string line;
  line.reserve(320);
  line += "{\"time\":\"";
  append_time(line);
  line += '"';
  append_text_field(line, "level", level_text(level));
  append_text_field(line, "process", state().process);
  append_text_field(line, "component", component);
  append_text_field(line, "message", message);
  if (!thread_request_id().empty()) append_text_field(line, "request_id", thread_request_id());
  for (const LogField& field : fields) append_field(line, field);
  line += "}\n";
  if (state().sink) {
    state().sink(level, line);
  } else {
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
}

void log_failure(std::string_view component, std::string_view message, const Error& error) {
  log(LogLevel::warning, component, message,
      {{"code", code_text(error.code())}, {"reason", error.message()}, {"detail", error.detail()}});
}

LogRequestScope::LogRequestScope(std::string request_id)
    : previous_(std::exchange(thread_request_id(), std::move(request_id))) {}
LogRequestScope::~LogRequestScope() { thread_request_id() = std::move(previous_); }

}  // namespace nsl
