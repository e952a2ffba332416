#include "enclave/hooks/hook_reply.h"

#include <gtest/gtest.h>

#include <string>

namespace nsl::enclave::hooks {
namespace {

nsl::v1::Run run(nsl::v1::Run::Status status, const std::string& output = "") {
  nsl::v1::Run result;
  result.set_id("run_1");
  result.set_status(status);
  result.set_output(output);
  return result;
}

std::string header(const nsl::v1::HookReply& reply, const std::string& name) {
  std::string all;
  for (const auto& entry : reply.headers()) {
    if (entry.name() == name) all += entry.value();
  }
  return all;
}

TEST(HookReply, NamesTheRunWhileItGoesOn) {
  for (const nsl::v1::Run::Status status : {nsl::v1::Run::QUEUED, nsl::v1::Run::RUNNING}) {
    const auto reply = answer_of(run(status));
    EXPECT_EQ(reply.status(), 202U);
    EXPECT_EQ(reply.body(), R"({"run":"run_1"})");
    EXPECT_EQ(header(reply, "content-type"), "application/json");
  }
}

TEST(HookReply, AnOutputIsTheBody) {
  const auto reply = answer_of(run(nsl::v1::Run::SUCCEEDED, R"([1,2])"));
  EXPECT_EQ(reply.status(), 200U);
  EXPECT_EQ(reply.body(), "[1,2]");
  EXPECT_EQ(answer_of(run(nsl::v1::Run::SUCCEEDED, R"({"status":"paid"})")).body(),
            R"({"status":"paid"})");
}

TEST(HookReply, AnOutputWithAStatusIsAnAnswerOfHttp) {
  const auto reply = answer_of(
      run(nsl::v1::Run::SUCCEEDED,
          R"({"status":404,"headers":{"content-type":"text/csv","etag":"\"1\""},"body":"a,b"})"));
  EXPECT_EQ(reply.status(), 404U);
  EXPECT_EQ(reply.body(), "a,b");
  EXPECT_EQ(header(reply, "content-type"), "text/csv");
  EXPECT_EQ(header(reply, "etag"), "\"1\"");
  const auto json = answer_of(run(nsl::v1::Run::SUCCEEDED, R"({"status":200,"body":{"a":1}})"));
  EXPECT_EQ(json.body(), R"({"a":1})");
  EXPECT_EQ(header(json, "content-type"), "application/json");
  EXPECT_EQ(answer_of(run(nsl::v1::Run::SUCCEEDED, R"({"status":204})")).body(), "");
}

TEST(HookReply, HeadersMayBeTheListOfAResponse) {
  const auto reply = answer_of(
      run(nsl::v1::Run::SUCCEEDED,
          R"({"status":200,"headers":[["content-type","text/csv"],["x-a","b"]],"body":"a"})"));
  ASSERT_EQ(reply.headers_size(), 1);
  EXPECT_EQ(header(reply, "content-type"), "text/csv");
}

TEST(HookReply, OnlyHeadersOfTheListLeave) {
  const auto reply = answer_of(run(
      nsl::v1::Run::SUCCEEDED,
      R"({"status":200,"headers":{"set-cookie":"a=b","location":"https://x","content-type":"a\r\nb: c"}})"));
  ASSERT_EQ(reply.headers_size(), 1);
  EXPECT_EQ(header(reply, "content-type"), "application/json");
}

TEST(HookReply, SaysNothingOfWhyARunFailed) {
  nsl::v1::Run failed = run(nsl::v1::Run::FAILED);
  failed.mutable_error()->set_message("the database password is hunter2");
  const auto reply = answer_of(failed);
  EXPECT_EQ(reply.status(), 500U);
  EXPECT_EQ(reply.body(), R"({"run":"run_1","status":"FAILED"})");
  EXPECT_EQ(answer_of(run(nsl::v1::Run::SUCCEEDED, R"({"status":99})")).status(), 500U);
}

}  // namespace
}  // namespace nsl::enclave::hooks
