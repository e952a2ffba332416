// The tree of a parsed expression. Nodes lie in one array, children before their parents, so that
// trees copy, compare and go away without recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/expression/lexer.h"
#include "core/expression/value.h"

namespace nsl::expression {

struct Function;

enum class NodeKind : std::uint8_t {
  literal,
  // A name the caller gives a value.
  variable,
  // A name a macro binds; `slot` counts the macros around it.
  local,
  // target.name
  select,
  // has(target.name)
  has,
  // target[index]
  index,
  // name(arguments) and target.name(arguments); the target is the first child.
  call,
  list,
  // Keys and values in turn.
  map,
  negate,
  logical_not,
  multiply,
  divide,
  modulo,
  add,
  subtract,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  equal,
  not_equal,
  in,
  // Two children or more.
  logical_and,
  logical_or,
  conditional,
  // target.all(name, body); filtered_map has the condition between the target and the body.
  all,
  exists,
  exists_one,
  filter,
  transform,
  filtered_transform,
};

struct NodeIndex {
  std::size_t value = 0;
  friend bool operator==(NodeIndex, NodeIndex) = default;
};

enum class CallForm : std::uint8_t { function, method };

struct Node {
  NodeKind kind = NodeKind::literal;
  Position position = {};
  Value literal = {};
  std::string name = {};
  // The table of functions lives as long as the program.
  const Function* function = nullptr;
  CallForm form = CallForm::function;
  std::size_t slot = 0;
  std::vector<NodeIndex> children = {};
};

}  // namespace nsl::expression
