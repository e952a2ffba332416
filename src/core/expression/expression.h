// A subset of the Common Expression Language (cel.dev) whose every evaluation has a bounded cost:
// what filters of events, triggers and signing policies are written in. docs/use/expressions.md is
// the language; this is its parser and its printer. check.h compares an expression with the types
// of its variables, evaluate.h computes it, stack_item_value.h makes values of a contract's
// arguments.
//
// The source comes from outside. It is bounded in bytes, nodes and nesting
// (limits::kExpressionBytesMax, kExpressionNodesMax, kExpressionDepthMax), and every error says
// "line:column: " and what was expected there. Nothing here keeps state or knows what it is used
// for.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/expression/node.h"

namespace nsl::expression {

// A parsed expression: a value that only parse_expression makes.
class Expression {
 public:
  const Node& node(NodeIndex index) const { return nodes_[index.value]; }
  NodeIndex root() const { return {nodes_.size() - 1}; }
  std::size_t node_count() const { return nodes_.size(); }

  // The names the caller must give values to, sorted, each once.
  std::vector<std::string> variable_names() const;

  // The same tree, wherever it stood in its source.
  friend bool operator==(const Expression& left, const Expression& right);

 private:
  friend class Parser;
  explicit Expression(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}

  // Never empty; the root is the last one.
  std::vector<Node> nodes_;
};

// Code::expression_malformed for what is not an expression, Code::limit_exceeded for too much of
// it.
Result<Expression> parse_expression(std::string_view source);

// One line that parses to the same tree, with no more parentheses than that takes.
std::string print_expression(const Expression& expression);

}  // namespace nsl::expression
