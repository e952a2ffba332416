// Flags of a server program: "--name value" pairs and "--name" switches, declared beforehand. An
// unknown flag, a missing value or a stray word is an error that names it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::flags {

enum class FlagKind : std::uint8_t {
  value,     // --name VALUE, the last one counts
  list,      // --name VALUE, may be repeated
  presence,  // --name
};

struct Flag {
  std::string_view name;
  FlagKind kind;
  std::string_view help;
};

class Flags {
 public:
  // `arguments` without the program's name.
  static Result<Flags> parse(const std::vector<Flag>& declared,
                             const std::vector<std::string>& arguments);

  std::optional<std::string> find(std::string_view name) const;
  // Code::invalid_configuration when the flag was not given.
  Result<std::string> get(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  bool has(std::string_view name) const { return values_.contains(std::string(name)); }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// One line a flag.
std::string help_text(std::string_view program, const std::vector<Flag>& declared);

}  // namespace nsl::flags
