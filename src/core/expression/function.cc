#include "core/expression/function.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/expression/builtins.h"

namespace nsl::expression {
namespace {

constexpr Kinds kAny = Kinds::any();
constexpr Kinds kText = Kinds::of(Kind::text);
constexpr Kinds kBytes = Kinds::of(Kind::bytes);
constexpr Kinds kTextOrBytes = Kinds::of(Kind::text, Kind::bytes);
constexpr Kinds kSized = Kinds::of(Kind::text, Kind::bytes, Kind::list, Kind::map);
constexpr Kinds kToInteger = Kinds::of(Kind::integer, Kind::text, Kind::bytes);
constexpr Kinds kToText = Kinds::of(Kind::boolean, Kind::integer, Kind::text, Kind::bytes);
constexpr Kinds kToBoolean = Kinds::of(Kind::boolean, Kind::text);

constexpr CallForm kFunction = CallForm::function;
constexpr CallForm kMethod = CallForm::method;

constexpr std::array<Function, 19> kFunctions = {{
    {"size", kFunction, 1, {kSized}, Kind::integer, evaluate_size},
    {"size", kMethod, 1, {kSized}, Kind::integer, evaluate_size},
    {"contains", kMethod, 2, {kTextOrBytes, kTextOrBytes}, Kind::boolean, evaluate_contains},
    {"startsWith", kMethod, 2, {kTextOrBytes, kTextOrBytes}, Kind::boolean, evaluate_starts_with},
    {"endsWith", kMethod, 2, {kTextOrBytes, kTextOrBytes}, Kind::boolean, evaluate_ends_with},
    {"lowerAscii", kMethod, 1, {kText}, Kind::text, evaluate_lower_ascii},
    {"upperAscii", kMethod, 1, {kText}, Kind::text, evaluate_upper_ascii},
    {"bool", kFunction, 1, {kToBoolean}, Kind::boolean, evaluate_bool},
    {"int", kFunction, 1, {kToInteger}, Kind::integer, evaluate_int},
    {"string", kFunction, 1, {kToText}, Kind::text, evaluate_string},
    {"bytes", kFunction, 1, {kTextOrBytes}, Kind::bytes, evaluate_bytes},
    {"type", kFunction, 1, {kAny}, Kind::type, evaluate_type},
    {"dyn", kFunction, 1, {kAny}, std::nullopt, evaluate_dyn},
    {"utf8", kFunction, 1, {kBytes}, Kind::text, evaluate_string},
    {"hex", kFunction, 1, {kBytes}, Kind::text, evaluate_hex},
    {"unhex", kFunction, 1, {kText}, Kind::bytes, evaluate_unhex},
    {"hash160", kFunction, 1, {kText}, Kind::bytes, evaluate_hash160},
    {"hash256", kFunction, 1, {kText}, Kind::bytes, evaluate_hash256},
    {"address", kFunction, 1, {kBytes}, Kind::text, evaluate_address},
}};

std::string arguments_text(const Function& function) {
  const std::size_t count = function.argument_count - (function.form == kMethod ? 1 : 0);
  if (count == 0) return "no argument";
  return count == 1 ? "one argument" : fmt::format("{} arguments", count);
}

}  // namespace

std::string Kinds::to_text() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kKindCount; ++i) {
    if (has(static_cast<Kind>(i))) names.push_back(kind_name(static_cast<Kind>(i)));
  }
  if (names.size() < 2) return names.empty() ? "nothing" : std::string(names.front());
  const std::string_view last = names.back();
  names.pop_back();
  return fmt::format("{} or {}", fmt::join(names, ", "), last);
}

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name, CallForm form, std::size_t argument_count) {
  const auto* found = std::find_if(
      kFunctions.begin(), kFunctions.end(), [name, form, argument_count](const Function& each) {
        return each.name == name && each.form == form && each.argument_count == argument_count;
      });
  return found == kFunctions.end() ? nullptr : found;
}

std::string explain_unknown(std::string_view name, CallForm form) {
  const auto* same_name = std::find_if(kFunctions.begin(), kFunctions.end(),
                                       [name](const Function& each) { return each.name == name; });
  if (same_name == kFunctions.end()) return fmt::format("There is no function '{}'", name);
  const auto* same_form = std::find_if(
      same_name, kFunctions.end(),
      [name, form](const Function& each) { return each.name == name && each.form == form; });
  if (same_form != kFunctions.end()) {
    return fmt::format("{}() takes {}", name, arguments_text(*same_form));
  }
  return form == kMethod ? fmt::format("Write {}(x), not x.{}()", name, name)
                         : fmt::format("Write x.{}(), not {}(x)", name, name);
}

}  // namespace nsl::expression
