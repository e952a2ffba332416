// The table of commands, gathered from the files that know their subject.
#pragma once

#include <string>
#include <vector>

#include "client/cli/command.h"

namespace nsl::client::cli {

std::vector<Command> all_commands();

// Secrets, wallets, functions, triggers, runs.
std::vector<Command> resource_commands();
// Event subscriptions, webhooks.
std::vector<Command> event_commands();
// Wallets of several keys, keys that come and go, proposals.
std::vector<Command> proposal_commands();
// chain.
std::vector<Command> chain_commands();
// login, logout, account.
std::vector<Command> account_commands();
// attest, verify.
std::vector<Command> evidence_commands();
// dev.
std::vector<Command> development_commands();
std::vector<Command> function_test_commands();
// neo: offline, without a service.
std::vector<Command> neo_commands();
// doctor, version, completion.
std::vector<Command> machine_commands();

// The script that completes command lines in this shell ("bash", "zsh", "fish").
std::string completion_script(const std::vector<Command>& commands, const std::string& shell);

}  // namespace nsl::client::cli
