// What the tests of tools share: asking one by its words, and a key everybody knows.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "client/neo/tools.h"
#include "core/base/limits.h"

namespace nsl::client::neo_tools {

using neo::JsonValue;

// nspcc-dev/neo-go v0.122.0 internal/keytestcases/testcases.go; the addresses also by neon-js.
inline constexpr std::string_view kPrivateKey =
    "7d128a6d096f0c14c3a25a2b0c41cf79661bfcb4a8cc95aaaea28bde4d732344";
inline constexpr std::string_view kPublicKey =
    "02028a99826edc0c97d18e22b6932373d908d323aa7f92656a77ec26e8861699ef";
inline constexpr std::string_view kWif = "L1QqQJnpBwbsPGAuutuzPTac8piqvbR1HRjrY5qHup48TBCBFe4g";
inline constexpr std::string_view kAddress = "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i";

class NeoTools : public testing::Test {
 protected:
  const Tool& tool(const std::string& words) const {
    const auto found = std::find_if(tools_.begin(), tools_.end(),
                                    [&](const Tool& each) { return each.words == words; });
    EXPECT_NE(found, tools_.end()) << words;
    return *found;
  }
  JsonValue ask(const std::string& words, const std::string& line) {
    const Answer answer = answer_line(tool(words), line, random_);
    EXPECT_FALSE(answer.is_error) << answer.text;
    return neo::parse_json(answer.text, limits::kNeoToolInputBytesMax).value();
  }
  std::string text(const std::string& words, const std::string& line, std::string_view name) {
    const JsonValue answer = ask(words, line);
    const JsonValue* value = answer.find(name);
    EXPECT_NE(value, nullptr) << name << " in " << neo::to_text(answer);
    if (value == nullptr) return {};
    return value->find_string() == nullptr ? neo::to_text(*value) : *value->find_string();
  }
  std::string refusal(const std::string& words, const std::string& line) {
    const Answer answer = answer_line(tool(words), line, random_);
    EXPECT_TRUE(answer.is_error) << answer.text;
    const JsonValue parsed = neo::parse_json(answer.text, 4096).value();
    EXPECT_FALSE(parsed.find("error")->find("message")->find_string()->empty());
    return *parsed.find("error")->find("code")->find_string();
  }
  static std::string object(std::string_view name, std::string_view value,
                            std::string_view more = "") {
    return "{\"" + std::string(name) + "\":\"" + std::string(value) + "\"" + std::string(more) +
           "}";
  }
  bool is_valid(const std::string& words, const std::string& line) {
    return text(words, line, "valid") == "true";
  }

  std::vector<Tool> tools_ = all_tools();
  SeededRandom random_{31};
};

}  // namespace nsl::client::neo_tools
