#include "core/rest/nearest.h"

#include <gtest/gtest.h>

#include <string>

namespace nsl::rest {
namespace {

TEST(Nearest, FindsTheNameWithinTwoEdits) {
  EXPECT_EQ(find_nearest("descripton", {"name", "description"}), "description");
  EXPECT_EQ(find_nearest("nmae", {"name", "value"}), "name");
  EXPECT_EQ(find_nearest("name", {"name", "names"}), "name");
}

TEST(Nearest, FindsNothingFarAway) {
  EXPECT_EQ(find_nearest("zzz", {"name", "value"}), "");
  EXPECT_EQ(find_nearest("", {"name"}), "");
  EXPECT_EQ(find_nearest("name", {}), "");
  EXPECT_EQ(find_nearest(std::string(100000, 'a'), {"name"}), "");
}

}  // namespace
}  // namespace nsl::rest
