// What the socket tests cannot reach with the operations there are: other options of a route.
#include "host/gateway/request_reader.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "host/gateway/reply_cache.h"
#include "host/gateway/reply_writer.h"
#include "nsl/v1/all_files.h"
#include "nsl/v1/function.pb.h"

namespace nsl::host::gateway {
namespace {

class RequestReader : public ::testing::Test {
 protected:
  RequestReader() : table_(rest::RouteTable::make(v1::all_files()).value()) {
    route_ = *table_.find_connect("/nsl.v1.FunctionService/CreateRun");
    http_.method = "POST";
  }
  rest::Checked<v1::CreateRunRequest> read(std::string_view query = {}) {
    const RoutedRequest routed = {
        .route = route_, .style = Style::rest, .path_values = path_values_, .query = query};
    NSL_TRY(const RequestBody body, read_body(http_, routed));
    NSL_TRY(const internal::v1::Frame frame, make_frame(http_, route_, body.form));
    EXPECT_EQ(frame.operation(), "CreateRun");
    v1::CreateRunRequest result;
    EXPECT_TRUE(result.ParseFromString(body.payload));
    return result;
  }

  rest::RouteTable table_;
  rest::Route route_;
  HttpRequest http_;
  std::vector<std::string> path_values_ = {"f"};
};

TEST_F(RequestReader, RequiresAKeyWhereGasIsSpent) {
  route_.operation.set_idempotency(v1::Operation::KEY_REQUIRED);
  auto refused = read();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::idempotency_key_required);
  http_.headers.add("idempotency-key", "k");
  EXPECT_TRUE(read().has_value());
}

TEST_F(RequestReader, KeepsARawBodyByteForByte) {
  route_.raw_body = route_.method->input_type()->FindFieldByName("input");
  http_.headers.add("content-type", "application/json");
  http_.body = "{ \"a\" : [1, 2.50] }\n";
  auto request = read("wait=true");
  ASSERT_TRUE(request.has_value()) << request.error().message;
  EXPECT_EQ(request->input(), http_.body);
  EXPECT_TRUE(request->wait());
  EXPECT_EQ(request->name(), "f");
  http_.body = "{'a': 1}";
  EXPECT_EQ(read().error().code, Code::malformed_json);
  http_.body = "{}";
  EXPECT_FALSE(read("input=x").has_value());
  EXPECT_FALSE(read("name=x").has_value());
}

TEST_F(RequestReader, PrintsARawReply) {
  route_.raw_reply = route_.method->output_type()->FindFieldByName("output");
  v1::Run run;
  run.set_output("[1, 2]");
  internal::v1::Frame frame;
  frame.set_payload(run.SerializeAsString());
  const auto reply = write_reply(frame, route_, Style::rest, Form::json);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(*reply->body, "[1, 2]");
  EXPECT_EQ(reply->content_type, "application/json");
}

TEST(RequestTarget, IsInOriginOrAbsoluteForm) {
  EXPECT_EQ(parse_target("/a?b=c?d")->path, "/a");
  EXPECT_EQ(parse_target("/a?b=c?d")->query, "b=c?d");
  EXPECT_EQ(parse_target("/a?")->query, "");
  EXPECT_EQ(parse_target("https://host:1/a?b")->path, "/a");
  for (const char* target :
       {"", "*", "a", "host:443", "http://host", "/a b", "/a#b", "/\x7f", "/\xc3\xa9", "?a"}) {
    EXPECT_FALSE(parse_target(target).has_value()) << target;
  }
}

TEST(ReplyCache, ForgetsWhatHasExpiredBeforeItRefusesMore) {
  ReplyCache cache;
  const auto key = [](std::int64_t i) {
    return ReplyCache::Key{.route = nullptr, .form = Form::json, .request = std::to_string(i)};
  };
  for (std::int64_t i = 0; i < limits::kReplyCacheEntriesMax; ++i) {
    cache.put(key(i), {.body = make_body("x"), .etag = "", .expires_at_ms = 100}, MonotonicTime(0));
  }
  cache.put(key(-1), {.body = make_body("y"), .etag = "", .expires_at_ms = 200}, MonotonicTime(0));
  EXPECT_FALSE(cache.find(key(-1), MonotonicTime(0)).has_value());
  EXPECT_TRUE(cache.find(key(0), MonotonicTime(99)).has_value());
  EXPECT_FALSE(cache.find(key(0), MonotonicTime(100)).has_value());
  cache.put(key(-1), {.body = make_body("y"), .etag = "", .expires_at_ms = 200},
            MonotonicTime(100));
  EXPECT_EQ(*cache.find(key(-1), MonotonicTime(100))->body, "y");
}

}  // namespace
}  // namespace nsl::host::gateway
