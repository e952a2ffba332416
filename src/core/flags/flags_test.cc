#include "core/flags/flags.h"

#include <gtest/gtest.h>

namespace nsl::flags {
namespace {

const std::vector<Flag> kDeclared = {{"listen", FlagKind::value, "where"},
                                     {"chain", FlagKind::list, "nodes"},
                                     {"version", FlagKind::presence, "print"}};

TEST(Flags, ReadsValuesListsAndSwitches) {
  const auto flags =
      Flags::parse(kDeclared, {"--chain", "a", "--listen", "x", "--chain", "b", "--version"})
          .value();
  EXPECT_EQ(flags.get("listen").value(), "x");
  EXPECT_EQ(flags.list("chain"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(flags.has("version"));
}

TEST(Flags, RefusesWhatWasNotDeclared) {
  EXPECT_FALSE(Flags::parse(kDeclared, {"--allow-address", "1"}).has_value());
  EXPECT_FALSE(Flags::parse(kDeclared, {"word"}).has_value());
  EXPECT_FALSE(Flags::parse(kDeclared, {"--listen"}).has_value());
}

TEST(Flags, NamesTheFlagThatIsMissing) {
  const auto flags = Flags::parse(kDeclared, {}).value();
  EXPECT_EQ(flags.get("listen").error().message(), "--listen is needed");
  EXPECT_FALSE(flags.find("listen").has_value());
}

TEST(Flags, HelpNamesEveryFlag) {
  const std::string text = help_text("program", kDeclared);
  for (const Flag& flag : kDeclared) {
    EXPECT_NE(text.find(std::string(flag.name)), std::string::npos);
  }
}

}  // namespace
}  // namespace nsl::flags
