#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "client/cli/files.h"
#include "client/cli/terminal.h"
#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace nsl::client::cli {

namespace {

constexpr std::size_t kReadBytes = 65536;

// What standard input has now, appended; false at its end.
Result<bool> read_more(std::string& text) {
  const std::size_t size = text.size();
  text.resize(size + kReadBytes);
  // SAFETY: the string has room for kReadBytes behind `size`.
  const ssize_t count = ::read(STDIN_FILENO, text.data() + size, kReadBytes);
  text.resize(size + (count > 0 ? static_cast<std::size_t>(count) : 0));
  if (count < 0) return fail(Code::cli_usage, "Standard input cannot be read");
  return count > 0;
}

}  // namespace

Result<std::string> SystemTerminal::read_input(std::size_t bytes_max) {
  std::string text;
  while (text.size() <= bytes_max) {
    NSL_TRY(const bool is_more, read_more(text));
    if (!is_more) return text;
  }
  return fail(Code::cli_usage, "Standard input is too large");
}

Result<std::optional<std::string>> SystemTerminal::read_line(std::size_t bytes_max) {
  std::string line;
  bool is_any = false;
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = ahead_.find('\n', searched);
    const bool is_line = end != std::string::npos;
    const std::size_t count = is_line ? end : ahead_.size();
    is_any = is_any || is_line || count > 0;
    if (is_line || is_at_end_ || line.size() + count > bytes_max) {
      // Never more than one byte too many is kept, however long the line is.
      const std::size_t room = bytes_max + 1 - std::min(line.size(), bytes_max + 1);
      line.append(ahead_, 0, std::min(count, room));
      ahead_.erase(0, is_line ? count + 1 : count);
      searched = 0;
    } else {
      searched = count;
    }
    if (is_line || is_at_end_) break;
    NSL_TRY(const bool is_more, read_more(ahead_));
    is_at_end_ = !is_more;
  }
  if (!is_any) return std::nullopt;
  return line;
}

Result<std::string> SystemTerminal::ask_hidden(std::string_view prompt) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return fail(Code::cli_usage, "There is no terminal to type a secret on");
  termios shown{};
  // SAFETY: `terminal` is open and the structures live on this frame.
  if (::tcgetattr(terminal, &shown) != 0) {
    ::close(terminal);
    return fail(Code::cli_usage, "There is no terminal to type a secret on");
  }
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(terminal, TCSAFLUSH, &hidden);
  const std::string question = std::string(prompt) + ": ";
  [[maybe_unused]] const ssize_t asked = ::write(terminal, question.data(), question.size());
  std::array<char, 4096> line{};
  const ssize_t count = ::read(terminal, line.data(), line.size());
  ::tcsetattr(terminal, TCSAFLUSH, &shown);
  [[maybe_unused]] const ssize_t ended = ::write(terminal, "\n", 1);
  ::close(terminal);
  std::string text(line.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  // SAFETY: std::uint8_t may alias char, and the size is that of the buffer.
  wipe({reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return fail(Code::cli_usage, "Nothing was typed");
  return text;
}

bool SystemTerminal::answers_are_seen() const { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace nsl::client::cli
