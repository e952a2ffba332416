// The words and signs of the language, shared by the parser and the printer.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/expression/node.h"
#include "core/neo/integer.h"

namespace nsl::expression {

// Words that name no variable.
bool is_reserved(std::string_view name);
// The few of them that may not follow a dot either.
bool is_keyword(std::string_view name);
// Letters, digits and underscores, not starting with a digit.
bool is_plain_name(std::string_view name);

struct BinaryOperator {
  std::string_view symbol;
  NodeKind kind;
};

// Each group binds tighter than the one before it; all associate to the left.
std::span<const BinaryOperator> relations();
std::span<const BinaryOperator> sums();
std::span<const BinaryOperator> products();

struct Macro {
  std::string_view name;
  // The bound name included, the target not.
  std::size_t argument_count;
  NodeKind kind;
};

bool is_macro(std::string_view name);
// Null when there is none.
const Macro* find_macro(std::string_view name, std::size_t argument_count);
// Null when the node is none.
const Macro* find_macro(NodeKind kind);

enum class Sign : std::uint8_t { none, minus };

// Decimal digits, or 0x and hexadecimal ones.
Result<neo::Integer> parse_integer_literal(std::string_view digits, Sign sign);

}  // namespace nsl::expression
