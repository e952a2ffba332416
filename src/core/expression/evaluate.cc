#include "core/expression/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/expression/function.h"
#include "core/expression/operators.h"

namespace nsl::expression {
namespace {

// Recursion is as deep as the tree: limits::kExpressionDepthMax.
class Evaluator {
 public:
  Evaluator(const Expression& expression, const Variables& variables, Budget& budget)
      : expression_(expression), variables_(variables), budget_(budget) {}

  Result<Value> evaluate(NodeIndex index) {
    const Node& node = expression_.node(index);
    NSL_TRY_VOID(spend(node, 1));
    switch (node.kind) {
      case NodeKind::literal:
        return node.literal;
      case NodeKind::variable:
        return evaluate_variable(node);
      case NodeKind::local:
        NSL_ASSERT(node.slot < locals_.size());
        return locals_[node.slot];
      case NodeKind::select:
      case NodeKind::has:
        return evaluate_select(node);
      case NodeKind::index:
        return evaluate_index(node);
      case NodeKind::call:
        return evaluate_call(node);
      case NodeKind::list:
        return evaluate_list(node);
      case NodeKind::map:
        return evaluate_map(node);
      case NodeKind::logical_and:
      case NodeKind::logical_or:
        return evaluate_logic(node);
      case NodeKind::conditional:
        return evaluate_conditional(node);
      case NodeKind::all:
      case NodeKind::exists:
        return evaluate_quantifier(node);
      case NodeKind::exists_one:
        return evaluate_exists_one(node);
      case NodeKind::filter:
      case NodeKind::transform:
      case NodeKind::filtered_transform:
        return evaluate_collection(node);
      case NodeKind::negate:
      case NodeKind::logical_not:
        return evaluate_unary(node);
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
        return evaluate_binary(node);
    }
    return Value();
  }

 private:
  static std::unexpected<Error> failed(const Node& node, std::string_view message) {
    return fail_at(Code::expression_failed, node.position, message);
  }

  // Gives an error without a position that of the node.
  static std::unexpected<Error> located(const Node& node, const Error& error) {
    return fail_at(error.code(), node.position, error.message());
  }

  Result<void> spend(const Node& node, std::int64_t steps) {
    const Result<void> spent = budget_.spend(steps);
    return spent.has_value() ? spent : located(node, spent.error());
  }

  // Errors of operands are absorbed by && and || and their like; a spent budget is not.
  static bool is_final(const Error& error) {
    return error.code() == Code::expression_cost_exceeded;
  }

  Result<bool> evaluate_bool(NodeIndex index) {
    NSL_TRY(const Value value, evaluate(index));
    if (value.kind() == Kind::boolean) return value.as_boolean();
    return failed(expression_.node(index),
                  fmt::format("Expected a bool, found {}", kind_name(value.kind())));
  }

  Result<Value> evaluate_variable(const Node& node) {
    const auto found = variables_.find(node.name);
    if (found == variables_.end()) {
      return failed(node, fmt::format("There is no variable '{}'", node.name));
    }
    if (found->second.depth() > limits::kExpressionDepthMax) {
      return failed(node, fmt::format("The variable '{}' nests deeper than {} levels", node.name,
                                      limits::kExpressionDepthMax));
    }
    return found->second;
  }

  Result<Value> evaluate_select(const Node& node);
  Result<Value> evaluate_index(const Node& node);
  Result<Value> evaluate_call(const Node& node);
  Result<Value> evaluate_list(const Node& node);
  Result<Value> evaluate_map(const Node& node);
  Result<Value> evaluate_logic(const Node& node);
  Result<Value> evaluate_conditional(const Node& node);
  Result<Value> evaluate_unary(const Node& node);
  Result<Value> evaluate_binary(const Node& node);
  Result<Value> evaluate_quantifier(const Node& node);
  Result<Value> evaluate_exists_one(const Node& node);
  Result<Value> evaluate_collection(const Node& node);

  // Spends what the values weigh, as if they were copied into the one that is made of them: a value
  // never outgrows what its making cost, even where it shares memory.
  Result<Value> make_list(const Node& node, Value::List items);
  // A list, or the list of a map's keys.
  Result<Value> evaluate_range(const Node& node);

  const Expression& expression_;
  const Variables& variables_;
  Budget& budget_;
  // What the macros around the current node bind.
  std::vector<Value> locals_;
};

Result<Value> Evaluator::evaluate_select(const Node& node) {
  NSL_TRY(const Value target, evaluate(node.children[0]));
  if (target.kind() != Kind::map) {
    return failed(node, fmt::format("Only a map has fields; this is {}", kind_name(target.kind())));
  }
  const Value* found = target.find(Value::text(node.name));
  // Maps of contracts have no text keys, only bytes that are text.
  if (found == nullptr) found = target.find(Value::bytes(nsl::to_bytes(node.name)));
  if (node.kind == NodeKind::has) return Value::boolean(found != nullptr);
  if (found == nullptr) return failed(node, fmt::format("There is no field '{}'", node.name));
  return *found;
}

Result<Value> Evaluator::evaluate_index(const Node& node) {
  NSL_TRY(const Value target, evaluate(node.children[0]));
  NSL_TRY(const Value index, evaluate(node.children[1]));
  if (target.kind() == Kind::map) {
    NSL_TRY_VOID(spend(node, index.weight()));
    const Value* found = target.find(index);
    return found == nullptr ? failed(node, "The map has no such key") : Result<Value>(*found);
  }
  if (target.kind() != Kind::list) {
    return failed(node, fmt::format("[] takes a list or map, found {}", kind_name(target.kind())));
  }
  if (index.kind() != Kind::integer) {
    return failed(node,
                  fmt::format("A list takes an int in [], found {}", kind_name(index.kind())));
  }
  const Value::List& items = target.as_list();
  const std::optional<std::int64_t> number = index.as_integer().to_int64();
  if (!number || *number < 0 || *number >= static_cast<std::int64_t>(items.size())) {
    return failed(
        node, fmt::format("The index is outside of the list, which has {} items", items.size()));
  }
  return items[static_cast<std::size_t>(*number)];
}

Result<Value> Evaluator::evaluate_call(const Node& node) {
  std::array<Value, kArgumentsMax> arguments;
  const Function& function = *node.function;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    NSL_TRY(arguments[i], evaluate(node.children[i]));
    if (function.arguments[i].has(arguments[i].kind())) continue;
    return failed(
        node, fmt::format("{}() takes {}, found {}", function.name, function.arguments[i].to_text(),
                          kind_name(arguments[i].kind())));
  }
  Result<Value> result =
      function.evaluate(std::span(arguments).first(node.children.size()), budget_);
  if (result.has_value()) return result;
  if (is_final(result.error())) return located(node, result.error());
  return failed(node, fmt::format("{}(): {}", function.name, result.error().message()));
}

Result<Value> Evaluator::make_list(const Node& node, Value::List items) {
  Value made = Value::list(std::move(items));
  NSL_TRY_VOID(spend(node, made.weight()));
  if (made.depth() > limits::kExpressionDepthMax) {
    return failed(node,
                  fmt::format("The list nests deeper than {} levels", limits::kExpressionDepthMax));
  }
  return made;
}

Result<Value> Evaluator::evaluate_list(const Node& node) {
  Value::List items;
  items.reserve(node.children.size());
  for (const NodeIndex child : node.children) {
    NSL_TRY(Value item, evaluate(child));
    items.push_back(std::move(item));
  }
  return make_list(node, std::move(items));
}

Result<Value> Evaluator::evaluate_map(const Node& node) {
  Value::Entries entries;
  entries.reserve(node.children.size() / 2);
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    NSL_TRY(Value key, evaluate(node.children[i]));
    NSL_TRY(Value value, evaluate(node.children[i + 1]));
    NSL_TRY_VOID(spend(node, key.weight()));
    entries.emplace_back(std::move(key), std::move(value));
  }
  Result<Value> made = Value::map(std::move(entries));
  if (!made.has_value()) return located(node, made.error());
  NSL_TRY_VOID(spend(node, made->weight()));
  if (made->depth() > limits::kExpressionDepthMax) {
    return failed(node,
                  fmt::format("The map nests deeper than {} levels", limits::kExpressionDepthMax));
  }
  return made;
}

// CEL's logic: an operand that decides hides the errors of the others, whatever their order.
Result<Value> Evaluator::evaluate_logic(const Node& node) {
  const bool deciding = node.kind == NodeKind::logical_or;
  std::optional<Error> first_error;
  for (const NodeIndex child : node.children) {
    Result<bool> operand = evaluate_bool(child);
    if (operand.has_value()) {
      if (*operand == deciding) return Value::boolean(deciding);
      continue;
    }
    if (is_final(operand.error())) return fail(std::move(operand).error());
    if (!first_error) first_error = std::move(operand).error();
  }
  if (first_error) return fail(*std::move(first_error));
  return Value::boolean(!deciding);
}

Result<Value> Evaluator::evaluate_conditional(const Node& node) {
  NSL_TRY(const bool condition, evaluate_bool(node.children[0]));
  return evaluate(node.children[condition ? 1 : 2]);
}

Result<Value> Evaluator::evaluate_unary(const Node& node) {
  NSL_TRY(const Value operand, evaluate(node.children[0]));
  Result<Value> result = apply_unary(node.kind, operand);
  return result.has_value() ? std::move(result) : located(node, result.error());
}

Result<Value> Evaluator::evaluate_binary(const Node& node) {
  NSL_TRY(const Value left, evaluate(node.children[0]));
  NSL_TRY(const Value right, evaluate(node.children[1]));
  Result<Value> result = apply_binary(node.kind, {.left = left, .right = right}, budget_);
  return result.has_value() ? std::move(result) : located(node, result.error());
}

Result<Value> Evaluator::evaluate_range(const Node& node) {
  NSL_TRY(const Value target, evaluate(node.children[0]));
  if (target.kind() == Kind::list) return target;
  if (target.kind() != Kind::map) {
    return failed(node, fmt::format("{} is neither a list nor a map", kind_name(target.kind())));
  }
  NSL_TRY_VOID(spend(node, static_cast<std::int64_t>(target.as_map().size())));
  Value::List keys;
  keys.reserve(target.as_map().size());
  for (const Value::Entry& entry : target.as_map()) keys.push_back(entry.first);
  return Value::list(std::move(keys));
}

// all() and exists() are && and || over the items, and absorb errors like them.
Result<Value> Evaluator::evaluate_quantifier(const Node& node) {
  NSL_TRY(const Value range, evaluate_range(node));
  const bool deciding = node.kind == NodeKind::exists;
  std::optional<Error> first_error;
  for (const Value& item : range.as_list()) {
    locals_.push_back(item);
    Result<bool> holds = evaluate_bool(node.children[1]);
    locals_.pop_back();
    if (holds.has_value()) {
      if (*holds == deciding) return Value::boolean(deciding);
      continue;
    }
    if (is_final(holds.error())) return fail(std::move(holds).error());
    if (!first_error) first_error = std::move(holds).error();
  }
  if (first_error) return fail(*std::move(first_error));
  return Value::boolean(!deciding);
}

Result<Value> Evaluator::evaluate_exists_one(const Node& node) {
  NSL_TRY(const Value range, evaluate_range(node));
  std::size_t count = 0;
  for (const Value& item : range.as_list()) {
    locals_.push_back(item);
    const Result<bool> holds = evaluate_bool(node.children[1]);
    locals_.pop_back();
    if (!holds.has_value()) return fail(holds.error());
    if (*holds) ++count;
  }
  return Value::boolean(count == 1);
}

// filter(), and map() with or without a condition.
Result<Value> Evaluator::evaluate_collection(const Node& node) {
  NSL_TRY(const Value range, evaluate_range(node));
  Value::List kept;
  for (const Value& item : range.as_list()) {
    locals_.push_back(item);
    const Result<bool> wanted =
        node.kind == NodeKind::transform ? Result<bool>(true) : evaluate_bool(node.children[1]);
    Result<Value> value = item;
    if (wanted.has_value() && *wanted && node.kind != NodeKind::filter) {
      value = evaluate(node.children.back());
    }
    locals_.pop_back();
    if (!wanted.has_value()) return fail(wanted.error());
    if (!*wanted) continue;
    NSL_TRY(Value made, std::move(value));
    kept.push_back(std::move(made));
  }
  return make_list(node, std::move(kept));
}

}  // namespace

Result<Value> evaluate(const Expression& expression, const Variables& variables, Budget& budget) {
  return Evaluator(expression, variables, budget).evaluate(expression.root());
}

Result<bool> evaluate_condition(const Expression& expression, const Variables& variables,
                                Budget& budget) {
  NSL_TRY(const Value value, evaluate(expression, variables, budget));
  if (value.kind() == Kind::boolean) return value.as_boolean();
  return fail_at(Code::expression_failed, expression.node(expression.root()).position,
                 fmt::format("A condition gives a bool, this gives {}", kind_name(value.kind())));
}

}  // namespace nsl::expression
