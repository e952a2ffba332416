#include "host/gateway/header_values.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::host::gateway {
namespace {

TEST(HeaderValues, KnowsARequestId) {
  EXPECT_TRUE(is_request_id("req_01JD7Y3K5QJ8M2N4P6R8T0V2X4"));
  EXPECT_TRUE(is_request_id(std::string(64, 'a')));
  for (const std::string& text : {std::string(), std::string(65, 'a'), std::string("a b"),
                                  std::string("a\n"), std::string("\xc3\xa9")}) {
    EXPECT_FALSE(is_request_id(text)) << text;
  }
}

TEST(HeaderValues, ReadsABearerCredential) {
  EXPECT_EQ(parse_authorization("").value(), "");
  EXPECT_EQ(parse_authorization("Bearer abc.DEF-_~+/=").value(), "abc.DEF-_~+/=");
  EXPECT_EQ(parse_authorization("BEARER  x ").value(), "x");
  const auto longest = std::string(static_cast<std::size_t>(limits::kCredentialBytesMax), 'a');
  EXPECT_TRUE(parse_authorization("Bearer " + longest).has_value());
  for (const std::string& text :
       {std::string("Bearer"), std::string("Bearer "), std::string("abc"), std::string("Basic abc"),
        std::string("Bearer a,b"), std::string("Bearer a\tb"), "Bearer a" + longest}) {
    EXPECT_FALSE(parse_authorization(text).has_value()) << text;
  }
}

TEST(HeaderValues, ReadsAnEntityTagToMatch) {
  EXPECT_EQ(parse_if_match("").value(), "");
  EXPECT_EQ(parse_if_match("*").value(), "*");
  EXPECT_EQ(parse_if_match("\"a-1\"").value(), "a-1");
  const auto longest = std::string(static_cast<std::size_t>(limits::kEntityTagBytesMax), 'a');
  EXPECT_EQ(parse_if_match("\"" + longest + "\"").value(), longest);
  EXPECT_FALSE(parse_if_match("\"" + longest + "a\"").has_value());
  for (const char* text : {"a", "\"a", "W/\"a\"", "\"a\",\"b\"", "\"a b\"", "\"\""}) {
    EXPECT_FALSE(parse_if_match(text).has_value()) << text;
  }
}

TEST(HeaderValues, HoldsDeadlinesToTheLimit) {
  EXPECT_EQ(parse_connect_timeout("").value(), limits::kRequestDeadlineMsDefault);
  EXPECT_EQ(parse_connect_timeout("1").value(), 1);
  EXPECT_EQ(parse_connect_timeout("9999999999").value(), limits::kRequestDeadlineMsMax);
  EXPECT_EQ(parse_prefer_wait(""), limits::kRequestDeadlineMsDefault);
  EXPECT_EQ(parse_prefer_wait("return=minimal, Wait=5"), 5000);
  EXPECT_EQ(parse_prefer_wait("wait=999999999"), limits::kRequestDeadlineMsMax);
  EXPECT_EQ(parse_prefer_wait("wait=0"), 1);
  EXPECT_EQ(parse_prefer_wait("wait=x"), limits::kRequestDeadlineMsDefault);
}

TEST(HeaderValues, ReadsAMediaType) {
  EXPECT_EQ(parse_media_type("application/json"), "application/json");
  EXPECT_EQ(parse_media_type(" Application/JSON ; charset=\"UTF-8\""), "application/json");
  EXPECT_EQ(parse_media_type("application/json; a=b; charset=utf-8"), "application/json");
  EXPECT_EQ(parse_media_type("application/json; charset=utf-16"), "");
  EXPECT_EQ(parse_media_type(""), "");
}

TEST(HeaderValues, ContinuesOnlyAWellFormedTrace) {
  SeededRandom random(1);
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  const auto child = make_child_traceparent(good, random);
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(child->size(), good.size());
  EXPECT_NE(*child, good);
  for (const char* text : {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-00",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-00",
                           "00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-00"}) {
    EXPECT_FALSE(make_child_traceparent(text, random).has_value()) << text;
  }
}

}  // namespace
}  // namespace nsl::host::gateway
