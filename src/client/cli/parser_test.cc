#include "client/cli/parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "client/cli/commands.h"

namespace nsl::client::cli {
namespace {

class CommandLine : public testing::Test {
 protected:
  std::vector<Command> commands_ = all_commands();

  Parsed good(const std::vector<std::string>& words) const {
    auto parsed = parse(commands_, words);
    EXPECT_TRUE(parsed.has_value()) << (parsed.has_value() ? "" : parsed.error().message());
    return parsed.has_value() ? *parsed : Parsed{};
  }
  std::string refusal(const std::vector<std::string>& words) const {
    const auto parsed = parse(commands_, words);
    EXPECT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code(), Code::cli_usage);
    return parsed.error().message();
  }
};

TEST_F(CommandLine, FindsTheCommandAndItsOptions) {
  const Parsed parsed = good({"secret", "set", "api-key", "--value-file", "-", "--allow-function",
                              "a", "--allow-function", "b"});
  EXPECT_EQ(parsed.command->words, "secret set");
  EXPECT_EQ(parsed.arguments.value("NAME"), "api-key");
  EXPECT_EQ(parsed.arguments.value("--value-file"), "-");
  EXPECT_EQ(parsed.arguments.values("--allow-function"), (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(parsed.arguments.has("--description"));
}

TEST_F(CommandLine, AListNeverSwallowsWhatFollows) {
  const Parsed parsed = good({"secret", "set", "--allow-function", "a", "api-key"});
  EXPECT_EQ(parsed.arguments.value("NAME"), "api-key");
  EXPECT_EQ(parsed.arguments.values("--allow-function"), (std::vector<std::string>{"a"}));
}

TEST_F(CommandLine, TakesGlobalOptionsAnywhere) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--json", "--url", "u", "secret", "list"},
        {"secret", "--json", "list", "--url", "u"},
        {"secret", "list", "--url", "u", "--json"}}) {
    const Parsed parsed = good(words);
    EXPECT_TRUE(parsed.globals.json);
    EXPECT_EQ(parsed.globals.url, "u");
    EXPECT_EQ(parsed.command->words, "secret list");
  }
}

TEST_F(CommandLine, ReadsSeveralFiles) {
  const Parsed parsed = good({"verify", "a", "b", "--development-root", "r"});
  EXPECT_EQ(parsed.arguments.values("FILE"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parsed.arguments.value("--development-root"), "r");
}

TEST_F(CommandLine, KeepsAValueThatLooksLikeAnOption) {
  EXPECT_EQ(good({"function", "run", "f", "--input={\"a\": -1}"}).arguments.value("--input"),
            "{\"a\": -1}");
  EXPECT_EQ(good({"function", "run", "f", "--input", "[1,2]"}).arguments.value("--input"), "[1,2]");
}

TEST_F(CommandLine, SaysWhichWordsThereAre) {
  EXPECT_EQ(refusal({"secret"}), "nsl secret takes one of: set, list, show, get, delete");
  EXPECT_NE(refusal({"secret", "bogus"}).find("takes one of: set"), std::string::npos);
  EXPECT_NE(refusal({}).find("nsl takes one of: dev, init, test, login"), std::string::npos);
}

TEST_F(CommandLine, RefusesWhatACommandDoesNotTake) {
  EXPECT_NE(refusal({"secret", "set"}).find("NAME"), std::string::npos);
  EXPECT_NE(refusal({"secret", "list", "extra"}).find("extra"), std::string::npos);
  EXPECT_NE(refusal({"secret", "list", "--bogus"}).find("--bogus"), std::string::npos);
  refusal({"account", "set", "--plain-requests", "maybe"});
  refusal({"function", "deploy", "f", "--file", "f.js", "--runtime", "UNSPECIFIED"});
  refusal({"secret", "list", "--limit"});
}

TEST_F(CommandLine, TakesNoSecretFromAnOptionsValue) {
  for (const char* option : {"--value", "--passphrase", "--token", "--api-key", "--wif"}) {
    refusal({"secret", "set", "n", option, "x"});
    refusal({"login", option, "x"});
    refusal({"neo", "key", option, "x"});
  }
}

TEST_F(CommandLine, HelpNamesEveryOptionAndAnExample) {
  const Parsed help = good({"wallet", "grant", "--help"});
  EXPECT_EQ(help.command, nullptr);
  for (const char* text : {"nsl wallet grant [OPTIONS] WALLET", "--max-system-fee", "Example: "}) {
    EXPECT_NE(help.text.find(text), std::string::npos) << text << "\n" << help.text;
  }
  EXPECT_NE(good({"--help"}).text.find("Exit status"), std::string::npos);
  EXPECT_FALSE(good({"--version"}).text.empty());
}

TEST_F(CommandLine, EveryCommandHasASummaryHelpAndNoTwin) {
  std::set<std::string> words;
  for (const Command& command : commands_) {
    EXPECT_TRUE(words.insert(command.words).second) << command.words;
    EXPECT_FALSE(command.summary.empty()) << command.words;
    EXPECT_TRUE(static_cast<bool>(command.run)) << command.words;
    std::vector<std::string> help;
    for (std::size_t from = 0; from < command.words.size();) {
      const std::size_t to = std::min(command.words.find(' ', from), command.words.size());
      help.push_back(command.words.substr(from, to - from));
      from = to + 1;
    }
    help.push_back("--help");
    EXPECT_NE(good(help).text.find(command.summary), std::string::npos) << command.words;
  }
}

TEST_F(CommandLine, CompletionKnowsEveryCommand) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(commands_, shell);
    for (const Command& command : commands_) {
      const std::string verb = command.words.substr(command.words.rfind(' ') + 1);
      EXPECT_NE(script.find(verb), std::string::npos) << shell << " " << command.words;
    }
    EXPECT_NE(script.find("max-system-fee"), std::string::npos) << shell;
  }
}

}  // namespace
}  // namespace nsl::client::cli
