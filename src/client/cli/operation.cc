#include "client/cli/operation.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>

#include "core/base/assert.h"
#include "nsl/v1/all_files.h"
#include "nsl/v1/options.pb.h"

namespace nsl::client::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Every operation has a request message of its own.
const MethodDescriptor& method_of(const Descriptor& request) {
  const auto& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      if (file.service(s)->method(m)->input_type() == &request) return *file.service(s)->method(m);
    }
  }
  NSL_ASSERT(false);
}

bool is_secret(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::rule).secret();
}

bool is_read_from_file(const OperationSpec& spec, const FieldDescriptor& field) {
  return is_secret(field) || field.type() == FieldDescriptor::TYPE_BYTES ||
         spec.from_file.contains(field.name());
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

// "NAME" for a positional field, "--allowed-functions" for another.
std::string option_name(const OperationSpec& spec, const FieldDescriptor& field) {
  const auto renamed = spec.renamed.find(field.name());
  if (renamed != spec.renamed.end()) return renamed->second;
  const auto& positional = spec.positional;
  if (std::find(positional.begin(), positional.end(), field.name()) != positional.end()) {
    return upper(field.name());
  }
  std::string name = "--" + field.name();
  std::replace(name.begin(), name.end(), '_', '-');
  return is_read_from_file(spec, field) ? name + "-file" : name;
}

Option option_of(const OperationSpec& spec, const FieldDescriptor& field) {
  Option option{.name = option_name(spec, field),
                .help = std::string(v1::comment_of(field.full_name()))};
  option.required = option.is_positional();
  if (is_secret(field)) {
    option.help += " From this file, - for standard input; asked for if absent.";
  } else if (is_read_from_file(spec, field)) {
    option.help += " From this file, - for standard input.";
  }
  if (field.is_map()) option.help += " KEY=VALUE, may be repeated.";
  if (field.is_repeated()) option.kind = Option::Kind::list;
  if (field.type() == FieldDescriptor::TYPE_BOOL) option.kind = Option::Kind::flag;
  if (field.type() == FieldDescriptor::TYPE_ENUM) {
    for (int i = 0; i < field.enum_type()->value_count(); ++i) {
      const std::string& name = field.enum_type()->value(i)->name();
      if (name != "UNSPECIFIED" && name != "UNKNOWN") option.choices.push_back(name);
    }
  }
  return option;
}

bool is_nested(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE && !field.is_repeated();
}

// A repeated message has no natural option; the specification's `prepare` fills it.
bool is_offered(const OperationSpec& spec, const FieldDescriptor& field) {
  const bool is_list_of_messages =
      field.type() == FieldDescriptor::TYPE_MESSAGE && field.is_repeated() && !field.is_map();
  return !spec.hidden.contains(field.name()) && !is_list_of_messages;
}

void add_options(const OperationSpec& spec, const Descriptor& message,
                 std::vector<Option>& options) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!is_offered(spec, field)) continue;
    if (is_nested(field)) {
      add_options(spec, *field.message_type(), options);
    } else {
      options.push_back(option_of(spec, field));
    }
  }
}

Result<std::uint32_t> parse_number(const std::string& name, const std::string& text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return fail(Code::cli_usage, name + " takes a whole number, not '" + text + "'");
  }
  return number;
}

Result<void> add_map_entry(const FieldDescriptor& field, const std::string& name,
                           const std::string& text, Message& message) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(Code::cli_usage, name + " takes KEY=VALUE, not '" + text + "'");
  }
  Message& entry = *message.GetReflection()->AddMessage(&message, &field);
  const Descriptor& type = *field.message_type();
  entry.GetReflection()->SetString(&entry, type.map_key(), text.substr(0, equals));
  entry.GetReflection()->SetString(&entry, type.map_value(), text.substr(equals + 1));
  return {};
}

Result<void> set_field(const FieldDescriptor& field, const std::string& name,
                       const std::string& text, Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.is_map()) return add_map_entry(field, name, text, message);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.is_repeated()) {
        reflection.AddString(&message, &field, text);
      } else {
        reflection.SetString(&message, &field, text);
      }
      return {};
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, true);
      return {};
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field.is_repeated()) {
        reflection.AddEnum(&message, &field, field.enum_type()->FindValueByName(text));
      } else {
        reflection.SetEnum(&message, &field, field.enum_type()->FindValueByName(text));
      }
      return {};
    case FieldDescriptor::CPPTYPE_UINT32: {
      NSL_TRY(const std::uint32_t number, parse_number(name, text));
      reflection.SetUInt32(&message, &field, number);
      return {};
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  NSL_ASSERT(false);  // No request has such a field, or it is hidden.
}

Result<void> fill_field(Context& context, const OperationSpec& spec, const Arguments& arguments,
                        const FieldDescriptor& field, Message& message) {
  const std::string name = option_name(spec, field);
  if (!arguments.has(name) && is_secret(field)) {
    NSL_TRY(const std::string typed, context.terminal.ask_hidden(upper(field.name())));
    return set_field(field, name, typed, message);
  }
  for (std::string value : arguments.values(name)) {
    if (is_read_from_file(spec, field)) {
      NSL_TRY(value, read_source(context, value));
    }
    NSL_TRY_VOID(set_field(field, name, value, message));
  }
  return {};
}

Result<void> fill(Context& context, const OperationSpec& spec, const Arguments& arguments,
                  Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!is_offered(spec, field)) continue;
    if (!is_nested(field)) {
      NSL_TRY_VOID(fill_field(context, spec, arguments, field, message));
      continue;
    }
    Message& nested = *message.GetReflection()->MutableMessage(&message, &field);
    NSL_TRY_VOID(fill(context, spec, arguments, nested));
    // An absent group of options is an absent message.
    if (nested.ByteSizeLong() == 0) message.GetReflection()->ClearField(&message, &field);
  }
  return {};
}

}  // namespace

Command describe_operation(const OperationSpec& spec, const Descriptor& request) {
  Command command{.words = spec.words,
                  .summary = method_of(request).options().GetExtension(v1::operation).summary(),
                  .options = {},
                  .example = spec.example,
                  .run = {}};
  std::vector<Option> offered;
  add_options(spec, request, offered);
  // Positional ones in the order of the specification, which is the order they are typed in.
  for (const std::string& field : spec.positional) {
    const auto found =
        std::find_if(offered.begin(), offered.end(),
                     [name = upper(field)](const Option& option) { return option.name == name; });
    NSL_ASSERT(found != offered.end());
    command.options.push_back(*found);
    offered.erase(found);
  }
  command.options.insert(command.options.end(), offered.begin(), offered.end());
  command.options.insert(command.options.end(), spec.extra.begin(), spec.extra.end());
  return command;
}

Result<void> fill_request(Context& context, const OperationSpec& spec, const Arguments& arguments,
                          Message& request) {
  return fill(context, spec, arguments, request);
}

Result<api::Session*> open_session_for(Context& context, const Descriptor& request) {
  NSL_TRY(api::Session* const session, open_session(context));
  const bool needs_token =
      !method_of(request).options().GetExtension(v1::operation).scope().empty();
  if (needs_token && !session->is_signed_in()) return fail(Code::cli_not_signed_in);
  return session;
}

}  // namespace nsl::client::cli
