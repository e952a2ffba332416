#include "client/cli/parser.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <utility>

namespace nsl::client::cli {
namespace {

constexpr const char* kAbout =
    "Neo Service Layer: functions, secrets and wallets for Neo N3 in an attested enclave.";
constexpr const char* kFooter =
    "Exit status: 0 done, 1 failed, 2 wrong use, 3 not signed in, 4 refused by the service,\n"
    "5 not reachable, 6 verification failed.\n"
    "Start here: nsl dev";

// What the commands under a noun are about.
constexpr std::pair<std::string_view, std::string_view> kNouns[] = {
    {"account", "Who you are, and how requests must travel"},
    {"key", "API keys, for programs that sign in"},
    {"secret", "Values that only you and the functions you name can read"},
    {"wallet", "Neo N3 accounts whose keys never leave the enclave"},
    {"function", "Code that runs in the enclave's cage"},
    {"trigger", "What starts a function"},
    {"run", "What happened when a function ran"},
    {"neo", "Offline tools for Neo N3: keys, scripts, transactions"},
    {"neo message", "Texts signed as wallets do"},
    {"neo script", "Scripts of the virtual machine"},
    {"neo tx", "Transactions"},
    {"neo block", "Blocks"},
    {"neo header", "Block headers"},
};

std::string noun_summary(std::string_view noun) {
  for (const auto& [name, summary] : kNouns) {
    if (name == noun) return std::string(summary);
  }
  return {};
}

// CLI11 writes into these while it parses.
struct Binding {
  const Option* option;
  std::vector<std::string> values;
  bool flag = false;
};

struct Leaf {
  const Command* command;
  CLI::App* app;
  std::vector<std::unique_ptr<Binding>> bindings;
};

void add_option(Leaf& leaf, const Option& option) {
  Binding& binding = *leaf.bindings.emplace_back(std::make_unique<Binding>());
  binding.option = &option;
  if (option.kind == Option::Kind::flag) {
    leaf.app->add_flag(option.name, binding.flag, option.help);
    return;
  }
  CLI::Option* added = leaf.app->add_option(option.name, binding.values, option.help);
  added->type_name("");
  if (!option.is_positional()) added->type_name(option.choices.empty() ? "VALUE" : "");
  if (option.required) added->required();
  if (!option.choices.empty()) added->check(CLI::IsMember(option.choices));
  if (option.is_positional() && option.kind == Option::Kind::list) {
    added->expected(-1);
    return;
  }
  // One value each time, so that a list never swallows what follows it, and JSON such as [1,2] is
  // not taken apart.
  added->expected(1)->allow_extra_args(false);
  if (option.kind == Option::Kind::list) added->take_all();
}

CLI::App* find_or_add(CLI::App& parent, const std::string& word, const std::string& summary) {
  for (CLI::App* app : parent.get_subcommands({})) {
    if (app->get_name() == word) return app;
  }
  CLI::App* app = parent.add_subcommand(word, summary);
  app->fallthrough();
  return app;
}

Leaf add_command(CLI::App& root, const Command& command) {
  CLI::App* parent = &root;
  std::size_t start = 0;
  for (std::size_t space = command.words.find(' '); space != std::string::npos;
       space = command.words.find(' ', start)) {
    const std::string nouns = command.words.substr(0, space);
    parent = find_or_add(*parent, nouns.substr(start), noun_summary(nouns));
    parent->require_subcommand(1);
    start = space + 1;
  }
  Leaf leaf{&command, find_or_add(*parent, command.words.substr(start), command.summary), {}};
  if (!command.example.empty()) leaf.app->footer("Example: " + command.example);
  for (const Option& option : command.options) add_option(leaf, option);
  return leaf;
}

void add_globals(CLI::App& root, GlobalOptions& globals) {
  root.add_flag("--json", globals.json, "Answer with one JSON object");
  root.add_flag("--quiet,-q", globals.quiet, "No talk on standard error");
  root.add_option("--profile", globals.profile, "Settings to use")->type_name("NAME");
  root.add_option("--url", globals.url,
                  "The service; before NSL_URL, the profile and .nsl/dev.json")
      ->type_name("URL");
  root.set_version_flag("--version", NSL_VERSION);
  root.fallthrough();
  root.require_subcommand(1);
  root.footer(kFooter);
}

Arguments collect(const Leaf& leaf) {
  Arguments arguments;
  for (const auto& binding : leaf.bindings) {
    if (binding->flag) arguments.add(binding->option->name, "true");
    for (std::string& value : binding->values) {
      arguments.add(binding->option->name, std::move(value));
    }
  }
  return arguments;
}

// The command the words lead to, and those words ("nsl secret").
struct Reached {
  const CLI::App* app;
  std::string words;
};

Reached deepest(const CLI::App& root) {
  Reached reached{&root, root.get_name()};
  while (!reached.app->get_subcommands().empty()) {
    reached.app = reached.app->get_subcommands().front();
    reached.words += " " + reached.app->get_name();
  }
  return reached;
}

std::string help_text(const CLI::App& root) {
  const Reached reached = deepest(root);
  // CLI11 puts the last word behind what it is given.
  const std::size_t last = reached.words.rfind(' ');
  return reached.app->help(last == std::string::npos ? "" : reached.words.substr(0, last));
}

// CLI11 only says that a word is missing; this says which words there are.
std::string explain(const CLI::App& root, const CLI::ParseError& error) {
  const Reached reached = deepest(root);
  const auto verbs = reached.app->get_subcommands([](const CLI::App*) { return true; });
  if (verbs.empty()) return reached.words + ": " + error.what();
  std::string text;
  for (const CLI::App* verb : verbs) text += (text.empty() ? "" : ", ") + verb->get_name();
  return reached.words + " takes one of: " + text;
}

}  // namespace

Result<Parsed> parse(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  Parsed parsed;
  CLI::App root(kAbout, "nsl");
  add_globals(root, parsed.globals);
  std::vector<Leaf> leaves;
  leaves.reserve(commands.size());
  for (const Command& command : commands) leaves.push_back(add_command(root, command));
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    root.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    parsed.text = help_text(root);
    return parsed;
  } catch (const CLI::CallForVersion& version) {
    parsed.text = std::string(version.what()) + "\n";
    return parsed;
  } catch (const CLI::ParseError& error) {
    return fail(Code::cli_usage, explain(root, error));
  }
  for (const Leaf& leaf : leaves) {
    if (!leaf.app->parsed()) continue;
    parsed.command = leaf.command;
    parsed.arguments = collect(leaf);
  }
  return parsed;
}

}  // namespace nsl::client::cli
