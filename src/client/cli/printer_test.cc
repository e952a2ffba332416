#include "client/cli/printer.h"

#include <gtest/gtest.h>

#include <sstream>

#include "nsl/v1/function.pb.h"
#include "nsl/v1/secret.pb.h"

namespace nsl::client::cli {
namespace {

class PrinterTo : public testing::Test {
 protected:
  std::ostringstream answers_;
  std::ostringstream talk_;
  Printer printer_{answers_, talk_};
};

v1::SecretList two_secrets() {
  v1::SecretList list;
  v1::Secret& first = *list.add_items();
  first.set_name("api-key");
  first.set_version(2);
  first.add_allowed_functions("answer");
  first.add_allowed_functions("other");
  list.add_items()->set_name("b");
  return list;
}

TEST_F(PrinterTo, APersonAlignsNamesAndValues) {
  printer_.answer(Object{{"name", "x"},
                         {"is_good", true},
                         {"limits", Object{{"wall_ms", std::int64_t{5}}}},
                         {"hosts", List{"a", "b"}}});
  EXPECT_EQ(answers_.str(),
            "name            x\nis_good         yes\nlimits.wall_ms  5\nhosts           a, b\n");
}

TEST_F(PrinterTo, APersonShowsListsOfObjectsAsTables) {
  printer_.answer(Object{{"id", "run_1"},
                         {"transactions", List{Object{{"hash", "0xaa"}},
                                               Object{{"hash", "0xb"}, {"state", "HALT"}}}}});
  EXPECT_EQ(answers_.str(), "id  run_1\n\ntransactions:\nHASH  STATE\n0xaa\n0xb   HALT\n");
}

TEST_F(PrinterTo, AProgramIsOneJsonLine) {
  printer_.configure(Format::json, Talk::normal);
  printer_.answer(Object{{"text", "a\"\n"},
                         {"number", std::int64_t{-1}},
                         {"flag", false},
                         {"list", List{Object{}, "x"}}});
  EXPECT_EQ(answers_.str(),
            "{\"text\":\"a\\\"\\u000a\",\"number\":-1,\"flag\":false,\"list\":[{},\"x\"]}\n");
}

TEST_F(PrinterTo, APersonShowsItemsAsATable) {
  printer_.answer(two_secrets(), {"name", "version", "allowed_functions"});
  EXPECT_EQ(answers_.str(),
            "NAME     VERSION  ALLOWED_FUNCTIONS\napi-key  2        answer, other\nb\n");
}

TEST_F(PrinterTo, APersonIsToldOfMoreAndOfNothing) {
  v1::SecretList list = two_secrets();
  list.set_next_cursor("abc");
  printer_.answer(list, {"name"});
  EXPECT_EQ(talk_.str(), "more: --cursor abc\n");
  talk_.str("");
  answers_.str("");
  printer_.answer(v1::SecretList(), {"name"});
  EXPECT_EQ(answers_.str(), "");
  EXPECT_EQ(talk_.str(), "none\n");
}

TEST_F(PrinterTo, AProgramSeesEveryFieldOfAMessage) {
  printer_.configure(Format::json, Talk::normal);
  printer_.answer(v1::FunctionList(), {"name"});
  EXPECT_EQ(answers_.str(), "{\"items\":[],\"next_cursor\":\"\"}\n");
}

TEST_F(PrinterTo, QuietKeepsAnswersAndWarnings) {
  printer_.configure(Format::human, Talk::quiet);
  printer_.say("talk");
  printer_.warn("warning");
  printer_.answer(Object{{"a", "b"}});
  EXPECT_EQ(talk_.str(), "warning\n");
  EXPECT_EQ(answers_.str(), "a  b\n");
}

TEST_F(PrinterTo, TextOfTheServiceCannotDriveTheTerminal) {
  printer_.answer(Object{{"name", "\x1b[2Jx\r\ny\x7f"}});
  EXPECT_EQ(answers_.str(), "name   [2Jx  y\n");
}

TEST_F(PrinterTo, AnErrorSaysWhatWhyAndWhatNext) {
  v1::Problem problem;
  problem.set_code("NSL-API-0001");
  problem.set_request_id("req_1");
  v1::FieldViolation& violation = *problem.add_errors();
  violation.set_pointer("/name");
  violation.set_message("is empty");
  printer_.error(Error(Code::invalid_argument, "A field is not valid"), problem, "nsl --help");
  EXPECT_EQ(talk_.str(),
            "nsl: A field is not valid [NSL-API-0001]\n  /name: is empty\n  request req_1\n"
            "  try: nsl --help\n");
  EXPECT_EQ(answers_.str(), "");
}

TEST_F(PrinterTo, AnErrorForAProgramIsItsAnswer) {
  printer_.configure(Format::json, Talk::normal);
  printer_.error(Error(Code::cli_usage, "No"), std::nullopt, "");
  EXPECT_EQ(answers_.str(),
            "{\"error\":{\"code\":\"NSL-CLI-0001\",\"title\":\"Wrong use\",\"message\":\"No\","
            "\"request_id\":\"\",\"errors\":[],\"next\":\"\"}}\n");
  EXPECT_EQ(talk_.str(), "");
}

}  // namespace
}  // namespace nsl::client::cli
