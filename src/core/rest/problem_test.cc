#include "core/rest/problem.h"

#include <gtest/gtest.h>

#include "core/rest/json_printer.h"

namespace nsl::rest {
namespace {

TEST(Problem, CarriesTheMembersOfRfc9457AndOurs) {
  const Rejection rejection(Code::invalid_argument, "/name must be a string",
                            {{"/name", "must be a string"}});
  EXPECT_EQ(print_json(make_problem(rejection, "req_1", "/v1/secrets")).value(),
            R"({"type":"urn:nsl:error:NSL-API-0001","title":"A field is not valid","status":400,)"
            R"("detail":"/name must be a string","instance":"/v1/secrets","code":"NSL-API-0001",)"
            R"("request_id":"req_1","errors":[{"pointer":"/name","message":"must be a string"}]})");
}

TEST(Problem, NeverReportsSuccessAsItsStatus) {
  EXPECT_EQ(problem_status(Code::run_failed), 500);
  EXPECT_EQ(problem_status(Code::not_found), 404);
}

TEST(Problem, KeepsThePrivateDetailOfAnErrorOut) {
  const Rejection rejection(Error(Code::store_failed, "Store failed", "/var/lib/secret.db"));
  const auto text = print_json(make_problem(rejection, "req_1", "/")).value();
  EXPECT_EQ(text.find("secret.db"), std::string::npos);
}

}  // namespace
}  // namespace nsl::rest
