// neo: the offline tools, each as flags, as one JSON object (--stdin), or as a stream (--lines).
#include <algorithm>
#include <sstream>

#include "client/cli/commands.h"
#include "client/cli/context.h"
#include "client/cli/files.h"
#include "client/neo/tools.h"
#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/codec/utf8.h"

namespace nsl::client::cli {
namespace {

using neo::JsonValue;
using neo_tools::Field;
using neo_tools::FieldKind;
using neo_tools::Tool;

constexpr std::size_t kInputBytesMax = limits::kNeoToolInputBytesMax;

// "public_keys" is given as --public-key for each, a secret `wif` as --wif-file.
std::string option_name(const Field& field) {
  std::string name = field.name;
  std::replace(name.begin(), name.end(), '_', '-');
  if (field.kind == FieldKind::list && name.ends_with('s')) name.pop_back();
  const bool is_file = field.kind == FieldKind::secret || field.kind == FieldKind::secrets ||
                       field.kind == FieldKind::document;
  return "--" + name + (is_file ? "-file" : "");
}

Option::Kind option_kind(FieldKind kind) {
  if (kind == FieldKind::flag) return Option::Kind::flag;
  return kind == FieldKind::list ? Option::Kind::list : Option::Kind::value;
}

std::vector<Option> options_of(const Tool& tool) {
  std::vector<Option> options;
  for (const Field& field : tool.fields) {
    options.push_back(
        {.name = option_name(field), .help = field.help, .kind = option_kind(field.kind)});
  }
  options.push_back({.name = "--stdin",
                     .help = "Read one JSON object from standard input, answer with one",
                     .kind = Option::Kind::flag});
  options.push_back({.name = "--lines",
                     .help = "Read one JSON object a line, answer each with one line",
                     .kind = Option::Kind::flag});
  return options;
}

bool has_field(const Tool& tool, std::string_view name) {
  return std::any_of(tool.fields.begin(), tool.fields.end(),
                     [name](const Field& field) { return field.name == name; });
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// A contract's file is bytes; the tools take text.
bool is_printable(std::string_view text) {
  return codec::is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

JsonValue lines_of(const std::string& text) {
  JsonValue lines = JsonValue::array();
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    line = without_line_end(std::move(line));
    if (!line.empty()) lines.add(JsonValue::string(line));
  }
  return lines;
}

Result<JsonValue> value_of(Context& context, const Field& field, const Arguments& arguments) {
  const std::string name = option_name(field);
  const std::string given = arguments.value(name);
  switch (field.kind) {
    case FieldKind::text:
    case FieldKind::number:
      return JsonValue::string(given);
    case FieldKind::flag:
      return JsonValue::boolean(true);
    case FieldKind::list: {
      JsonValue values = JsonValue::array();
      for (const std::string& value : arguments.values(name)) values.add(JsonValue::string(value));
      return values;
    }
    case FieldKind::json:
      return neo::parse_json(given, kInputBytesMax);
    case FieldKind::secret:
    case FieldKind::secrets:
    case FieldKind::document:
      break;
  }
  NSL_TRY(std::string text, read_source(context, given, kInputBytesMax));
  if (field.kind == FieldKind::secrets) return lines_of(text);
  if (field.kind == FieldKind::document && !is_printable(text)) {
    return JsonValue::string(codec::encode_base64(as_bytes(text)));
  }
  text = without_line_end(std::move(text));
  if (field.kind == FieldKind::document && text.starts_with('{')) {
    return neo::parse_json(text, kInputBytesMax);
  }
  return JsonValue::string(text);
}

// A key or passphrase that no file names is typed by a person.
Result<void> ask_for_secrets(Context& context, const Tool& tool, JsonValue& object) {
  const auto is_given = [&object](std::string_view name) { return object.find(name) != nullptr; };
  if (has_field(tool, "wif") && !is_given("wif") && !is_given("private_key") && !is_given("nep2") &&
      !is_given("public_key") && !is_given("keys")) {
    NSL_TRY(const std::string typed, context.terminal.ask_hidden("Private key (WIF)"));
    object.add("wif", JsonValue::string(typed));
  }
  const bool is_needed = is_given("nep2") || !has_field(tool, "nep2");
  if (has_field(tool, "passphrase") && !is_given("passphrase") && is_needed) {
    NSL_TRY(const std::string typed, context.terminal.ask_hidden("Passphrase"));
    object.add("passphrase", JsonValue::string(typed));
  }
  return {};
}

Result<JsonValue> object_of(Context& context, const Tool& tool, const Arguments& arguments) {
  JsonValue object = JsonValue::object();
  for (const Field& field : tool.fields) {
    if (!arguments.has(option_name(field))) continue;
    NSL_TRY(JsonValue value, value_of(context, field, arguments));
    object.add(field.name, std::move(value));
  }
  NSL_TRY_VOID(ask_for_secrets(context, tool, object));
  return object;
}

Value to_value(const JsonValue& json) {
  if (const bool* flag = json.find_boolean(); flag != nullptr) return *flag;
  if (const std::string* text = json.find_string(); text != nullptr) return *text;
  if (const auto number = json.to_int64(); number.has_value()) return *number;
  if (const JsonValue::Array* values = json.find_array(); values != nullptr) {
    List list;
    for (const JsonValue& each : *values) list.push_back(to_value(each));
    return list;
  }
  const JsonValue::Object* members = json.find_object();
  if (members == nullptr) return json.is_null() ? std::string() : neo::to_text(json);
  Object object;
  for (const auto& [name, each] : *members) object.push_back({name, to_value(each)});
  return object;
}

void print_line(Context& context, std::string text) {
  text += '\n';
  context.printer.raw(as_bytes(text));
}

// `valid` false is an answer, and a verification that failed.
ExitCode exit_code_of(const JsonValue& answer) {
  const JsonValue* valid = answer.find("valid");
  const bool* is_valid = valid == nullptr ? nullptr : valid->find_boolean();
  return is_valid != nullptr && !*is_valid ? ExitCode::verification_failed : ExitCode::success;
}

Result<ExitCode> answer_once(Context& context, const Tool& tool, const Arguments& arguments) {
  const bool is_json = arguments.has("--stdin") || context.printer.format() == Format::json;
  Result<JsonValue> answer = JsonValue();
  if (arguments.has("--stdin")) {
    NSL_TRY(const std::string text, context.terminal.read_input(kInputBytesMax));
    auto object = neo::parse_json(text, kInputBytesMax);
    answer = object.has_value() ? neo_tools::run_tool(tool, *object, context.random)
                                : fail(object.error());
  } else {
    NSL_TRY(const JsonValue object, object_of(context, tool, arguments));
    answer = neo_tools::run_tool(tool, object, context.random);
  }
  if (is_json) {
    print_line(context, neo_tools::to_answer(answer).text);
    return answer.has_value() ? exit_code_of(*answer) : ExitCode::failed;
  }
  if (!answer.has_value()) return fail(answer.error());
  context.printer.answer(std::get<Object>(to_value(*answer).data));
  return exit_code_of(*answer);
}

Result<ExitCode> answer_lines(Context& context, const Tool& tool) {
  ExitCode code = ExitCode::success;
  while (true) {
    NSL_TRY(const std::optional<std::string> line, context.terminal.read_line(kInputBytesMax));
    if (!line.has_value()) return code;
    neo_tools::Answer answer = neo_tools::answer_line(tool, *line, context.random);
    if (answer.is_error) code = ExitCode::failed;
    print_line(context, std::move(answer.text));
  }
}

Command to_command(const Tool& tool) {
  return {.words = "neo " + tool.words,
          .summary = tool.summary,
          .options = options_of(tool),
          .example = tool.example,
          .run = [tool](Context& context, const Arguments& arguments) -> Result<ExitCode> {
            if (arguments.has("--lines")) return answer_lines(context, tool);
            return answer_once(context, tool, arguments);
          }};
}

}  // namespace

std::vector<Command> neo_commands() {
  std::vector<Command> commands;
  for (const Tool& tool : neo_tools::all_tools()) commands.push_back(to_command(tool));
  return commands;
}

}  // namespace nsl::client::cli
