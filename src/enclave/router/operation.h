// What an operation declares of itself, read from its descriptor once at start.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "core/wire/service.h"
#include "enclave/router/call.h"
#include "nsl/v1/options.pb.h"

namespace nsl::enclave::router {

struct Operation {
  // "nsl.v1.SecretService/Put"
  std::string full_name;
  wire::Service<Call>* service = nullptr;
  const google::protobuf::MethodDescriptor* method = nullptr;
  nsl::v1::Operation options;
  // Without a REST route: for the host itself, see nsl/internal/v1. Needs no credential and gets
  // no caller.
  bool is_internal = false;
  // Request fields the route names: what the audit log calls the resource.
  std::vector<std::string> resource_fields;

  const google::protobuf::Message& request_prototype() const;
  const google::protobuf::Message& reply_prototype() const;
};

Operation make_operation(wire::Service<Call>& service,
                         const google::protobuf::MethodDescriptor& method);

// "name" of /v1/secrets/{name}: the values, joined with "/".
std::string resource_of(const Operation& operation, const google::protobuf::Message& request);

// Every scope an operation of the public API asks for.
std::vector<std::string> declared_scopes();

// The reply's own entity tag, empty when it has none.
std::string etag_of(const google::protobuf::Message& reply);

}  // namespace nsl::enclave::router
