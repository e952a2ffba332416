#include "enclave/execution/run_log.h"

#include <string_view>

#include "core/base/limits.h"

namespace nsl::enclave::execution {
namespace {

std::string_view level_text(runner::v1::LogLine::Level level) {
  switch (level) {
    case runner::v1::LogLine::DEBUG:
      return "debug";
    case runner::v1::LogLine::INFO:
      return "info";
    case runner::v1::LogLine::WARNING:
      return "warning";
    case runner::v1::LogLine::ERROR:
      return "error";
    default:
      return "info";
  }
}

}  // namespace

bool RunLog::add(runner::v1::LogLine::Level level, const std::string& text) {
  const bool is_full =
      lines_.lines_size() >= limits::kFunctionLogLinesMax ||
      bytes_ + text.size() > static_cast<std::size_t>(limits::kFunctionLogBytesMax);
  if (is_full) {
    lines_.set_dropped(lines_.dropped() + 1);
    return false;
  }
  bytes_ += text.size();
  auto* line = lines_.add_lines();
  line->set_level(std::string(level_text(level)));
  line->set_text(text);
  return true;
}

}  // namespace nsl::enclave::execution
