// Shell completion from the table of commands: words first, then options.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

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

// Which words may follow these: "" -> "secret neo ...", "neo" -> "key script ...".
std::map<std::string, std::set<std::string>> children_of(const std::vector<Command>& commands) {
  std::map<std::string, std::set<std::string>> children;
  for (const Command& command : commands) {
    std::size_t start = 0;
    while (start <= command.words.size()) {
      const std::size_t end = std::min(command.words.find(' ', start), command.words.size());
      const std::string before = command.words.substr(0, start == 0 ? 0 : start - 1);
      children[before].insert(command.words.substr(start, end - start));
      start = end + 1;
    }
  }
  return children;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// POSIX functions that bash and zsh share. What is typed behind a command's words, such as a name
// or an option, is left away word by word until the words are known.
std::string shared_functions(const std::vector<Command>& commands) {
  std::string arms;
  for (const auto& [words, next] : children_of(commands)) {
    arms += "    \"" + words + "\") echo \"" + joined(next) + "\" ;;\n";
  }
  for (const Command& command : commands) {
    arms += "    \"" + command.words + "\") echo \"" + options_of(command) + "\" ;;\n";
  }
  return "_nsl_next() {\n  case \"$1\" in\n" + arms +
         "  esac\n}\n"
         "_nsl_words() {\n"
         "  typed=\"$*\"\n"
         "  while [ -z \"$(_nsl_next \"$typed\")\" ]; do\n"
         "    case \"$typed\" in *\" \"*) typed=\"${typed% *}\" ;; *) typed=\"\" ;; esac\n"
         "  done\n"
         "  _nsl_next \"$typed\"\n"
         "}\n";
}

std::string bash_script(const std::vector<Command>& commands) {
  return "# nsl completion for bash: eval \"$(nsl completion bash)\"\n" +
         shared_functions(commands) +
         "_nsl() {\n"
         "  local words\n"
         "  words=$(_nsl_words \"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\ncomplete -o default -F _nsl nsl\n";
}

std::string zsh_script(const std::vector<Command>& commands) {
  return "#compdef nsl\n# nsl completion for zsh: eval \"$(nsl completion zsh)\"\n" +
         shared_functions(commands) +
         "_nsl() {\n"
         "  compadd -- ${=$(_nsl_words \"${(@)words[2,CURRENT-1]}\")}\n"
         "  _files\n"
         "}\ncompdef _nsl nsl\n";
}

std::string fish_script(const std::vector<Command>& commands) {
  std::string script = "# nsl completion for fish: nsl completion fish | source\n";
  const auto children = children_of(commands);
  script += "complete -c nsl -n __fish_use_subcommand -f -a '" + joined(children.at("")) + "'\n";
  for (const Command& command : commands) {
    std::string seen;
    std::istringstream words(command.words);
    for (std::string word; words >> word;) {
      if (!seen.empty()) script += "complete -c nsl -n '" + seen + "' -f -a " + word + "\n";
      seen += (seen.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + word;
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
