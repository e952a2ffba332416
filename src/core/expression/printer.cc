#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/base/assert.h"
#include "core/expression/expression.h"
#include "core/expression/grammar.h"
#include "core/expression/literal.h"

namespace nsl::expression {
namespace {

// How tightly an operator binds; an operand that binds less gets parentheses.
enum class Precedence : std::uint8_t {
  conditional,
  logical_or,
  logical_and,
  relation,
  sum,
  product,
  unary,
  postfix,
};

Precedence tighter(Precedence precedence) {
  return static_cast<Precedence>(static_cast<std::uint8_t>(precedence) + 1);
}

Precedence precedence_of(NodeKind kind) {
  const auto is_one_of = [kind](std::span<const BinaryOperator> operators) {
    return std::any_of(operators.begin(), operators.end(),
                       [kind](const BinaryOperator& each) { return each.kind == kind; });
  };
  if (is_one_of(relations())) return Precedence::relation;
  if (is_one_of(sums())) return Precedence::sum;
  if (is_one_of(products())) return Precedence::product;
  if (kind == NodeKind::conditional) return Precedence::conditional;
  if (kind == NodeKind::logical_or) return Precedence::logical_or;
  if (kind == NodeKind::logical_and) return Precedence::logical_and;
  if (kind == NodeKind::negate || kind == NodeKind::logical_not) return Precedence::unary;
  return Precedence::postfix;
}

std::string_view symbol_of(NodeKind kind) {
  for (const auto& operators : {relations(), sums(), products()}) {
    for (const BinaryOperator& each : operators) {
      if (each.kind == kind) return each.symbol;
    }
  }
  NSL_ASSERT(kind == NodeKind::logical_and || kind == NodeKind::logical_or);
  return kind == NodeKind::logical_and ? "&&" : "||";
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

// Recursion is as deep as the tree: limits::kExpressionDepthMax.
class Printer {
 public:
  explicit Printer(const Expression& expression) : expression_(expression) {}

  std::string print(NodeIndex index) const {
    const Node& node = expression_.node(index);
    switch (node.kind) {
      case NodeKind::literal:
        return to_text(node.literal);
      case NodeKind::variable:
      case NodeKind::local:
        return node.name;
      case NodeKind::select:
        return print_select(node);
      case NodeKind::has:
        return fmt::format("has({})", print_select(node));
      case NodeKind::index:
        return fmt::format("{}[{}]", print_target(node), print(node.children[1]));
      case NodeKind::call:
        return print_call(node);
      case NodeKind::list:
        return fmt::format("[{}]", join(print_children(node, 0), ", "));
      case NodeKind::map:
        return print_map(node);
      case NodeKind::negate:
      case NodeKind::logical_not:
        return print_unary(node);
      case NodeKind::conditional:
        return print_conditional(node);
      case NodeKind::all:
      case NodeKind::exists:
      case NodeKind::exists_one:
      case NodeKind::filter:
      case NodeKind::transform:
      case NodeKind::filtered_transform:
        return fmt::format("{}.{}({}, {})", print_target(node), find_macro(node.kind)->name,
                           node.name, join(print_children(node, 1), ", "));
      case NodeKind::multiply:
      case NodeKind::divide:
      case NodeKind::modulo:
      case NodeKind::add:
      case NodeKind::subtract:
      case NodeKind::less:
      case NodeKind::less_or_equal:
      case NodeKind::greater:
      case NodeKind::greater_or_equal:
      case NodeKind::equal:
      case NodeKind::not_equal:
      case NodeKind::in:
      case NodeKind::logical_and:
      case NodeKind::logical_or:
        return print_binary(node);
    }
    return {};
  }

 private:
  std::string print(NodeIndex index, Precedence least) const {
    const std::string text = print(index);
    const bool loose = precedence_of(expression_.node(index).kind) < least;
    return loose ? fmt::format("({})", text) : text;
  }

  std::string print_target(const Node& node) const {
    return print(node.children.front(), Precedence::postfix);
  }

  std::vector<std::string> print_children(const Node& node, std::size_t first) const {
    std::vector<std::string> texts;
    for (std::size_t i = first; i < node.children.size(); ++i) {
      texts.push_back(print(node.children[i]));
    }
    return texts;
  }

  std::string print_select(const Node& node) const {
    const bool plain = is_plain_name(node.name) && !is_keyword(node.name);
    return fmt::format("{}.{}", print_target(node),
                       plain ? node.name : fmt::format("`{}`", node.name));
  }

  std::string print_call(const Node& node) const {
    if (node.form == CallForm::function) {
      return fmt::format("{}({})", node.name, join(print_children(node, 0), ", "));
    }
    return fmt::format("{}.{}({})", print_target(node), node.name,
                       join(print_children(node, 1), ", "));
  }

  std::string print_map(const Node& node) const {
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < node.children.size(); i += 2) {
      entries.push_back(
          fmt::format("{}: {}", print(node.children[i]), print(node.children[i + 1])));
    }
    return fmt::format("{{{}}}", join(entries, ", "));
  }

  std::string print_unary(const Node& node) const {
    const std::string operand = print(node.children[0], Precedence::unary);
    if (node.kind == NodeKind::logical_not) return "!" + operand;
    // "-5" is a number; the negation of a number needs parentheses to stay one.
    const bool digit = operand.front() >= '0' && operand.front() <= '9';
    return digit ? fmt::format("-({})", operand) : "-" + operand;
  }

  std::string print_conditional(const Node& node) const {
    return fmt::format("{} ? {} : {}", print(node.children[0], Precedence::logical_or),
                       print(node.children[1], Precedence::logical_or), print(node.children[2]));
  }

  std::string print_binary(const Node& node) const {
    const Precedence precedence = precedence_of(node.kind);
    const bool chain = precedence <= Precedence::logical_and;
    std::vector<std::string> operands;
    for (const NodeIndex child : node.children) {
      const bool may_be_equal = operands.empty() && !chain;
      operands.push_back(print(child, may_be_equal ? precedence : tighter(precedence)));
    }
    return join(operands, fmt::format(" {} ", symbol_of(node.kind)));
  }

  const Expression& expression_;
};

// Recursion is as deep as the value.
std::string entries_text(const Value::Entries& entries) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : entries) {
    texts.push_back(fmt::format("{}: {}", to_text(key), to_text(value)));
  }
  return fmt::format("{{{}}}", join(texts, ", "));
}

std::string list_text(const Value::List& items) {
  std::vector<std::string> texts;
  for (const Value& item : items) texts.push_back(to_text(item));
  return fmt::format("[{}]", join(texts, ", "));
}

bool same_node(const Node& left, const Node& right) {
  return left.kind == right.kind && left.literal == right.literal && left.name == right.name &&
         left.function == right.function && left.form == right.form && left.slot == right.slot &&
         left.children == right.children;
}

}  // namespace

std::string to_text(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::integer:
      return value.as_integer().to_decimal();
    case Kind::text:
      return quote_text(value.as_text());
    case Kind::bytes:
      return quote_bytes(value.as_bytes());
    case Kind::list:
      return list_text(value.as_list());
    case Kind::map:
      return entries_text(value.as_map());
    case Kind::type:
      return std::string(kind_name(value.as_type()));
    case Kind::opaque:
      return fmt::format("<{}>", value.as_opaque());
  }
  return {};
}

std::string print_expression(const Expression& expression) {
  return Printer(expression).print(expression.root());
}

std::vector<std::string> Expression::variable_names() const {
  std::vector<std::string> names;
  for (const Node& node : nodes_) {
    if (node.kind == NodeKind::variable) names.push_back(node.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool operator==(const Expression& left, const Expression& right) {
  return std::equal(left.nodes_.begin(), left.nodes_.end(), right.nodes_.begin(),
                    right.nodes_.end(), same_node);
}

}  // namespace nsl::expression
