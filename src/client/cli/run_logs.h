// The commands that show what runs log, and follow it while they run.
#pragma once

#include <string>
#include <vector>

#include "client/cli/command.h"

namespace nsl::client::cli {

// "run logs" and "function logs".
std::vector<Command> log_commands();

}  // namespace nsl::client::cli
