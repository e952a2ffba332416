#include "core/codec/utf8.h"

#include <gtest/gtest.h>

namespace nsl::codec {
namespace {

TEST(Utf8, AcceptsEveryLengthAtItsBorders) {
  for (const char* text :
       {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(std::string_view(text))) << text;
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesOverlongSurrogateTooLargeAndTruncated) {
  for (const char* text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe1\x80", "\xf1\x80\x80",
        "\xc2\x20", "\xe1\x80\x20", "a\xfe"}) {
    EXPECT_FALSE(is_valid_utf8(std::string_view(text))) << text;
  }
}

}  // namespace
}  // namespace nsl::codec
