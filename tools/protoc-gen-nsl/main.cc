// protoc plug-in: for each .proto file it writes, into <file>.service.h,
//   - the comments of the file by full name, for OpenAPI and command-line help; and for each
//   service
//   - an interface with one pure virtual method per operation, templated on the server's call
//     context, so that a missing operation does not compile and no list of operations exists; and
//   - a stub that calls the service over a wire::Transport.
// The CMake function nsl_proto collects the files of one package in <package>/all_files.h through
// the accessor this plug-in writes for each file; that also keeps the linker from dropping them.
#include <google/protobuf/compiler/code_generator.h>
#include <google/protobuf/compiler/plugin.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/printer.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <cctype>
#include <map>
#include <memory>
#include <string>

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::io::Printer;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// GetReceipt -> get_receipt
std::string snake_case(const std::string& name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (std::isupper(static_cast<unsigned char>(name[i])) != 0 && i > 0) result += '_';
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return result == "delete" ? "remove" : result;  // `delete` is a C++ keyword.
}

std::string cpp_type(const Descriptor& message) {
  return "::" + replaced(message.full_name(), ".", "::");
}

std::map<std::string, std::string> variables(const MethodDescriptor& method) {
  return {{"name", snake_case(method.name())},         {"method", method.name()},
          {"index", std::to_string(method.index())},   {"service", method.service()->full_name()},
          {"request", cpp_type(*method.input_type())}, {"reply", cpp_type(*method.output_type())}};
}

void print_interface(const ServiceDescriptor& service, Printer& out) {
  const std::map<std::string, std::string> names = {
      {"service", service.name()}, {"any", cpp_type(*service.method(0)->input_type())}};
  out.Print(names,
            "template <class Call>\n"
            "class $service$Interface : public ::nsl::wire::Service<Call> {\n"
            " public:\n");
  for (int i = 0; i < service.method_count(); ++i) {
    out.Print(variables(*service.method(i)),
              "  virtual ::nsl::Result<$reply$> $name$(const Call& call, const $request$& request) "
              "= 0;\n");
  }
  out.Print(names,
            "\n  const ::google::protobuf::ServiceDescriptor& descriptor() const final {\n"
            "    return *$any$::descriptor()->file()->FindServiceByName(\"$service$\");\n"
            "  }\n\n"
            "  ::nsl::Result<::nsl::wire::MessagePointer> dispatch(\n"
            "      int method_index, const Call& call, const ::google::protobuf::Message& request) "
            "final {\n"
            "    switch (method_index) {\n");
  for (int i = 0; i < service.method_count(); ++i) {
    out.Print(
        variables(*service.method(i)),
        "      case $index$: {\n"
        "        auto reply = $name$(call, static_cast<const $request$&>(request));\n"
        "        if (!reply.has_value()) return ::std::unexpected(::std::move(reply).error());\n"
        "        return ::nsl::wire::MessagePointer(new $reply$(::std::move(*reply)));\n"
        "      }\n");
  }
  out.Print(
      "    }\n"
      "    return ::nsl::fail(::nsl::Code::unknown_operation);\n"
      "  }\n"
      "};\n\n");
}

void print_stub(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      {{"service", service.name()}},
      "class $service$Stub {\n"
      " public:\n"
      "  explicit $service$Stub(::nsl::wire::Transport& transport) : transport_(transport) {}\n\n");
  for (int i = 0; i < service.method_count(); ++i) {
    out.Print(variables(*service.method(i)),
              "  ::nsl::Result<$reply$> $name$(const $request$& request,\n"
              "      const ::nsl::Deadline& deadline) const {\n"
              "    return ::nsl::wire::call<$reply$>(transport_, \"$service$\", \"$method$\", "
              "request, deadline);\n"
              "  }\n");
  }
  out.Print("\n private:\n  ::nsl::wire::Transport& transport_;\n};\n\n");
}

// "wallet" of nsl/v1/wallet.proto.
std::string stem_of(const FileDescriptor& file) {
  const std::string stem = file.name().substr(file.name().rfind('/') + 1);
  return stem.substr(0, stem.rfind('.'));
}

// wallet_file(): the descriptor of nsl/v1/wallet.proto.
void print_file_accessor(const FileDescriptor& file, Printer& out) {
  out.Print({{"stem", stem_of(file)}, {"any", cpp_type(*file.message_type(0))}},
            "inline const ::google::protobuf::FileDescriptor* $stem$_file() {\n"
            "  return $any$::descriptor()->file();\n"
            "}\n\n");
}

// One line: "What it is. And why."
std::string comment_of(const google::protobuf::SourceLocation& location) {
  const std::string& source =
      location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
  std::string result;
  for (const char c : source) {
    const bool is_space = c == ' ' || c == '\n';
    if (is_space && (result.empty() || result.back() == ' ')) continue;
    result += is_space ? ' ' : c;
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

template <class Described>
void print_comment(const Described& described, Printer& out) {
  google::protobuf::SourceLocation location;
  if (!described.GetSourceLocation(&location)) return;
  const std::string comment = comment_of(location);
  if (comment.empty()) return;
  out.Print({{"name", described.full_name()}, {"comment", comment}},
            "    {\"$name$\",\n     R\"__($comment$)__\"},\n");
}

void print_comments(const Descriptor& message, Printer& out) {
  print_comment(message, out);
  for (int i = 0; i < message.field_count(); ++i) print_comment(*message.field(i), out);
  for (int i = 0; i < message.nested_type_count(); ++i) {
    if (!message.nested_type(i)->options().map_entry()) {
      print_comments(*message.nested_type(i), out);
    }
  }
}

// wallet_comments(): full name and comment of what wallet.proto declares.
void print_comments(const FileDescriptor& file, Printer& out) {
  out.Print(
      {{"stem", stem_of(file)}},
      "inline std::vector<std::pair<std::string_view, std::string_view>> $stem$_comments() {\n"
      "  return {\n");
  for (int i = 0; i < file.message_type_count(); ++i) print_comments(*file.message_type(i), out);
  for (int i = 0; i < file.service_count(); ++i) {
    print_comment(*file.service(i), out);
    for (int m = 0; m < file.service(i)->method_count(); ++m) {
      print_comment(*file.service(i)->method(m), out);
    }
  }
  out.Print("  };\n}\n\n");
}

class Generator final : public google::protobuf::compiler::CodeGenerator {
 public:
  bool Generate(const FileDescriptor* file, const std::string& /*parameter*/,
                google::protobuf::compiler::GeneratorContext* context,
                std::string* /*error*/) const override {
    const std::string stem = file->name().substr(0, file->name().rfind(".proto"));
    const std::unique_ptr<google::protobuf::io::ZeroCopyOutputStream> stream(
        context->Open(stem + ".service.h"));
    Printer out(stream.get(), '$');
    out.Print({{"file", file->name()}, {"stem", stem}},
              "// Generated from $file$.\n#pragma once\n\n"
              "#include <string_view>\n#include <utility>\n#include <vector>\n\n"
              "#include \"core/wire/service.h\"\n#include \"$stem$.pb.h\"\n\n");
    const std::string space = replaced(file->package(), ".", "::");
    out.Print({{"space", space}}, "namespace $space$ {\n\n");
    if (file->message_type_count() > 0) print_file_accessor(*file, out);
    print_comments(*file, out);
    for (int i = 0; i < file->service_count(); ++i) {
      print_interface(*file->service(i), out);
      print_stub(*file->service(i), out);
    }
    out.Print({{"space", space}}, "}  // namespace $space$\n");
    return true;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const Generator generator;
  return google::protobuf::compiler::PluginMain(argc, argv, &generator);
}
