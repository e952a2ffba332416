// Where a person sits, or does not. An interface, so that tests type.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::client::cli {

class Terminal {
 public:
  virtual ~Terminal() = default;
  // Everything on standard input; Code::cli_usage when it is longer.
  virtual Result<std::string> read_input(std::size_t bytes_max) = 0;
  // The next line of standard input without its end, as soon as it is there; nothing at the end of
  // the input. Of a line longer than `bytes_max` only that many bytes and one more.
  virtual Result<std::optional<std::string>> read_line(std::size_t bytes_max) = 0;
  // One line without echo; Code::cli_usage when nobody can type it.
  virtual Result<std::string> ask_hidden(std::string_view prompt) = 0;
  // Whether answers go to a person's screen.
  virtual bool answers_are_seen() const = 0;
};

class SystemTerminal final : public Terminal {
 public:
  Result<std::string> read_input(std::size_t bytes_max) override;
  Result<std::optional<std::string>> read_line(std::size_t bytes_max) override;
  Result<std::string> ask_hidden(std::string_view prompt) override;
  bool answers_are_seen() const override;

 private:
  // What was read beyond the last line; only read_line looks at it.
  std::string ahead_;
  bool is_at_end_ = false;
};

}  // namespace nsl::client::cli
