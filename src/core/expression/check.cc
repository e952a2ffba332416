#include "core/expression/check.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "core/expression/operators.h"

namespace nsl::expression {
namespace {

constexpr Kinds kBoolean = Kinds::of(Kind::boolean);
constexpr Kinds kRange = Kinds::of(Kind::list, Kind::map);

std::string_view name_of(StaticKind kind) { return kind ? kind_name(*kind) : "any type"; }

bool fits(StaticKind kind, Kinds kinds) { return !kind || kinds.has(*kind); }

// Children stand before their parents, so that one walk over the nodes knows every operand.
class Checker {
 public:
  Checker(const Expression& expression, const Declarations& declarations)
      : expression_(expression), declarations_(declarations) {}

  Result<StaticKind> check() {
    for (std::size_t i = 0; i < expression_.node_count(); ++i) {
      NSL_TRY(const StaticKind kind, check_node(expression_.node({i})));
      kinds_.push_back(kind);
    }
    return kinds_.back();
  }

 private:
  static std::unexpected<Error> ill_typed(const Node& node, std::string_view message) {
    return fail_at(Code::expression_ill_typed, node.position, message);
  }

  StaticKind kind_of(const Node& node, std::size_t child) const {
    return kinds_[node.children[child].value];
  }

  // The child must be one of `kinds`; `what` starts the message.
  Result<void> expect(const Node& node, std::size_t child, Kinds kinds,
                      std::string_view what) const {
    if (fits(kind_of(node, child), kinds)) return {};
    return ill_typed(
        node, fmt::format("{} {}, found {}", what, kinds.to_text(), name_of(kind_of(node, child))));
  }

  Result<StaticKind> check_node(const Node& node) const {
    switch (node.kind) {
      case NodeKind::literal:
        return StaticKind(node.literal.kind());
      case NodeKind::variable:
        return check_variable(node);
      case NodeKind::local:
        return StaticKind();
      case NodeKind::select:
      case NodeKind::has: {
        NSL_TRY_VOID(expect(node, 0, Kinds::of(Kind::map), "A field needs"));
        return node.kind == NodeKind::has ? StaticKind(Kind::boolean) : StaticKind();
      }
      case NodeKind::index:
        return check_index(node);
      case NodeKind::call:
        return check_call(node);
      case NodeKind::list:
        return StaticKind(Kind::list);
      case NodeKind::map:
        return check_map(node);
      case NodeKind::negate:
        NSL_TRY_VOID(expect(node, 0, operand_kinds(node.kind), "'-' takes"));
        return StaticKind(Kind::integer);
      case NodeKind::logical_not:
        NSL_TRY_VOID(expect(node, 0, kBoolean, "'!' takes"));
        return StaticKind(Kind::boolean);
      case NodeKind::logical_and:
      case NodeKind::logical_or:
        return check_logic(node);
      case NodeKind::conditional: {
        NSL_TRY_VOID(expect(node, 0, kBoolean, "A condition is"));
        const bool same = kind_of(node, 1) == kind_of(node, 2);
        return same ? kind_of(node, 1) : StaticKind();
      }
      case NodeKind::all:
      case NodeKind::exists:
      case NodeKind::exists_one:
      case NodeKind::filter:
      case NodeKind::transform:
      case NodeKind::filtered_transform:
        return check_macro(node);
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
        return check_binary(node);
    }
    return StaticKind();
  }

  Result<StaticKind> check_variable(const Node& node) const {
    const auto found = declarations_.find(node.name);
    if (found != declarations_.end()) return found->second;
    return ill_typed(node, fmt::format("There is no variable '{}'", node.name));
  }

  Result<StaticKind> check_index(const Node& node) const {
    NSL_TRY_VOID(expect(node, 0, kRange, "[] takes"));
    if (kind_of(node, 0) == Kind::list) {
      NSL_TRY_VOID(expect(node, 1, Kinds::of(Kind::integer), "A list takes in []"));
    }
    return StaticKind();
  }

  Result<StaticKind> check_call(const Node& node) const {
    const Function& function = *node.function;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      NSL_TRY_VOID(
          expect(node, i, function.arguments[i], fmt::format("{}() takes", function.name)));
    }
    return function.result;
  }

  Result<StaticKind> check_map(const Node& node) const {
    const Kinds keys = Kinds::of(Kind::boolean, Kind::integer, Kind::text, Kind::bytes);
    for (std::size_t i = 0; i < node.children.size(); i += 2) {
      NSL_TRY_VOID(expect(node, i, keys, "A map's key is"));
    }
    return StaticKind(Kind::map);
  }

  Result<StaticKind> check_logic(const Node& node) const {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      NSL_TRY_VOID(expect(node, i, kBoolean,
                          node.kind == NodeKind::logical_and ? "'&&' takes" : "'||' takes"));
    }
    return StaticKind(Kind::boolean);
  }

  Result<StaticKind> check_macro(const Node& node) const {
    NSL_TRY_VOID(expect(node, 0, kRange, "A macro walks over"));
    if (node.kind != NodeKind::transform) {
      NSL_TRY_VOID(expect(node, 1, kBoolean, "The condition of a macro is"));
    }
    const bool makes_list = node.kind == NodeKind::filter || node.kind == NodeKind::transform ||
                            node.kind == NodeKind::filtered_transform;
    return StaticKind(makes_list ? Kind::list : Kind::boolean);
  }

  Result<StaticKind> check_binary(const Node& node) const {
    const StaticKind left = kind_of(node, 0);
    const StaticKind right = kind_of(node, 1);
    const bool comparable = !left || !right || *left == *right;
    if (node.kind == NodeKind::equal || node.kind == NodeKind::not_equal) {
      const bool with_null = left == Kind::null || right == Kind::null;
      if (comparable || with_null) return StaticKind(Kind::boolean);
      return ill_typed(node,
                       fmt::format("{} and {} are never equal", name_of(left), name_of(right)));
    }
    const Kinds kinds = operand_kinds(node.kind);
    const bool is_in = node.kind == NodeKind::in;
    if (!fits(right, kinds) || (!is_in && (!comparable || !fits(left, kinds)))) {
      return ill_typed(node, explain_operands(node.kind, name_of(left), name_of(right)));
    }
    if (is_in || kinds.has(Kind::boolean)) return StaticKind(Kind::boolean);
    if (node.kind != NodeKind::add) return StaticKind(Kind::integer);
    return left ? left : right;
  }

  const Expression& expression_;
  const Declarations& declarations_;
  // Of the nodes before the current one.
  std::vector<StaticKind> kinds_;
};

}  // namespace

Result<StaticKind> check_expression(const Expression& expression,
                                    const Declarations& declarations) {
  return Checker(expression, declarations).check();
}

Result<void> check_condition(const Expression& expression, const Declarations& declarations) {
  NSL_TRY(const StaticKind kind, check_expression(expression, declarations));
  if (!kind || *kind == Kind::boolean) return {};
  return fail_at(Code::expression_ill_typed, expression.node(expression.root()).position,
                 fmt::format("A condition gives a bool, this gives {}", name_of(kind)));
}

}  // namespace nsl::expression
