#include "core/rest/json_writer.h"

#include <gtest/gtest.h>

namespace nsl::rest {
namespace {

TEST(JsonWriter, SetsCommasBetweenMembersAndElementsOnly) {
  JsonWriter out;
  out.begin_object().key("a").begin_array().value(std::int64_t{1}).value("x").end_array();
  out.key("b").begin_object().end_object().key("c").flag(true).member("d", std::int64_t{-2});
  out.end_object();
  EXPECT_EQ(out.text(), R"({"a":[1,"x"],"b":{},"c":true,"d":-2})");
}

TEST(JsonWriter, EscapesText) {
  JsonWriter out;
  out.value("a\"\\\n\xff");
  EXPECT_EQ(out.text(), R"("a\"\\\u000a\ufffd")");
}

}  // namespace
}  // namespace nsl::rest
