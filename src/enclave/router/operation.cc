#include "enclave/router/operation.h"

#include <fmt/format.h>

#include "core/base/assert.h"
#include "nsl/v1/all_files.h"

namespace nsl::enclave::router {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<std::string> braced_names(const std::string& route) {
  std::vector<std::string> names;
  for (std::size_t open = route.find('{'); open != std::string::npos;
       open = route.find('{', open)) {
    const std::size_t close = route.find('}', open);
    NSL_ASSERT(close != std::string::npos);
    names.push_back(route.substr(open + 1, close - open - 1));
    open = close;
  }
  return names;
}

const FieldDescriptor* text_field(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  const bool is_text = field != nullptr && !field->is_repeated() &&
                       field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return is_text ? field : nullptr;
}

const Message& prototype_of(const google::protobuf::Descriptor* type) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  NSL_ASSERT(prototype != nullptr);
  return *prototype;
}

}  // namespace

const Message& Operation::request_prototype() const { return prototype_of(method->input_type()); }

const Message& Operation::reply_prototype() const { return prototype_of(method->output_type()); }

Operation make_operation(wire::Service<Call>& service,
                         const google::protobuf::MethodDescriptor& method) {
  Operation operation{
      .full_name = fmt::format("{}/{}", method.service()->full_name(), method.name()),
      .service = &service,
      .method = &method,
      .options = {},
      .resource_fields = {}};
  operation.options = method.options().GetExtension(nsl::v1::operation);
  operation.is_internal = operation.options.route().empty();
  operation.resource_fields = braced_names(operation.options.route());
  return operation;
}

std::string resource_of(const Operation& operation, const Message& request) {
  std::string resource;
  for (const std::string& name : operation.resource_fields) {
    const FieldDescriptor* field = text_field(request, name);
    if (field == nullptr) continue;
    if (!resource.empty()) resource += '/';
    resource += request.GetReflection()->GetString(request, field);
  }
  return resource;
}

std::vector<std::string> declared_scopes() {
  std::vector<std::string> scopes;
  for (const google::protobuf::FileDescriptor* file : nsl::v1::all_files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const auto& options = file->service(i)->method(j)->options();
        const std::string& scope = options.GetExtension(nsl::v1::operation).scope();
        if (!scope.empty()) scopes.push_back(scope);
      }
    }
  }
  return scopes;
}

std::string etag_of(const Message& reply) {
  const FieldDescriptor* field = text_field(reply, "etag");
  return field == nullptr ? std::string() : reply.GetReflection()->GetString(reply, field);
}

}  // namespace nsl::enclave::router
