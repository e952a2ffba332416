// The log: one JSON object a line, always with time, level, component and message, and the request
// id where there is one. The sink is set once in main. A field holds text, numbers or bool; a
// Secret has no conversion to any of these, so logging one does not compile.
//
//   log_info("gateway", "request", {{"request_id", id}, {"status", 200}});
//
// Untrusted text is escaped and cut to limits::kLogLineBytesMax.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"

namespace nsl {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  LogField(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
  LogField(std::string_view field_name, const std::string& text)
      : name(field_name), value(std::string_view(text)) {}
  LogField(std::string_view field_name, const char* text)
      : name(field_name), value(std::string_view(text)) {}
  LogField(std::string_view field_name, bool flag) : name(field_name), value(flag) {}
  LogField(std::string_view field_name, double number) : name(field_name), value(number) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view field_name, T number)
      : name(field_name), value(static_cast<std::int64_t>(number)) {}
};

using LogSink = std::function<void(LogLevel, std::string_view line)>;

// Set once, before threads start. Without a sink lines go to standard error.
void set_log_sink(LogSink sink);
void set_log_level(LogLevel level);
// The process's name in every line ("host", "enclave").
void set_log_process(std::string name);

void log(LogLevel level, std::string_view component, std::string_view message,
         std::initializer_list<LogField> fields);
inline void log_debug(std::string_view component, std::string_view message,
                      std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, component, message, fields);
}
inline void log_info(std::string_view component, std::string_view message,
                     std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, component, message, fields);
}
inline void log_warning(std::string_view component, std::string_view message,
                        std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warning, component, message, fields);
}
inline void log_error(std::string_view component, std::string_view message,
                      std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, component, message, fields);
}
// Code, message and detail of an error as one line.
void log_failure(std::string_view component, std::string_view message, const Error& error);

// Text as the inside of a JSON string: quotes, backslashes, controls and invalid UTF-8 escaped.
std::string json_escaped(std::string_view text);

// The request this thread serves; every line it writes carries the id. The scope restores the
// previous id.
class LogRequestScope {
 public:
  explicit LogRequestScope(std::string request_id);
  ~LogRequestScope();
  LogRequestScope(const LogRequestScope&) = delete;
  LogRequestScope& operator=(const LogRequestScope&) = delete;

 private:
  std::string previous_;
};

}  // namespace nsl
