// A tool is a row: its words, its fields, and a function from one JSON object to one JSON object.
// The command line makes flags and help from the fields; --stdin and --lines hand the object over
// as it is, so that all three ways share one implementation.
//
// Every refusal has a code NSL-NEO-nnnn and a message that names the field, never its value: the
// value may be a key.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/neo/json.h"

namespace nsl::client::neo_tools {

class Input;

enum class FieldKind : std::uint8_t {
  text,
  number,
  flag,
  // An array of strings; on the command line one flag for each.
  list,
  // Any JSON.
  json,
  // A string that must not stand on a command line: read from a file or typed.
  secret,
  // An array of such strings: one a line of a file.
  secrets,
  // JSON or encoded bytes too long for a command line: read from a file.
  document,
};

struct Field {
  std::string name;
  std::string help;
  FieldKind kind = FieldKind::text;
};

struct Tool {
  // "script build"
  std::string words;
  std::string summary;
  std::vector<Field> fields;
  std::string example;
  std::function<Result<neo::JsonValue>(const Input&)> run;
};

// `random` gives salts. Fails when `object` is no object or has a field the tool does not take.
Result<neo::JsonValue> run_tool(const Tool& tool, const neo::JsonValue& object, Random& random);

struct Answer {
  // One JSON object without a line end; {"error":{"code":...,"message":...}} for a refusal.
  std::string text;
  bool is_error = false;
};
Answer answer_line(const Tool& tool, std::string_view line, Random& random);
Answer to_answer(const Result<neo::JsonValue>& result);

}  // namespace nsl::client::neo_tools
