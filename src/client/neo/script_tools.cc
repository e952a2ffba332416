// script build, script show, opcode, interop.
#include "client/neo/argument.h"
#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/disassembly.h"
#include "core/neo/interop.h"
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

Result<JsonValue> show(const Input& input) {
  NSL_TRY(const Bytes script, input.get_encoded("script"));
  if (script.size() > limits::kNeoScriptBytesMax) return fail(Code::invalid_script);
  NSL_TRY(const std::vector<neo::DisassembledInstruction> instructions,
          decoded(neo::disassemble(script), Code::invalid_script));
  JsonValue rows = JsonValue::array();
  for (const neo::DisassembledInstruction& each : instructions) {
    rows.add(JsonValue::object()
                 .add("offset", JsonValue::unsigned_integer(each.offset))
                 .add("opcode", JsonValue::string(neo::get_opcode(each.opcode).text))
                 .add("operand", hex_text(each.operand))
                 .add("note", JsonValue::string(each.note)));
  }
  return JsonValue::object().add("instructions", std::move(rows));
}

std::string code_of(const neo::OpcodeInfo& info) {
  const auto byte = static_cast<std::uint8_t>(info.opcode);
  return codec::encode_hex({&byte, 1});
}

JsonValue priced(std::string_view name, std::string_view code, std::uint32_t price) {
  return JsonValue::object()
      .add("name", JsonValue::string(name))
      .add("code", JsonValue::string(code))
      .add("price", JsonValue::integer(price));
}

Result<JsonValue> opcode(const Input& input) {
  if (input.count_of({"name", "code"}) != 1) return refuse("Give one of name and code");
  std::optional<neo::OpcodeInfo> info;
  if (input.has("name")) {
    NSL_TRY(const std::string name, input.get_text("name"));
    info = neo::find_opcode(std::string_view(name));
  } else {
    NSL_TRY(const Bytes code, input.get_bytes("code"));
    if (code.size() == 1) info = neo::find_opcode(code.front());
  }
  if (!info.has_value()) return refuse("There is no such instruction");
  return priced(info->text, code_of(*info), info->price);
}

Result<JsonValue> interop(const Input& input) {
  if (input.count_of({"name", "code"}) != 1) return refuse("Give one of name and code");
  std::optional<neo::InteropInfo> info;
  if (input.has("name")) {
    NSL_TRY(const std::string name, input.get_text("name"));
    info = neo::find_interop(std::string_view(name));
  } else {
    NSL_TRY(const Bytes code, input.get_bytes("code"));
    info = neo::find_interop(ByteView(code));
  }
  if (!info.has_value()) return refuse("There is no such system call");
  return priced(info->name, codec::encode_hex(neo::interop_id(info->name)), info->price);
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
      {.words = "script show",
       .summary = "The instructions of a script",
       .fields = {{.name = "script", .help = "Hex or Base64"}},
       .example = "nsl neo script show --script 0c036e656f40",
       .run = show},
      {.words = "opcode",
       .summary = "An instruction of the virtual machine and its price",
       .fields = {{.name = "name", .help = "Such as PUSHDATA1"},
                  {.name = "code", .help = "Its byte in hex"}},
       .example = "nsl neo opcode --name PUSHDATA1",
       .run = opcode},
      {.words = "interop",
       .summary = "A system call and its price",
       .fields = {{.name = "name", .help = "Such as System.Contract.Call"},
                  {.name = "code", .help = "Its four bytes in hex"}},
       .example = "nsl neo interop --name System.Contract.Call",
       .run = interop},
  };
}

}  // namespace nsl::client::neo_tools
