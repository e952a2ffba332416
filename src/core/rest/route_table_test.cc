#include "core/rest/route_table.h"

#include <gtest/gtest.h>

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/text_format.h>

#include "core/base/limits.h"
#include "nsl/v1/all_files.h"

namespace nsl::rest {
namespace {

using Outcome = RouteMatch::Outcome;

RouteTable table() {
  auto made = RouteTable::make(v1::all_files());
  EXPECT_TRUE(made.has_value());
  return std::move(*made);
}

std::string operation(const RouteMatch& match) {
  return match.route == nullptr ? "" : std::string(match.route->full_name());
}

// A table over one service whose methods take `message Request { string name = 1; repeated string
// names = 2; uint32 count = 3; }`.
Result<RouteTable> table_of(const std::string& methods) {
  google::protobuf::FileDescriptorProto file;
  const std::string text = R"(
    name: "test.proto" package: "test" syntax: "proto3" dependency: "nsl/v1/options.proto"
    message_type { name: "Request"
      field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
      field { name: "names" number: 2 type: TYPE_STRING label: LABEL_REPEATED }
      field { name: "count" number: 3 type: TYPE_UINT32 label: LABEL_OPTIONAL } }
    service { name: "TestService" )" +
                           methods + " }";
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &file));
  // The pool outlives the test: descriptors of a table point into it.
  static std::vector<std::unique_ptr<google::protobuf::DescriptorPool>> pools;
  pools.push_back(std::make_unique<google::protobuf::DescriptorPool>(
      google::protobuf::DescriptorPool::generated_pool()));
  const auto* built = pools.back()->BuildFile(file);
  EXPECT_NE(built, nullptr);
  return RouteTable::make({built});
}

std::string method(const std::string& name, const std::string& options) {
  return "method { name: \"" + name +
         "\" input_type: \".test.Request\" output_type: \".test.Request\""
         " options { [nsl.v1.operation] { " +
         options + " } } } ";
}

TEST(RouteTable, FindsEveryDeclaredOperationByItsRouteAndItsConnectPath) {
  const RouteTable routes = table();
  EXPECT_GT(routes.routes().size(), 20U);
  for (const auto& route : routes.routes()) {
    std::string path = route->path_template;
    for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
      path.replace(at, path.find('}') - at + 1, "some-name");
    }
    const RouteMatch match = routes.match(route->verb, path);
    EXPECT_EQ(match.outcome, Outcome::found) << path;
    EXPECT_EQ(match.route, route.get()) << path;
    EXPECT_EQ(routes.find_connect(route->connect_path), route.get());
    EXPECT_EQ(route->connect_path, "/" + std::string(route->full_name()));
  }
}

TEST(RouteTable, GivesDecodedPathValuesInOrder) {
  const RouteTable routes = table();
  const auto match = routes.match("PUT", "/v1/wallets/my%20wallet/grants/fn%2Fa");
  ASSERT_EQ(match.outcome, Outcome::found);
  EXPECT_EQ(match.path_values, (std::vector<std::string>{"my wallet", "fn/a"}));
  EXPECT_EQ(match.route->path_fields[0]->name(), "wallet");
  EXPECT_EQ(match.route->path_fields[1]->name(), "function");
}

TEST(RouteTable, PrefersALiteralToAField) {
  auto routes = table_of(method("Any", "route: \"GET /v1/things/{name}\"") +
                         method("Me", "route: \"GET /v1/things/me\"") +
                         method("Deep", "route: \"GET /v1/things/{name}/deep\""));
  ASSERT_TRUE(routes.has_value());
  EXPECT_EQ(operation(routes->match("GET", "/v1/things/me")), "test.TestService/Me");
  EXPECT_EQ(operation(routes->match("GET", "/v1/things/you")), "test.TestService/Any");
  // The literal leads nowhere here, so the field is tried.
  EXPECT_EQ(operation(routes->match("GET", "/v1/things/me/deep")), "test.TestService/Deep");
}

TEST(RouteTable, TakesAVerbAfterAField) {
  auto routes = table_of(method("Cancel", "route: \"POST /v1/runs/{name}:cancel\"") +
                         method("Invoke", "route: \"POST /v1/runs/{name}:invoke\"") +
                         method("Post", "route: \"POST /v1/runs/{name}\""));
  ASSERT_TRUE(routes.has_value());
  const auto match = routes->match("POST", "/v1/runs/a:b:cancel");
  EXPECT_EQ(operation(match), "test.TestService/Cancel");
  EXPECT_EQ(match.path_values, std::vector<std::string>{"a:b"});
  EXPECT_EQ(operation(routes->match("POST", "/v1/runs/a:invoke")), "test.TestService/Invoke");
  EXPECT_EQ(operation(routes->match("POST", "/v1/runs/a:other")), "test.TestService/Post");
}

TEST(RouteTable, NamesTheOtherMethodsOfAPath) {
  const RouteTable routes = table();
  const auto match = routes.match("POST", "/v1/secrets/a");
  EXPECT_EQ(match.outcome, Outcome::other_methods);
  EXPECT_EQ(match.allow, "DELETE, GET, HEAD, PUT");
}

TEST(RouteTable, AnswersHeadByGet) {
  const RouteTable routes = table();
  EXPECT_EQ(operation(routes.match("HEAD", "/v1/secrets/a")), "nsl.v1.SecretService/Get");
}

TEST(RouteTable, FindsNothingForPathsOfNoTemplate) {
  const RouteTable routes = table();
  for (const char* path : {"", "/", "//", "v1/secrets", "/v1/secrets/", "/v1//secrets", "/v1",
                           "/v1/secrets/a/b/c/d", "/V1/secrets", "/v1/secrets/a/value/"}) {
    EXPECT_EQ(routes.match("GET", path).outcome, Outcome::no_such_path) << path;
  }
  EXPECT_EQ(routes.match("GET", "/" + std::string(5000, '/')).outcome, Outcome::no_such_path);
  EXPECT_EQ(routes.find_connect("/nsl.v1.SecretService/Nothing"), nullptr);
}

TEST(RouteTable, RefusesBrokenEscapesInValues) {
  const RouteTable routes = table();
  for (const char* path : {"/v1/secrets/%", "/v1/secrets/%2", "/v1/secrets/%zz", "/v1/secrets/%ff",
                           "/v1/secrets/%c0%af"}) {
    EXPECT_EQ(routes.match("GET", path).outcome, Outcome::malformed) << path;
  }
}

TEST(RouteTable, RefusesWrongDeclarations) {
  for (const char* options :
       {R"(route: "")", R"(route: "GET")", R"(route: "FETCH /a")", R"(route: "GET a")",
        R"(route: "GET /a//b")", R"(route: "GET /{nothing}")", R"(route: "GET /{names}")",
        R"(route: "GET /{name")", R"(route: "GET /{name}x")",
        R"(route: "POST /a" raw_body: "nothing")", R"(route: "POST /a" raw_body: "count")",
        R"(route: "GET /a" raw_body: "name")", R"(route: "GET /a" raw_reply: "names")",
        R"(route: "POST /a" raw_body: "name" raw_reply: "name" raw_http: true)"}) {
    auto made = table_of(method("A", options));
    ASSERT_FALSE(made.has_value()) << options;
    EXPECT_EQ(made.error().code(), Code::invalid_configuration);
  }
}

TEST(RouteTable, RefusesTemplatesOfTooManySegments) {
  std::string deepest;
  for (std::int64_t i = 0; i < limits::kPathSegmentsMax; ++i) deepest += "/a";
  EXPECT_TRUE(table_of(method("A", R"(route: "GET )" + deepest + "\"")).has_value());
  EXPECT_FALSE(table_of(method("A", R"(route: "GET )" + deepest + "/a\"")).has_value());
}

TEST(RouteTable, RefusesTwoOperationsOnOneRoute) {
  EXPECT_FALSE(
      table_of(method("A", "route: \"GET /a/{name}\"") + method("B", "route: \"GET /a/{count}\""))
          .has_value());
  EXPECT_TRUE(
      table_of(method("A", "route: \"GET /a/{name}\"") + method("B", "route: \"PUT /a/{count}\""))
          .has_value());
}

TEST(RouteTable, KeepsWhatTheOptionSays) {
  auto routes =
      table_of(method("A", R"(route: "POST /a/{name}:invoke" raw_body: "name" raw_reply: "name"
              success_status: 201)"));
  ASSERT_TRUE(routes.has_value());
  const Route& route = *routes->routes().front();
  EXPECT_EQ(route.raw_body->name(), "name");
  EXPECT_EQ(route.raw_reply->name(), "name");
  EXPECT_EQ(route.success_status(), 201);
  EXPECT_TRUE(route.has_body());
}

TEST(RouteTable, KnowsTheFieldsOfAnHttpExchange) {
  const RouteTable routes = table();
  const RouteMatch match = routes.match("POST", "/v1/hooks/trg_1");
  ASSERT_NE(match.route, nullptr);
  EXPECT_TRUE(match.route->is_exchange());
  EXPECT_EQ(match.route->exchange.request_headers->full_name(),
            "nsl.v1.ReceiveHookRequest.headers");
  EXPECT_EQ(match.route->exchange.reply_headers->full_name(), "nsl.v1.HookReply.headers");
  EXPECT_EQ(match.route->exchange.reply_status->full_name(), "nsl.v1.HookReply.status");
  EXPECT_FALSE(routes.match("GET", "/v1/wallets").route->is_exchange());
}

}  // namespace
}  // namespace nsl::rest
