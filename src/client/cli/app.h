// The command line from words to exit status.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/context.h"

namespace nsl::client::cli {

// Reads the words, runs the command, prints what it failed with.
ExitCode run(Context& context, const std::vector<std::string>& words);

// docs/use/command-line.md. `is_refusal`: the service said so itself.
enum class Origin : std::uint8_t { here, service };
ExitCode exit_code_of(Code code, Origin origin);

// The next command to try; empty when there is none to name.
std::string_view advice_for(Code code);

}  // namespace nsl::client::cli
