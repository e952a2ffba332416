// What a file of tests may say. tests/functional/test_function_tests.py runs suites in the real
// runner.
#include "client/function_test/suite.h"

#include <gtest/gtest.h>

#include <fstream>

namespace nsl::client::function_test {
namespace {

class SuiteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "nsl-suite-test";
    std::filesystem::create_directories(folder_);
    write("function.js", "function main() {}");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  std::string refusal(const std::string& text) const {
    const auto suite = Suite::load(write("function.test.json", text));
    EXPECT_FALSE(suite.has_value()) << text;
    if (suite.has_value()) return {};
    EXPECT_EQ(suite.error().code(), Code::cli_usage);
    return suite.error().message();
  }

  std::filesystem::path folder_;
};

TEST_F(SuiteTest, FindsTheSourceBesideIt) {
  const auto suite = Suite::load(write(
      "function.test.json", R"({"source":"function.js","tests":[{"name":"a","kind":"event"}]})"));
  ASSERT_TRUE(suite.has_value()) << suite.error().message();
  EXPECT_EQ(suite->source_file(), folder_ / "function.js");
}

TEST_F(SuiteTest, FindsTheFilesOfAFolder) {
  write("main.js", "export function main() {}");
  const auto suite =
      Suite::load(write("function.test.json", R"({"folder":".","tests":[{"name":"a"}]})"));
  ASSERT_TRUE(suite.has_value()) << suite.error().message();
  EXPECT_EQ(suite->source_file().filename(), "main.js");
  const auto named = Suite::load(write(
      "function.test.json", R"({"folder":".","entry_file":"function.js","tests":[{"name":"a"}]})"));
  ASSERT_TRUE(named.has_value()) << named.error().message();
  EXPECT_EQ(named->source_file().filename(), "function.js");
  EXPECT_NE(refusal(R"({"folder":".","source":"main.js","tests":[{"name":"a"}]})").find("source"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"folder":"none","tests":[{"name":"a"}]})").find("none"), std::string::npos);
}

TEST_F(SuiteTest, SaysWhatIsWrongAndInWhichFile) {
  EXPECT_NE(refusal("{").find("function.test.json: is not JSON"), std::string::npos);
  EXPECT_NE(refusal("{}").find("source"), std::string::npos);
  EXPECT_NE(refusal(R"({"source":"none.js","tests":[]})").find("none.js"), std::string::npos);
  EXPECT_NE(refusal(R"({"source":"function.js","tests":[]})").find("tests"), std::string::npos);
  EXPECT_NE(refusal(R"({"source":"function.js","tests":[{}]})").find("name"), std::string::npos);
  EXPECT_NE(refusal(R"({"source":"function.js","tests":[{"name":"a","kind":"b"}]})").find("kind"),
            std::string::npos);
  EXPECT_NE(
      refusal(R"({"source":"function.js","doubles":[],"tests":[{"name":"a"}]})").find("doubles"),
      std::string::npos);
  EXPECT_NE(refusal(R"({"source":"function.js","tests":[{"name":"a","doubles":{"x":{}}}]})")
                .find("doubles"),
            std::string::npos);
}

TEST_F(SuiteTest, ReadsNoFileAboveAMebibyte) {
  EXPECT_NE(refusal(std::string(Suite::kFileBytesMax + 1, ' ')).find("larger"), std::string::npos);
}

}  // namespace
}  // namespace nsl::client::function_test
