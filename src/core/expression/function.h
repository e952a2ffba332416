// The functions of the language in one table: how each is called, what it takes and gives, and the
// code behind it. The parser looks names up here, the check compares types, the evaluator calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/expression/budget.h"
#include "core/expression/node.h"
#include "core/expression/value.h"

namespace nsl::expression {

// A set of kinds.
class Kinds {
 public:
  template <class... K>
  static constexpr Kinds of(K... kinds) {
    Kinds result;
    ((result.bits_ |= bit(kinds)), ...);
    return result;
  }
  static constexpr Kinds any() {
    Kinds result;
    result.bits_ = (1U << kKindCount) - 1;
    return result;
  }

  constexpr bool has(Kind kind) const { return (bits_ & bit(kind)) != 0; }
  // "int, string or bytes".
  std::string to_text() const;

 private:
  static constexpr std::uint32_t bit(Kind kind) { return 1U << static_cast<unsigned>(kind); }

  std::uint32_t bits_ = 0;
};

// What is known of a type before anything is evaluated; nothing when it depends on the values.
using StaticKind = std::optional<Kind>;

inline constexpr std::size_t kArgumentsMax = 2;

struct Function {
  std::string_view name;
  CallForm form;
  // The target of a method counts as its first argument.
  std::size_t argument_count;
  std::array<Kinds, kArgumentsMax> arguments;
  StaticKind result;
  // The arguments have these kinds. Errors carry no position.
  Result<Value> (*evaluate)(std::span<const Value> arguments, Budget& budget);
};

// The function of that name, form and number of arguments, null when there is none.
const Function* find_function(std::string_view name, CallForm form, std::size_t argument_count);

// "size() takes one argument", "There is no function 'foo'": why find_function found nothing.
std::string explain_unknown(std::string_view name, CallForm form);

// The whole table, for documents and tests.
std::span<const Function> functions();

}  // namespace nsl::expression
