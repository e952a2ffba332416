#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "core/base/limits.h"
#include "core/codec/utf8.h"
#include "core/expression/expression.h"
#include "core/expression/function.h"
#include "core/expression/grammar.h"

namespace nsl::expression {
// One function for each level of precedence, from the loosest to the tightest. A call nests at most
// limits::kExpressionDepthMax levels of brackets, operators and arguments.
class Parser {
 public:
  explicit Parser(std::string_view source) : lexer_(source) {}

  Result<Expression> parse() {
    NSL_TRY_VOID(advance());
    NSL_TRY(const NodeIndex root, parse_conditional());
    if (token_.kind != TokenKind::end) return expected("an operator or the end");
    NSL_ASSERT(root.value + 1 == nodes_.size() && locals_.empty());
    return Expression(std::move(nodes_));
  }

 private:
  // Counts the levels of nesting for as long as it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) { ++parser_.level_; }
    ~Level() { --parser_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Result<void> check() const {
      return parser_.level_ > limits::kExpressionDepthMax ? parser_.too_deep() : Result<void>();
    }

   private:
    Parser& parser_;
  };

  std::unexpected<Error> malformed(Position position, std::string_view message) const {
    return fail_at(Code::expression_malformed, position, message);
  }
  std::unexpected<Error> expected(std::string_view what) const {
    return malformed(token_.position, fmt::format("Expected {}, found {}", what, describe(token_)));
  }
  Result<void> too_deep() const {
    return fail_at(
        Code::limit_exceeded, token_.position,
        fmt::format("The expression nests deeper than {} levels", limits::kExpressionDepthMax));
  }

  Result<void> advance() {
    NSL_TRY(token_, lexer_.next());
    return {};
  }
  Result<void> expect_symbol(std::string_view symbol) {
    if (!token_.is_symbol(symbol)) return expected(fmt::format("'{}'", symbol));
    return advance();
  }

  Result<NodeIndex> add(Node node) {
    if (static_cast<std::int64_t>(nodes_.size()) >= limits::kExpressionNodesMax) {
      return fail_at(
          Code::limit_exceeded, node.position,
          fmt::format("The expression has more than {} nodes", limits::kExpressionNodesMax));
    }
    std::int64_t height = 1;
    for (const NodeIndex child : node.children) {
      height = std::max(height, heights_[child.value] + 1);
    }
    if (height > limits::kExpressionDepthMax) return std::unexpected(too_deep().error());
    nodes_.push_back(std::move(node));
    heights_.push_back(height);
    return NodeIndex{nodes_.size() - 1};
  }
  Result<NodeIndex> add(NodeKind kind, Position position, std::vector<NodeIndex> children) {
    return add(Node{.kind = kind, .position = position, .children = std::move(children)});
  }
  Result<NodeIndex> add_literal(Position position, Value value) {
    return add(Node{.kind = NodeKind::literal, .position = position, .literal = std::move(value)});
  }

  Result<NodeIndex> parse_conditional();
  Result<NodeIndex> parse_or();
  Result<NodeIndex> parse_and();
  Result<NodeIndex> parse_relation();
  Result<NodeIndex> parse_sum();
  Result<NodeIndex> parse_product();
  Result<NodeIndex> parse_unary();
  Result<NodeIndex> parse_postfix(NodeIndex target);
  Result<NodeIndex> parse_primary();

  using Operand = Result<NodeIndex> (Parser::*)();
  Result<NodeIndex> parse_chain(NodeKind kind, std::string_view symbol, Operand operand);
  Result<NodeIndex> parse_left(std::span<const BinaryOperator> operators, Operand operand);

  Result<NodeIndex> parse_number(Sign sign, Position position);
  Result<NodeIndex> parse_name();
  Result<NodeIndex> parse_has(Position position);
  Result<NodeIndex> parse_call(Token name);
  Result<NodeIndex> parse_member(NodeIndex target);
  Result<NodeIndex> parse_method(Token name, NodeIndex target);
  Result<NodeIndex> parse_macro(const Token& name, NodeIndex target);
  Result<NodeIndex> parse_list();
  Result<NodeIndex> parse_map();
  Result<NodeIndex> finish_call(const Token& name, CallForm form, std::vector<NodeIndex> arguments);
  // After the opening bracket, the closing one included.
  Result<std::vector<NodeIndex>> parse_arguments();

  Lexer lexer_;
  Token token_;
  std::vector<Node> nodes_;
  // Of each node: 1, or one more than its highest child.
  std::vector<std::int64_t> heights_;
  std::int64_t level_ = 0;
  // Names bound by the macros around the current place.
  std::vector<std::string> locals_;
};

Result<NodeIndex> Parser::parse_conditional() {
  const Level level(*this);
  NSL_TRY_VOID(level.check());
  NSL_TRY(const NodeIndex condition, parse_or());
  if (!token_.is_symbol("?")) return condition;
  const Position position = token_.position;
  NSL_TRY_VOID(advance());
  NSL_TRY(const NodeIndex yes, parse_or());
  NSL_TRY_VOID(expect_symbol(":"));
  NSL_TRY(const NodeIndex no, parse_conditional());
  return add(NodeKind::conditional, position, {condition, yes, no});
}

// Long chains of alternatives are common in filters, so that a chain is one node and not a deep
// tree.
Result<NodeIndex> Parser::parse_chain(NodeKind kind, std::string_view symbol, Operand operand) {
  NSL_TRY(const NodeIndex first, (this->*operand)());
  if (!token_.is_symbol(symbol)) return first;
  const Position position = token_.position;
  std::vector<NodeIndex> children = {first};
  while (token_.is_symbol(symbol)) {
    NSL_TRY_VOID(advance());
    NSL_TRY(const NodeIndex next, (this->*operand)());
    children.push_back(next);
  }
  return add(kind, position, std::move(children));
}

Result<NodeIndex> Parser::parse_or() {
  return parse_chain(NodeKind::logical_or, "||", &Parser::parse_and);
}

Result<NodeIndex> Parser::parse_and() {
  return parse_chain(NodeKind::logical_and, "&&", &Parser::parse_relation);
}

Result<NodeIndex> Parser::parse_left(std::span<const BinaryOperator> operators, Operand operand) {
  NSL_TRY(NodeIndex left, (this->*operand)());
  while (true) {
    const auto found =
        std::find_if(operators.begin(), operators.end(), [this](const BinaryOperator& each) {
          return token_.is_symbol(each.symbol) || token_.is_name(each.symbol);
        });
    if (found == operators.end()) return left;
    const Position position = token_.position;
    NSL_TRY_VOID(advance());
    NSL_TRY(const NodeIndex right, (this->*operand)());
    NSL_TRY(left, add(found->kind, position, {left, right}));
  }
}

Result<NodeIndex> Parser::parse_relation() { return parse_left(relations(), &Parser::parse_sum); }
Result<NodeIndex> Parser::parse_sum() { return parse_left(sums(), &Parser::parse_product); }
Result<NodeIndex> Parser::parse_product() { return parse_left(products(), &Parser::parse_unary); }

Result<NodeIndex> Parser::parse_unary() {
  const Position position = token_.position;
  const bool negation = token_.is_symbol("!");
  if (!negation && !token_.is_symbol("-")) {
    NSL_TRY(const NodeIndex primary, parse_primary());
    return parse_postfix(primary);
  }
  NSL_TRY_VOID(advance());
  // The sign belongs to the number: the least integer has no positive counterpart.
  if (!negation && token_.kind == TokenKind::integer) {
    NSL_TRY(const NodeIndex number, parse_number(Sign::minus, position));
    return parse_postfix(number);
  }
  const Level level(*this);
  NSL_TRY_VOID(level.check());
  NSL_TRY(const NodeIndex operand, parse_unary());
  return add(negation ? NodeKind::logical_not : NodeKind::negate, position, {operand});
}

Result<NodeIndex> Parser::parse_number(Sign sign, Position position) {
  const Result<neo::Integer> value = parse_integer_literal(token_.text, sign);
  if (!value.has_value()) return malformed(position, "The int has more than 256 bits");
  NSL_TRY_VOID(advance());
  return add_literal(position, Value::integer(*value));
}

Result<NodeIndex> Parser::parse_postfix(NodeIndex target) {
  while (true) {
    const Position position = token_.position;
    if (token_.is_symbol(".")) {
      NSL_TRY(target, parse_member(target));
    } else if (token_.is_symbol("[")) {
      NSL_TRY_VOID(advance());
      NSL_TRY(const NodeIndex index, parse_conditional());
      NSL_TRY_VOID(expect_symbol("]"));
      NSL_TRY(target, add(NodeKind::index, position, {target, index}));
    } else if (token_.is_symbol("{")) {
      return malformed(position, "There are no message types; write a map");
    } else {
      return target;
    }
  }
}

Result<NodeIndex> Parser::parse_primary() {
  const Position position = token_.position;
  switch (token_.kind) {
    case TokenKind::integer:
      return parse_number(Sign::none, position);
    case TokenKind::text:
    case TokenKind::bytes: {
      Value value = token_.kind == TokenKind::text ? Value::text(token_.text)
                                                   : Value::bytes(nsl::to_bytes(token_.text));
      NSL_TRY_VOID(advance());
      return add_literal(position, std::move(value));
    }
    case TokenKind::name:
      return parse_name();
    case TokenKind::quoted_name:
      return malformed(position, "A name in backticks follows a dot");
    case TokenKind::symbol:
    case TokenKind::end:
      break;
  }
  if (token_.is_symbol("[")) return parse_list();
  if (token_.is_symbol("{")) return parse_map();
  if (!token_.is_symbol("(")) return expected("a value");
  NSL_TRY_VOID(advance());
  NSL_TRY(const NodeIndex inside, parse_conditional());
  NSL_TRY_VOID(expect_symbol(")"));
  return inside;
}

Result<NodeIndex> Parser::parse_name() {
  Token name = token_;
  NSL_TRY_VOID(advance());
  if (name.text == "null") return add_literal(name.position, Value());
  if (name.text == "true") return add_literal(name.position, Value::boolean(true));
  if (name.text == "false") return add_literal(name.position, Value::boolean(false));
  if (is_reserved(name.text)) {
    return malformed(name.position, fmt::format("'{}' is a reserved word", name.text));
  }
  if (token_.is_symbol("(")) return parse_call(std::move(name));
  const auto bound = std::find(locals_.rbegin(), locals_.rend(), name.text);
  if (bound == locals_.rend()) {
    const std::optional<Kind> kind = find_kind(name.text);
    if (kind) return add_literal(name.position, Value::type(*kind));
    return add(Node{.kind = NodeKind::variable, .position = name.position, .name = name.text});
  }
  return add(Node{.kind = NodeKind::local,
                  .position = name.position,
                  .name = name.text,
                  .slot = static_cast<std::size_t>(locals_.rend() - bound) - 1});
}

Result<std::vector<NodeIndex>> Parser::parse_arguments() {
  std::vector<NodeIndex> arguments;
  while (!token_.is_symbol(")")) {
    if (!arguments.empty()) NSL_TRY_VOID(expect_symbol(","));
    NSL_TRY(const NodeIndex argument, parse_conditional());
    arguments.push_back(argument);
  }
  NSL_TRY_VOID(advance());
  return arguments;
}

Result<NodeIndex> Parser::finish_call(const Token& name, CallForm form,
                                      std::vector<NodeIndex> arguments) {
  const Function* function = find_function(name.text, form, arguments.size());
  if (function == nullptr) {
    return malformed(name.position, explain_unknown(name.text, form));
  }
  return add(Node{.kind = NodeKind::call,
                  .position = name.position,
                  .name = name.text,
                  .function = function,
                  .form = form,
                  .children = std::move(arguments)});
}

Result<NodeIndex> Parser::parse_call(Token name) {
  NSL_TRY_VOID(advance());
  if (name.text == "has") return parse_has(name.position);
  NSL_TRY(std::vector<NodeIndex> arguments, parse_arguments());
  return finish_call(name, CallForm::function, std::move(arguments));
}

// The argument is parsed as a field, which then becomes the question whether it is there.
Result<NodeIndex> Parser::parse_has(Position position) {
  NSL_TRY(const NodeIndex argument, parse_conditional());
  if (nodes_[argument.value].kind != NodeKind::select) {
    return malformed(position, "has() takes a field, as in has(a.b)");
  }
  NSL_TRY_VOID(expect_symbol(")"));
  nodes_[argument.value].kind = NodeKind::has;
  nodes_[argument.value].position = position;
  return argument;
}

Result<NodeIndex> Parser::parse_member(NodeIndex target) {
  NSL_TRY_VOID(advance());
  if (token_.kind != TokenKind::name && token_.kind != TokenKind::quoted_name) {
    return expected("a name");
  }
  Token name = token_;
  if (name.kind == TokenKind::name && is_keyword(name.text)) {
    return malformed(name.position, fmt::format("'{}' is a reserved word", name.text));
  }
  NSL_TRY_VOID(advance());
  if (name.kind == TokenKind::name && token_.is_symbol("(")) {
    return parse_method(std::move(name), target);
  }
  return add(Node{.kind = NodeKind::select,
                  .position = name.position,
                  .name = std::move(name.text),
                  .children = {target}});
}

Result<NodeIndex> Parser::parse_method(Token name, NodeIndex target) {
  NSL_TRY_VOID(advance());
  if (is_macro(name.text)) return parse_macro(name, target);
  NSL_TRY(const std::vector<NodeIndex> arguments, parse_arguments());
  std::vector<NodeIndex> all = {target};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return finish_call(name, CallForm::method, std::move(all));
}

Result<NodeIndex> Parser::parse_macro(const Token& name, NodeIndex target) {
  const Token bound = token_;
  if (bound.kind != TokenKind::name || is_reserved(bound.text)) {
    return expected("the name of each item");
  }
  NSL_TRY_VOID(advance());
  locals_.push_back(bound.text);
  std::vector<NodeIndex> children = {target};
  while (!token_.is_symbol(")")) {
    NSL_TRY_VOID(expect_symbol(","));
    NSL_TRY(const NodeIndex argument, parse_conditional());
    children.push_back(argument);
  }
  locals_.pop_back();
  NSL_TRY_VOID(advance());
  const Macro* macro = find_macro(name.text, children.size());
  if (macro == nullptr) {
    return malformed(name.position,
                     fmt::format("{}() takes the name of each item and an expression{}", name.text,
                                 name.text == "map" ? ", or two" : ""));
  }
  return add(Node{.kind = macro->kind,
                  .position = name.position,
                  .name = bound.text,
                  .slot = locals_.size(),
                  .children = std::move(children)});
}

Result<NodeIndex> Parser::parse_list() {
  const Position position = token_.position;
  NSL_TRY_VOID(advance());
  std::vector<NodeIndex> items;
  while (!token_.is_symbol("]")) {
    NSL_TRY(const NodeIndex item, parse_conditional());
    items.push_back(item);
    if (token_.is_symbol("]")) break;
    NSL_TRY_VOID(expect_symbol(","));
  }
  NSL_TRY_VOID(advance());
  return add(NodeKind::list, position, std::move(items));
}

Result<NodeIndex> Parser::parse_map() {
  const Position position = token_.position;
  NSL_TRY_VOID(advance());
  std::vector<NodeIndex> entries;
  while (!token_.is_symbol("}")) {
    NSL_TRY(const NodeIndex key, parse_conditional());
    NSL_TRY_VOID(expect_symbol(":"));
    NSL_TRY(const NodeIndex value, parse_conditional());
    entries.insert(entries.end(), {key, value});
    if (token_.is_symbol("}")) break;
    NSL_TRY_VOID(expect_symbol(","));
  }
  NSL_TRY_VOID(advance());
  return add(NodeKind::map, position, std::move(entries));
}

Result<Expression> parse_expression(std::string_view source) {
  if (static_cast<std::int64_t>(source.size()) > limits::kExpressionBytesMax) {
    return fail(Code::limit_exceeded,
                fmt::format("The expression is longer than {} bytes", limits::kExpressionBytesMax));
  }
  if (!codec::is_valid_utf8(source)) {
    return fail(Code::expression_malformed, "The expression is not UTF-8");
  }
  return Parser(source).parse();
}

}  // namespace nsl::expression
