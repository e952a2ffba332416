#include "core/expression/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/bytes.h"
#include "core/codec/hex.h"
#include "core/expression/arithmetic.h"

namespace nsl::expression {
namespace {

// The specification keeps these for languages that embed it.
constexpr std::array<std::string_view, 21> kReserved = {
    "as",       "break",   "const",  "continue", "else", "false", "for",
    "function", "if",      "import", "in",       "let",  "loop",  "namespace",
    "null",     "package", "return", "true",     "var",  "void",  "while"};

constexpr std::array<BinaryOperator, 7> kRelations = {{{"==", NodeKind::equal},
                                                       {"!=", NodeKind::not_equal},
                                                       {"<", NodeKind::less},
                                                       {"<=", NodeKind::less_or_equal},
                                                       {">", NodeKind::greater},
                                                       {">=", NodeKind::greater_or_equal},
                                                       {"in", NodeKind::in}}};
constexpr std::array<BinaryOperator, 2> kSums = {{{"+", NodeKind::add}, {"-", NodeKind::subtract}}};
constexpr std::array<BinaryOperator, 3> kProducts = {
    {{"*", NodeKind::multiply}, {"/", NodeKind::divide}, {"%", NodeKind::modulo}}};

constexpr std::array<Macro, 7> kMacros = {{{"all", 2, NodeKind::all},
                                           {"exists", 2, NodeKind::exists},
                                           {"exists_one", 2, NodeKind::exists_one},
                                           {"existsOne", 2, NodeKind::exists_one},
                                           {"filter", 2, NodeKind::filter},
                                           {"map", 2, NodeKind::transform},
                                           {"map", 3, NodeKind::filtered_transform}}};

template <class Predicate>
const Macro* find_macro_if(Predicate predicate) {
  const auto* found = std::find_if(kMacros.begin(), kMacros.end(), predicate);
  return found == kMacros.end() ? nullptr : found;
}

bool is_letter(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view without_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

Result<neo::Integer> parse_hexadecimal(std::string_view digits, Sign sign) {
  const bool odd = digits.size() % 2 != 0;
  NSL_TRY(Bytes bytes, codec::decode_hex(odd ? fmt::format("0{}", digits) : std::string(digits)));
  std::reverse(bytes.begin(), bytes.end());
  // A zero on top keeps the number from being read as negative.
  if (bytes.size() < neo::Integer::kBytesMax) bytes.push_back(0);
  NSL_TRY(const neo::Integer value, neo::Integer::parse_little_endian(bytes));
  const std::optional<neo::Integer> negated = checked_negate(value);
  // Only the least integer has no negated one; its magnitude and itself have the same bits.
  if (sign == Sign::minus && !negated) return value;
  if (value.is_negative()) return fail(Code::expression_malformed);
  return sign == Sign::minus ? *negated : value;
}

}  // namespace

bool is_reserved(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

bool is_keyword(std::string_view name) {
  return name == "true" || name == "false" || name == "null" || name == "in";
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::span<const BinaryOperator> relations() { return kRelations; }
std::span<const BinaryOperator> sums() { return kSums; }
std::span<const BinaryOperator> products() { return kProducts; }

bool is_macro(std::string_view name) {
  return find_macro_if([name](const Macro& macro) { return macro.name == name; }) != nullptr;
}

const Macro* find_macro(std::string_view name, std::size_t argument_count) {
  return find_macro_if([name, argument_count](const Macro& macro) {
    return macro.name == name && macro.argument_count == argument_count;
  });
}

const Macro* find_macro(NodeKind kind) {
  return find_macro_if([kind](const Macro& macro) { return macro.kind == kind; });
}

Result<neo::Integer> parse_integer_literal(std::string_view digits, Sign sign) {
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    return parse_hexadecimal(without_zeros(digits.substr(2)), sign);
  }
  const std::string_view shortest = without_zeros(digits);
  const bool minus = sign == Sign::minus && shortest != "0";
  return neo::Integer::parse_decimal(minus ? fmt::format("-{}", shortest) : std::string(shortest));
}

}  // namespace nsl::expression
