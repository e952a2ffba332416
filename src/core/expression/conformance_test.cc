// The published conformance cases of CEL: google/cel-spec (module cel.dev/expr v0.25.0), folder
// tests/simple/testdata, Apache License 2.0, brought into our own form by testdata/extract.py.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "core/expression/check.h"
#include "core/expression/evaluate.h"

namespace nsl::expression {
namespace {

using simdjson::dom::element;

// Of google/cel-spec at that version, those of the subset among them; docs/use/expressions.md says
// so.
constexpr std::size_t kPublishedCases = 2200;
constexpr std::size_t kCasesOfTheSubset = 504;

std::filesystem::path testdata(std::string_view name) {
  const char* source = std::getenv("NSL_SOURCE_DIR");
  const std::filesystem::path root = source == nullptr ? "." : source;
  return root / "src/core/expression/testdata" / name;
}

std::string text_of(element object, const char* name) {
  std::string_view text;
  EXPECT_FALSE(object[name].get(text)) << name;
  return std::string(text);
}

bool has_member(element object, const char* name) {
  element member;
  return !object[name].get(member);
}

// The members of an object member; none when it is absent.
std::map<std::string, element> members_of(element object, const char* name) {
  std::map<std::string, element> members;
  simdjson::dom::object found;
  if (object[name].get(found)) return members;
  for (const auto& [key, value] : found) members.emplace(key, value);
  return members;
}

Value value_of_literal(std::string_view text) {
  const Result<Expression> literal = parse_expression(text);
  EXPECT_TRUE(literal.has_value()) << text;
  if (!literal.has_value()) return Value();
  Budget budget;
  return evaluate(*literal, {}, budget).value_or(Value());
}

StaticKind static_kind(element kind) {
  std::string_view name;
  if (kind.is_null() || kind.get(name)) return std::nullopt;
  return find_kind(name);
}

// Parses, checks unless the case says otherwise, and evaluates.
Result<Value> run(element test) {
  NSL_TRY(const Expression expression, parse_expression(text_of(test, "expr")));
  const Result<Expression> again = parse_expression(print_expression(expression));
  EXPECT_TRUE(again.has_value() && *again == expression) << print_expression(expression);
  Variables variables;
  for (const auto& [name, literal] : members_of(test, "bind")) {
    std::string_view text;
    EXPECT_FALSE(literal.get(text));
    variables[name] = value_of_literal(text);
  }
  Declarations declarations;
  for (const auto& [name, kind] : members_of(test, "declare")) {
    declarations[name] = static_kind(kind);
  }
  if (!has_member(test, "unchecked")) {
    NSL_TRY(const StaticKind kind, check_expression(expression, declarations));
    const StaticKind published =
        has_member(test, "kind") ? static_kind(test.at_key("kind").value()) : std::nullopt;
    // What lists hold is not followed, so that less may be known than CEL knows, never otherwise.
    if (kind && published) {
      EXPECT_EQ(kind_name(*kind), kind_name(*published));
    }
  }
  Budget budget;
  return evaluate(expression, variables, budget);
}

void expect_published(element test) {
  SCOPED_TRACE(text_of(test, "name") + ": " + text_of(test, "expr"));
  const Result<Value> result = run(test);
  if (has_member(test, "error")) {
    EXPECT_FALSE(result.has_value());
    return;
  }
  if (!has_member(test, "want")) return;
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_EQ(to_text(*result), to_text(value_of_literal(text_of(test, "want"))));
}

TEST(Conformance, PublishedCasesOfTheSubsetGiveThePublishedResults) {
  std::ifstream file(testdata("conformance.jsonl"));
  simdjson::dom::parser parser;
  std::size_t count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    element test;
    ASSERT_FALSE(parser.parse(line).get(test)) << line;
    expect_published(test);
  }
  EXPECT_EQ(count, kCasesOfTheSubset);
}

TEST(Conformance, EveryPublishedCaseIsInTheSubsetOrExcludedForAReason) {
  const std::map<std::string, std::size_t> reasons = {
      {"extension library", 448},
      {"floating-point numbers", 218},
      {"functions of the embedding program", 1},
      {"ints have 256 bits", 9},
      {"macros with two variables", 46},
      {"namespaces", 8},
      {"optional values", 76},
      {"protobuf messages", 670},
      {"regular expressions", 9},
      {"timestamps and durations", 78},
      {"unknown functions are refused when parsed", 18},
      {"unsigned ints", 115}};
  std::map<std::string, std::size_t> found;
  std::ifstream excluded(testdata("excluded.tsv"));
  for (std::string line; std::getline(excluded, line);) {
    ++found[line.substr(line.find('\t') + 1)];
  }
  EXPECT_EQ(found, reasons);
  std::size_t count = 0;
  for (const auto& [reason, cases] : found) count += cases;
  EXPECT_EQ(count + kCasesOfTheSubset, kPublishedCases);
}

}  // namespace
}  // namespace nsl::expression
