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

void append_field(std::string& line, const LogField& field) {
  line += fmt::format(",\"{}\":", json_escaped(field.name));
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    line += fmt::format("\"{}\"", json_escaped(*text));
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
    line += fmt::format("{}", *number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    line += fmt::format("{:.6g}", *real);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
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

}  // namespace

std::string json_escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 8);
  for (std::size_t i = 0; i < text.size();) {
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
  return result;
}

void set_log_sink(LogSink sink) { state().sink = std::move(sink); }
void set_log_level(LogLevel level) { state().level = level; }
void set_log_process(std::string name) { state().process = std::move(name); }

void log(LogLevel level, std::string_view component, std::string_view message,
         std::initializer_list<LogField> fields) {
  if (level < state().level.load()) return;
  const auto cut = [](std::string_view text) {
    return text.substr(0, static_cast<std::size_t>(limits::kLogLineBytesMax));
  };
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","process":"{}","component":"{}","message":"{}")",
                  to_rfc3339(SystemClock().wall_time()), level_text(level), state().process,
                  json_escaped(component), json_escaped(cut(message)));
  if (!thread_request_id().empty()) append_field(line, {"request_id", thread_request_id()});
  for (const LogField& field : fields) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      append_field(line, {field.name, cut(*text)});
    } else {
      append_field(line, field);
    }
  }
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
