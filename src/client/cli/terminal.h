// Where a person sits, or does not. An interface, so that tests type.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::client::cli {

class Terminal {
 public:
  virtual ~Terminal() = default;
  // Everything on standard input.
  virtual Result<std::string> read_input() = 0;
  // One line without echo; Code::cli_usage when nobody can type it.
  virtual Result<std::string> ask_hidden(std::string_view prompt) = 0;
  // Whether answers go to a person's screen.
  virtual bool answers_are_seen() const = 0;
};

class SystemTerminal final : public Terminal {
 public:
  Result<std::string> read_input() override;
  Result<std::string> ask_hidden(std::string_view prompt) override;
  bool answers_are_seen() const override;
};

}  // namespace nsl::client::cli
