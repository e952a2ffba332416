#include "client/cli/commands.h"

#include <iterator>
#include <utility>

namespace nsl::client::cli {

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (auto&& part : {development_commands(), function_test_commands(), account_commands(),
                      resource_commands(), event_commands(), proposal_commands(), chain_commands(),
                      evidence_commands(), neo_commands(), machine_commands()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace nsl::client::cli
