#include "client/neo/tool.h"

#include <algorithm>
#include <utility>

#include "client/neo/input.h"
#include "core/base/limits.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;

// What the codecs refuse is, seen from here, an input that is not what the tool takes.
Error with_stable_code(Error error) {
  if (has_neo_code(error)) return error;
  return {Code::invalid_tool_input, error.message(), error.detail()};
}

Result<void> check_fields(const Tool& tool, const JsonValue& object) {
  const JsonValue::Object* members = object.find_object();
  if (members == nullptr) return fail(Code::invalid_tool_input, "The input is not a JSON object");
  for (const JsonValue::Member& member : *members) {
    const bool is_known =
        std::any_of(tool.fields.begin(), tool.fields.end(),
                    [&member](const Field& field) { return field.name == member.first; });
    if (!is_known) {
      return fail(Code::invalid_tool_input, "There is no field of that name in " + tool.words,
                  member.first);
    }
  }
  return {};
}

}  // namespace

Result<JsonValue> run_tool(const Tool& tool, const JsonValue& object, Random& random) {
  NSL_TRY_VOID(check_fields(tool, object));
  auto answer = tool.run(Input(object, random));
  if (!answer.has_value()) return fail(with_stable_code(std::move(answer).error()));
  return answer;
}

Answer to_answer(const Result<JsonValue>& result) {
  if (result.has_value()) return {.text = neo::to_text(*result), .is_error = false};
  const Error error = with_stable_code(result.error());
  JsonValue inner = JsonValue::object();
  inner.add("code", JsonValue::string(code_text(error.code())));
  inner.add("message", JsonValue::string(error.message()));
  JsonValue outer = JsonValue::object();
  outer.add("error", std::move(inner));
  return {.text = neo::to_text(outer), .is_error = true};
}

Answer answer_line(const Tool& tool, std::string_view line, Random& random) {
  const auto object = neo::parse_json(line, limits::kNeoToolInputBytesMax);
  if (!object.has_value()) return to_answer(fail(object.error()));
  return to_answer(run_tool(tool, *object, random));
}

}  // namespace nsl::client::neo_tools
