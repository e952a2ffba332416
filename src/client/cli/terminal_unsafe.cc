#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <iostream>

#include "client/cli/files.h"
#include "client/cli/terminal.h"
#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace nsl::client::cli {

Result<std::string> SystemTerminal::read_input() {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() <= static_cast<std::size_t>(kFileBytesMax)) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0) return fail(Code::cli_usage, "Standard input cannot be read");
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return fail(Code::cli_usage, "Standard input is too large");
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
