#include "enclave/development/head_file.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/random.h"
#include "enclave/development/development_testing.h"

namespace nsl::enclave::development {
namespace {

class HeadFileTest : public ::testing::Test {
 protected:
  keys::StateHead head_of(std::uint64_t counter) {
    return {.counter = counter, .head = random_.bytes<32>()};
  }

  SeededRandom random_{1};
  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("state.head");
};

TEST_F(HeadFileTest, StartsWithNothing) {
  EXPECT_EQ((*HeadFile::open(path_))->load(), keys::StateHead{});
}

TEST_F(HeadFileTest, KeepsTheLastHeadAcrossAReopening) {
  keys::StateHead last;
  {
    const auto file = HeadFile::open(path_);
    for (std::uint64_t counter = 1; counter <= 5; ++counter) {
      last = head_of(counter);
      ASSERT_TRUE((*file)->save(last).has_value());
      EXPECT_EQ((*file)->load(), last);
    }
  }
  EXPECT_EQ((*HeadFile::open(path_))->load(), last);
  EXPECT_FALSE(testing::is_open_to_others(path_));
}

TEST_F(HeadFileTest, ATornWriteLeavesTheHeadBefore) {
  const keys::StateHead before = head_of(6);
  const keys::StateHead torn = head_of(7);
  {
    const auto file = HeadFile::open(path_);
    ASSERT_TRUE((*file)->save(before).has_value());
    ASSERT_TRUE((*file)->save(torn).has_value());
  }
  const std::string whole = directory_.read("state.head");
  for (std::size_t at = 0; at < kHeadSlotBytes; ++at) {
    std::string damaged = whole;
    damaged[kHeadSlotDistance + at] = static_cast<char>(damaged[kHeadSlotDistance + at] ^ 1);
    EXPECT_EQ(parse_head_file(as_bytes(damaged)), before);
  }
}

TEST_F(HeadFileTest, RefusesAFileWithoutAnyGoodSlot) {
  const auto parsed = parse_head_file(Bytes(kHeadSlotDistance + kHeadSlotBytes));
  EXPECT_EQ(parsed.error().code(), Code::unlock_failed);
  EXPECT_EQ(parse_head_file({}).error().code(), Code::unlock_failed);
}

}  // namespace
}  // namespace nsl::enclave::development
