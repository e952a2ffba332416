#include "enclave/development/file_unlocker.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "enclave/development/development_testing.h"

namespace nsl::enclave::development {
namespace {

namespace fs = std::filesystem;

class FileUnlockerTest : public ::testing::Test {
 protected:
  std::unique_ptr<FileUnlocker> must_open() {
    auto unlocker = FileUnlocker::open(path_, random_);
    EXPECT_TRUE(unlocker.has_value());
    return std::move(*unlocker);
  }
  Code open_code() {
    const auto unlocker = FileUnlocker::open(path_, random_);
    return unlocker.has_value() ? Code::internal : unlocker.error().code();
  }

  SeededRandom random_{1};
  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("enclave");
};

TEST_F(FileUnlockerTest, MakesOneSeedAndKeepsIt) {
  const Secret<32> first = *must_open()->unlock();
  const Secret<32> again = *must_open()->unlock();
  EXPECT_TRUE(equal_in_constant_time(first.reveal(), again.reveal()));
  EXPECT_FALSE(equal_in_constant_time(first.reveal(), Secret<32>().reveal()));
}

TEST_F(FileUnlockerTest, KeepsEverythingPrivate) {
  ASSERT_TRUE(must_open()->unlock().has_value());
  for (const char* name : {"", "/root.seed", "/state.head"}) {
    EXPECT_FALSE(testing::is_open_to_others(path_ + name)) << name;
  }
}

TEST_F(FileUnlockerTest, RefusesASeedOthersCanRead) {
  ASSERT_TRUE(must_open()->unlock().has_value());
  fs::permissions(path_ + "/root.seed", fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(must_open()->unlock().error().code(), Code::unlock_failed);
}

TEST_F(FileUnlockerTest, RefusesASeedWithoutItsHead) {
  ASSERT_TRUE(must_open()->unlock().has_value());
  fs::remove(path_ + "/state.head");
  EXPECT_EQ(open_code(), Code::unlock_failed);
}

TEST_F(FileUnlockerTest, RefusesAHeadWithoutItsSeed) {
  {
    const auto unlocker = must_open();
    ASSERT_TRUE(unlocker->unlock().has_value());
    ASSERT_TRUE(unlocker->save_head({.counter = 1, .head = {}}).has_value());
  }
  fs::remove(path_ + "/root.seed");
  EXPECT_EQ(must_open()->unlock().error().code(), Code::unlock_failed);
}

TEST_F(FileUnlockerTest, StartsAgainAfterACrashBeforeTheSeedWasMade) {
  static_cast<void>(must_open());
  EXPECT_TRUE(must_open()->unlock().has_value());
}

TEST_F(FileUnlockerTest, RefusesATruncatedSeed) {
  ASSERT_TRUE(must_open()->unlock().has_value());
  fs::resize_file(path_ + "/root.seed", 31);
  EXPECT_EQ(must_open()->unlock().error().code(), Code::unlock_failed);
}

TEST_F(FileUnlockerTest, IsUsedByOneEnclaveAtATime) {
  const auto first = must_open();
  EXPECT_EQ(open_code(), Code::conflict);
}

}  // namespace
}  // namespace nsl::enclave::development
