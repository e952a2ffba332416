#include "core/codec/ulid.h"

#include <gtest/gtest.h>

namespace nsl::codec {
namespace {

// The example of the ULID specification: 01ARYZ6S41 is 1469918176385 ms.
TEST(Ulid, EncodesTimeAsTheSpecificationDoes) {
  SeededRandom random(4);
  const Ulid ulid = make_ulid(WallTime(1469918176385), random);
  EXPECT_EQ(to_text(ulid).substr(0, 10), "01ARYZ6S41");
  EXPECT_EQ(ulid_time(ulid), WallTime(1469918176385));
}

TEST(Ulid, TextSortsByTimeAndRoundTrips) {
  SeededRandom random(5);
  std::string previous;
  for (std::int64_t ms = 1; ms < (std::int64_t{1} << 47); ms *= 3) {
    const Ulid ulid = make_ulid(WallTime(ms), random);
    const std::string text = to_text(ulid);
    EXPECT_LT(previous, text);
    EXPECT_EQ(parse_ulid(text).value(), ulid);
    previous = text;
  }
}

TEST(Ulid, KeepsTheLargestValue) {
  const std::string largest = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";
  EXPECT_EQ(to_text(parse_ulid(largest).value()), largest);
}

TEST(Ulid, RefusesEveryOtherText) {
  for (const char* text :
       {"", "01ARYZ6S41TSV4RRFFQ69G5FA", "01ARYZ6S41TSV4RRFFQ69G5FAVV",
        "01aryz6s41tsv4rrffq69g5fav", "81ARYZ6S41TSV4RRFFQ69G5FAV", "01ARYZ6S41TSV4RRFFQ69G5FAU",
        "01ARYZ6S41TSV4RRFFQ69G5FAI", "01ARYZ6S41TSV4RRFFQ69G5F-V"}) {
    EXPECT_FALSE(parse_ulid(text).has_value()) << text;
  }
}

TEST(Ulid, IdsCarryExactlyTheirPrefix) {
  SeededRandom random(6);
  const std::string id = make_id("run", WallTime(1000), random);
  EXPECT_EQ(id.size(), 4 + kUlidTextSize);
  EXPECT_TRUE(parse_id("run", id).has_value());
  EXPECT_FALSE(parse_id("ru", id).has_value());
  EXPECT_FALSE(parse_id("acc", id).has_value());
  EXPECT_FALSE(parse_id("run", id.substr(4)).has_value());
}

}  // namespace
}  // namespace nsl::codec
