#include "enclave/functions/function_content.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::functions {
namespace {

nsl::v1::PutFunctionRequest request() {
  nsl::v1::PutFunctionRequest result;
  result.set_name("answer");
  result.set_runtime(nsl::v1::PutFunctionRequest::javascript);
  result.set_source("function main() { return 1; }");
  result.add_egress("api.example.com");
  return result;
}

TEST(FunctionContent, FillsInWhatWasLeftOut) {
  const auto content = parse_content(request()).value().content();
  EXPECT_EQ(content.limits().wall_ms(), 10000U);
  EXPECT_EQ(content.egress(0), "api.example.com:443");
}

TEST(FunctionContent, DigestChangesWithEveryPart) {
  const auto base = content_digest(parse_content(request()).value());
  auto source = request();
  source.set_source(source.source() + " ");
  auto egress = request();
  egress.add_egress("other.example.com");
  auto secret = request();
  secret.add_secrets("key");
  auto environment = request();
  (*environment.mutable_environment())["a"] = "b";
  auto entry_point = request();
  entry_point.set_entry_point("other");
  auto wall = request();
  wall.mutable_limits()->set_wall_ms(1);
  for (const auto& changed : {source, egress, secret, environment, entry_point, wall}) {
    EXPECT_NE(content_digest(parse_content(changed).value()), base);
  }
  EXPECT_EQ(content_digest(parse_content(request()).value()), base);
}

TEST(FunctionContent, ReuseOfProcessesIsAnotherContent) {
  stored::FunctionVersionRecord version = parse_content(request()).value();
  const auto digest = content_digest(version);
  version.mutable_content()->set_reuse(true);
  EXPECT_NE(content_digest(version), digest);
}

TEST(FunctionContent, RefusesWhatItCannotRun) {
  auto unknown = request();
  unknown.set_runtime(nsl::v1::PutFunctionRequest::UNSPECIFIED);
  EXPECT_EQ(parse_content(unknown).error().code(), Code::runtime_unsupported);
  auto empty = request();
  empty.clear_source();
  EXPECT_EQ(parse_content(empty).error().code(), Code::function_invalid);
  auto huge = request();
  huge.set_source(std::string(static_cast<std::size_t>(limits::kFunctionSourceBytesMax) + 1, 'x'));
  EXPECT_EQ(parse_content(huge).error().code(), Code::payload_too_large);
  auto slow = request();
  slow.mutable_limits()->set_wall_ms(60001);
  EXPECT_EQ(parse_content(slow).error().code(), Code::invalid_argument);
  auto entry_point = request();
  entry_point.set_entry_point("a b");
  EXPECT_EQ(parse_content(entry_point).error().code(), Code::invalid_argument);
}

TEST(FunctionContent, BoundsItsLists) {
  auto egress = request();
  egress.clear_egress();
  for (std::int64_t i = 0; i < limits::kEgressHostsMax; ++i) egress.add_egress("api.example.com");
  EXPECT_TRUE(parse_content(egress).has_value());
  egress.add_egress("api.example.com");
  EXPECT_EQ(parse_content(egress).error().code(), Code::invalid_argument);
  auto entries = request();
  for (std::int64_t i = 0; i < limits::kEnvironmentEntriesMax; ++i) {
    (*entries.mutable_environment())["name" + std::to_string(i)] = "";
  }
  EXPECT_TRUE(parse_content(entries).has_value());
  (*entries.mutable_environment())["one_more"] = "";
  EXPECT_EQ(parse_content(entries).error().code(), Code::invalid_argument);
  auto bytes = request();
  std::string& value = (*bytes.mutable_environment())["a"];
  value.assign(static_cast<std::size_t>(limits::kEnvironmentBytesMax) - 1, 'x');
  EXPECT_TRUE(parse_content(bytes).has_value());
  value += 'x';
  EXPECT_EQ(parse_content(bytes).error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace nsl::enclave::functions
