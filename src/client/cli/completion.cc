// Shell completion from the table of commands: words first, then options.
#include <set>

#include "client/cli/commands.h"

namespace nsl::client::cli {
namespace {

constexpr const char* kGlobals = "--json --quiet --profile --url --help";

std::string options_of(const Command& command) {
  std::string words = kGlobals;
  for (const Option& option : command.options) {
    if (!option.is_positional()) words += " " + option.name;
  }
  return words;
}

std::string first_words(const std::vector<Command>& commands) {
  std::set<std::string> words;
  for (const Command& command : commands)
    words.insert(command.words.substr(0, command.words.find(' ')));
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// "case" arms that print the words following a noun.
std::string verb_arms(const std::vector<Command>& commands) {
  std::set<std::string> nouns;
  for (const Command& command : commands) {
    const std::size_t space = command.words.find(' ');
    if (space != std::string::npos) nouns.insert(command.words.substr(0, space));
  }
  std::string arms;
  for (const std::string& noun : nouns) {
    std::string verbs;
    for (const Command& command : commands) {
      if (command.words.starts_with(noun + " ")) {
        verbs += " " + command.words.substr(noun.size() + 1);
      }
    }
    arms += "    " + noun + ") echo \"" + verbs.substr(1) + "\" ;;\n";
  }
  return arms;
}

std::string option_arms(const std::vector<Command>& commands) {
  std::string arms;
  for (const Command& command : commands) {
    arms += "    \"" + command.words + "\") echo \"" + options_of(command) + "\" ;;\n";
  }
  return arms;
}

// POSIX functions that bash and zsh share.
std::string shared_functions(const std::vector<Command>& commands) {
  return "_nsl_verbs() {\n  case \"$1\" in\n" + verb_arms(commands) +
         "  esac\n}\n_nsl_options() {\n  case \"$1\" in\n" + option_arms(commands) +
         "  esac\n}\n_nsl_words() {\n  if [ \"$1\" -le 1 ]; then echo \"" + first_words(commands) +
         "\"; return; fi\n"
         "  if [ \"$1\" -eq 2 ] && [ -n \"$(_nsl_verbs \"$2\")\" ]; then _nsl_verbs \"$2\"; "
         "return; fi\n"
         "  if [ -n \"$(_nsl_verbs \"$2\")\" ]; then _nsl_options \"$2 $3\"; else _nsl_options "
         "\"$2\"; fi\n"
         "}\n";
}

std::string bash_script(const std::vector<Command>& commands) {
  return "# nsl completion for bash: eval \"$(nsl completion bash)\"\n" +
         shared_functions(commands) +
         "_nsl() {\n"
         "  local words\n"
         "  words=$(_nsl_words \"$COMP_CWORD\" \"${COMP_WORDS[1]}\" \"${COMP_WORDS[2]}\")\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\ncomplete -o default -F _nsl nsl\n";
}

std::string zsh_script(const std::vector<Command>& commands) {
  return "#compdef nsl\n# nsl completion for zsh: eval \"$(nsl completion zsh)\"\n" +
         shared_functions(commands) +
         "_nsl() {\n"
         "  compadd -- ${=$(_nsl_words $((CURRENT - 1)) \"$words[2]\" \"$words[3]\")}\n"
         "  _files\n"
         "}\ncompdef _nsl nsl\n";
}

std::string fish_script(const std::vector<Command>& commands) {
  std::string script = "# nsl completion for fish: nsl completion fish | source\n";
  script += "complete -c nsl -n __fish_use_subcommand -f -a '" + first_words(commands) + "'\n";
  for (const Command& command : commands) {
    const std::size_t space = command.words.find(' ');
    const std::string noun = command.words.substr(0, space);
    std::string seen = "__fish_seen_subcommand_from " + noun;
    if (space != std::string::npos) {
      const std::string verb = command.words.substr(space + 1);
      script += "complete -c nsl -n '" + seen + "' -f -a " + verb + "\n";
      seen += "; and __fish_seen_subcommand_from " + verb;
    }
    for (const Option& option : command.options) {
      if (option.is_positional()) continue;
      script += "complete -c nsl -n '" + seen + "' -l " + option.name.substr(2) + "\n";
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const std::vector<Command>& commands, const std::string& shell) {
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  return bash_script(commands);
}

}  // namespace nsl::client::cli
