#include "enclave/records/names.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::records {
namespace {

TEST(Names, AcceptsTheDocumentedFormOnly) {
  EXPECT_TRUE(check_name("a", "name").has_value());
  EXPECT_TRUE(check_name("0-price-feed", "name").has_value());
  EXPECT_TRUE(check_name(std::string(63, 'a'), "name").has_value());
  for (const std::string& bad : {std::string(), std::string("-a"), std::string("A"),
                                 std::string("a_b"), std::string(64, 'a'), std::string("a/b")}) {
    EXPECT_EQ(check_name(bad, "name").error().code(), Code::invalid_argument) << bad;
  }
}

TEST(Names, RefusesAnotherEntityTag) {
  EXPECT_TRUE(check_if_match("", 3).has_value());
  EXPECT_TRUE(check_if_match("*", 3).has_value());
  EXPECT_TRUE(check_if_match("v3", 3).has_value());
  EXPECT_EQ(check_if_match("v2", 3).error().code(), Code::precondition_failed);
}

TEST(Pages, CoverEveryItemOnceInOrder) {
  const std::vector<std::string> all = {"d", "a", "c", "b", "e"};
  const auto key_of = [](const std::string& item) -> std::string_view { return item; };
  std::string seen;
  std::string cursor;
  do {
    std::vector<std::string> page = all;
    cursor = cut_page(page, 2, cursor, key_of);
    EXPECT_LE(page.size(), 2U);
    for (const std::string& item : page) seen += item;
  } while (!cursor.empty());
  EXPECT_EQ(seen, "abcde");
}

TEST(Pages, BoundTheirSize) {
  EXPECT_EQ(page_size(0), 50U);
  EXPECT_EQ(page_size(7), 7U);
  EXPECT_EQ(page_size(100000), 200U);
}

TEST(Names, HashedIdsAreShortAndDiffer) {
  const std::string longest = hashed_id(std::string(10'000, 'a'));
  EXPECT_LE(longest.size(), static_cast<std::size_t>(limits::kRecordKeyBytesMax));
  EXPECT_NE(longest, hashed_id(std::string(9'999, 'a')));
  EXPECT_EQ(longest, hashed_id(std::string(10'000, 'a')));
}

}  // namespace
}  // namespace nsl::enclave::records
