// RouteTable maps an HTTP method and path to the operation declared for it in api/nsl/v1. It is
// made once, from the descriptors and their option nsl.v1.operation; there is no other list of
// operations. Templates take the forms "/v1/secrets/{name}" and "/v1/runs/{run}:cancel".
//
// It checks the declarations (unknown fields, two operations on one route) when it is made, and
// trusts nothing about the paths it matches.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "nsl/v1/options.pb.h"

namespace nsl::rest {

struct Route {
  const google::protobuf::MethodDescriptor* method = nullptr;
  v1::Operation operation;
  // "PUT", "/v1/secrets/{name}".
  std::string verb;
  std::string path_template;
  // "/nsl.v1.SecretService/Put": where the same operation is served over the Connect protocol.
  std::string connect_path;
  // Request fields the path gives, in the order of the template.
  std::vector<const google::protobuf::FieldDescriptor*> path_fields;
  // The request field that takes the whole HTTP body, and the reply field that is the whole HTTP
  // body; null: the messages are.
  const google::protobuf::FieldDescriptor* raw_body = nullptr;
  const google::protobuf::FieldDescriptor* raw_reply = nullptr;
  // Of an operation that is an HTTP exchange (raw_http); else null.
  struct Exchange {
    const google::protobuf::FieldDescriptor* request_headers = nullptr;
    const google::protobuf::FieldDescriptor* reply_headers = nullptr;
    const google::protobuf::FieldDescriptor* reply_status = nullptr;
  };
  Exchange exchange = {};

  bool is_exchange() const { return operation.raw_http(); }

  // Whether the request message travels in the HTTP body.
  bool has_body() const { return verb != "GET" && verb != "DELETE"; }
  // "nsl.v1.SecretService/Put", as sealed requests name the operation.
  std::string_view full_name() const { return std::string_view(connect_path).substr(1); }
  int success_status() const;
};

struct RouteMatch {
  enum class Outcome : std::uint8_t { found, no_such_path, other_methods, malformed };

  Outcome outcome = Outcome::no_such_path;
  const Route* route = nullptr;
  // Decoded, one for each of route->path_fields.
  std::vector<std::string> path_values = {};
  // For other_methods: "GET, HEAD, PUT".
  std::string allow = {};
};

class RouteTable {
 public:
  // Every method of every service of `files` that has the option.
  static Result<RouteTable> make(const std::vector<const google::protobuf::FileDescriptor*>& files);

  // HEAD is answered by GET's route. `path` is as it came, without the query.
  RouteMatch match(std::string_view verb, std::string_view path) const;
  // "/nsl.v1.SecretService/Put"; null when there is none.
  const Route* find_connect(std::string_view path) const;
  // In the order of declaration; the pointers live as long as the table.
  const std::vector<std::unique_ptr<const Route>>& routes() const { return routes_; }

 private:
  struct Node;
  struct Suffixed {
    std::string suffix;
    std::unique_ptr<Node> node;
  };
  // One segment of a path. A literal is preferred to a field with a suffix, and that to a field.
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::vector<Suffixed> suffixed;
    std::unique_ptr<Node> field;
    std::map<std::string, const Route*, std::less<>> routes;
  };
  using Segments = std::vector<std::string_view>;

  RouteTable() : root_(std::make_unique<Node>()) {}
  Result<void> add(const google::protobuf::MethodDescriptor& method);
  Result<Node*> add_segment(Node& parent, std::string_view segment, Route& route);
  static const Node* find(const Node& node, const Segments& segments, std::size_t index,
                          Segments& values);

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<const Route>> routes_;
  std::map<std::string, const Route*, std::less<>> by_connect_path_;
};

}  // namespace nsl::rest
