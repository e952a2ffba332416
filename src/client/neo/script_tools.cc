// script build, script show.
#include "client/neo/argument.h"
#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/script_builder.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;

// A script of more cannot be long enough to hold them.
constexpr std::size_t kCallsMax = limits::kNeoScriptBytesMax;

Result<void> add_call(neo::ScriptBuilder& builder, const JsonValue& call) {
  const neo::JsonMembers members(call, Code::invalid_tool_input);
  NSL_TRY(const std::string contract, members.get_string("contract"));
  NSL_TRY(const neo::UInt160 hash, parse_account_text(contract));
  NSL_TRY(const std::string method, members.get_string("method"));
  neo::StackItem::List arguments;
  if (members.find("args") != nullptr) {
    NSL_TRY(const JsonValue::Array& values, members.get_array("args", kCallsMax));
    NSL_TRY(arguments, parse_arguments(values));
  }
  neo::CallFlags flags = neo::CallFlags::all;
  if (const JsonValue* given = members.find("call_flags"); given != nullptr) {
    NSL_TRY(flags, parse_call_flags(*given));
  }
  builder.call(hash, method, arguments, flags);
  return {};
}

Result<JsonValue> build(const Input& input) {
  if (input.count_of({"calls", "push"}) != 1) return refuse("Give one of calls and push");
  const char* const name = input.has("calls") ? "calls" : "push";
  const JsonValue::Array* steps = input.find(name)->find_array();
  if (steps == nullptr || steps->size() > kCallsMax) {
    return refuse("calls and push are arrays of objects");
  }
  neo::ScriptBuilder builder;
  for (const JsonValue& step : *steps) {
    if (input.has("calls")) {
      NSL_TRY_VOID(add_call(builder, step));
    } else {
      NSL_TRY(const neo::StackItem item, parse_argument(step));
      builder.push(item);
    }
  }
  NSL_TRY(const Bytes script, std::move(builder).finish());
  JsonValue answer = JsonValue::object();
  answer.add("script", hex_text(script));
  answer.add("script_hash", hash_text(neo::hash160_of(script)));
  answer.add("base64", JsonValue::string(codec::encode_base64(script)));
  return answer;
}

}  // namespace

std::vector<Tool> script_tools() {
  return {
      {.words = "script build",
       .summary = "A script of contract calls or of pushed values",
       .fields = {{.name = "calls",
                   .help = "[{contract, method, args: [{type, value}], call_flags?}]",
                   .kind = FieldKind::json},
                  {.name = "push", .help = "[{type, value}]", .kind = FieldKind::json}},
       .example = "nsl neo script build --push '[{\"type\":\"Integer\",\"value\":1}]'",
       .run = build},
  };
}

}  // namespace nsl::client::neo_tools
