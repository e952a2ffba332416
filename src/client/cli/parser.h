// Reads a command line against the table of commands. The only file that knows CLI11.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cli/command.h"
#include "core/base/result.h"

namespace nsl::client::cli {

struct Parsed {
  // Nothing when `text` answers already, as --help does.
  const Command* command = nullptr;
  Arguments arguments;
  GlobalOptions globals;
  std::string text;
};

// Code::cli_usage when the words or options are wrong. `words` excludes the program's name.
Result<Parsed> parse(const std::vector<Command>& commands, const std::vector<std::string>& words);

}  // namespace nsl::client::cli
