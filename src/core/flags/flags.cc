#include "core/flags/flags.h"

#include <fmt/format.h>

#include <algorithm>

namespace nsl::flags {

Result<Flags> Flags::parse(const std::vector<Flag>& declared,
                           const std::vector<std::string>& arguments) {
  Flags flags;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const auto flag = std::find_if(declared.begin(), declared.end(), [&](const Flag& candidate) {
      return word.starts_with("--") && std::string_view(word).substr(2) == candidate.name;
    });
    if (flag == declared.end()) {
      return fail(Code::invalid_configuration, fmt::format("'{}' is not a flag; see --help", word));
    }
    std::vector<std::string>& values = flags.values_[std::string(flag->name)];
    if (flag->kind == FlagKind::presence) continue;
    if (i + 1 == arguments.size()) {
      return fail(Code::invalid_configuration, fmt::format("{} needs a value", word));
    }
    if (flag->kind == FlagKind::value) values.clear();
    values.push_back(arguments[++i]);
  }
  return flags;
}

std::optional<std::string> Flags::find(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

Result<std::string> Flags::get(std::string_view name) const {
  std::optional<std::string> value = find(name);
  if (!value.has_value()) {
    return fail(Code::invalid_configuration, fmt::format("--{} is needed", name));
  }
  return *std::move(value);
}

std::vector<std::string> Flags::list(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::string help_text(std::string_view program, const std::vector<Flag>& declared) {
  std::string text = fmt::format("{}\n", program);
  for (const Flag& flag : declared) {
    const char* value = flag.kind == FlagKind::presence ? "" : " VALUE";
    text += fmt::format("  --{:<24} {}\n", fmt::format("{}{}", flag.name, value), flag.help);
  }
  return text;
}

}  // namespace nsl::flags
