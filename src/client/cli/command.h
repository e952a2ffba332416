// A command as data: its words, what it takes, and what it does. The parser, the help, the shell
// completion and the tests read the same table.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::client::cli {

struct Context;

// docs/use/command-line.md lists these; scripts rely on them.
enum class ExitCode : std::uint8_t {
  success = 0,
  failed = 1,
  wrong_use = 2,
  not_signed_in = 3,
  refused = 4,
  unreachable = 5,
  verification_failed = 6,
};

struct Option {
  enum class Kind : std::uint8_t { value, list, flag };

  // "--limit", or "NAME" for a positional one.
  std::string name;
  std::string help = {};
  Kind kind = Kind::value;
  bool required = false;
  // The only values accepted; empty: any.
  std::vector<std::string> choices = {};

  bool is_positional() const { return !name.starts_with("-"); }
};

// What was given, by option name.
class Arguments {
 public:
  void add(const std::string& name, std::string value) {
    values_[name].push_back(std::move(value));
  }

  bool has(const std::string& name) const { return values_.contains(name); }
  // Empty when it was not given.
  std::string value(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second.back();
  }
  std::vector<std::string> values(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>() : found->second;
  }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

struct Command {
  // "secret set"
  std::string words;
  std::string summary;
  std::vector<Option> options = {};
  std::string example = {};
  std::function<Result<ExitCode>(Context&, const Arguments&)> run = {};
};

// The options every command takes.
struct GlobalOptions {
  bool json = false;
  bool quiet = false;
  std::string profile;
  std::string url;
};

}  // namespace nsl::client::cli
