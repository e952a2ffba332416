#include "client/api/problem.h"

#include <gtest/gtest.h>

#include "client/api/testing/fake_service.h"

namespace nsl::client::api {
namespace {

TEST(Problem, IsReadFromAConnectDetail) {
  for (const char* title : {"a", "ab", "abc"}) {  // Every length of Base64 padding.
    v1::Problem sent = problem_of(Code::not_found);
    sent.set_title(title);
    sent.add_errors()->set_pointer("/name");
    const v1::Problem read = parse_problem(connect_error(sent));
    EXPECT_EQ(read.SerializeAsString(), sent.SerializeAsString());
    EXPECT_EQ(to_error(read).code(), Code::not_found);
  }
}

TEST(Problem, IsReadFromProblemJson) {
  const v1::Problem problem = parse_problem(
      {400, "application/problem+json",
       R"({"type":"urn:x","title":"T","status":400,"detail":"D","instance":"/v1","code":)"
       R"("NSL-API-0001","request_id":"req_1","errors":[{"pointer":"/a","message":"m"}]})"});
  EXPECT_EQ(problem.code(), "NSL-API-0001");
  EXPECT_EQ(problem.request_id(), "req_1");
  ASSERT_EQ(problem.errors_size(), 1);
  EXPECT_EQ(problem.errors(0).pointer(), "/a");
  const Error error = to_error(problem);
  EXPECT_EQ(error.code(), Code::invalid_argument);
  EXPECT_EQ(error.message(), "D");
}

TEST(Problem, OfAPlainConnectErrorHasItsMessage) {
  const v1::Problem problem =
      parse_problem({404, "application/json", R"({"code":"not_found","message":"gone"})"});
  EXPECT_EQ(to_error(problem).code(), Code::unknown_operation);
  EXPECT_EQ(to_error(problem).message(), "gone");
}

TEST(Problem, OfAnythingElseNamesTheStatus) {
  for (const char* body : {"", "<html>502</html>", "[]", "{", "{\"details\":[1,{\"type\":2}]}",
                           R"({"details":[{"type":"nsl.v1.Problem","value":"!!"}]})"}) {
    const v1::Problem problem = parse_problem({502, "text/html", body});
    EXPECT_EQ(problem.status(), 502U);
    EXPECT_EQ(to_error(problem).code(), Code::unavailable) << body;
    EXPECT_EQ(to_error(problem).message(), "HTTP status 502");
  }
}

TEST(Problem, WithACodeOfANewerServiceIsInternalHere) {
  v1::Problem problem;
  problem.set_code("NSL-NEW-9999");
  problem.set_detail("Something new");
  EXPECT_EQ(to_error(problem).code(), Code::internal);
  EXPECT_EQ(to_error(problem).message(), "Something new");
}

}  // namespace
}  // namespace nsl::client::api
