#include "enclave/development/private_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "enclave/development/development_testing.h"

namespace nsl::enclave::development {
namespace {

namespace fs = std::filesystem;
using testing::is_open_to_others;
using testing::TemporaryDirectory;

class PrivateFile : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  const std::string path_ = directory_.file("file");
};

TEST_F(PrivateFile, ReadsBackWhatWasWritten) {
  ASSERT_TRUE(replace_file(path_, as_bytes("one"), FileMode::private_to_owner).has_value());
  ASSERT_TRUE(replace_file(path_, as_bytes("two"), FileMode::private_to_owner).has_value());
  const auto contents = read_private_file(path_, 3);
  ASSERT_TRUE(contents.has_value() && contents->has_value());
  EXPECT_EQ(to_string((*contents)->reveal()), "two");
  EXPECT_FALSE(is_open_to_others(path_));
}

TEST_F(PrivateFile, TellsAbsentFromUnreadable) {
  EXPECT_FALSE(read_private_file(path_, 10)->has_value());
  fs::create_directory(path_);
  EXPECT_FALSE(read_private_file(path_, 10).has_value());
}

TEST_F(PrivateFile, RefusesAFileOthersCanRead) {
  ASSERT_TRUE(replace_file(path_, as_bytes("x"), FileMode::readable_by_all).has_value());
  EXPECT_EQ(read_private_file(path_, 10).error().code(), Code::unlock_failed);
}

TEST_F(PrivateFile, RefusesAFileOverTheSizeAskedFor) {
  ASSERT_TRUE(replace_file(path_, as_bytes("four"), FileMode::private_to_owner).has_value());
  EXPECT_FALSE(read_private_file(path_, 3).has_value());
}

TEST_F(PrivateFile, DoesNotFollowALink) {
  directory_.write("target", "x");
  fs::permissions(directory_.file("target"), fs::perms::owner_read);
  fs::create_symlink(directory_.file("target"), path_);
  EXPECT_FALSE(read_private_file(path_, 10).has_value());
}

TEST_F(PrivateFile, MakesAPrivateDirectoryAndRefusesAnOpenOne) {
  const std::string inner = directory_.file("inner");
  ASSERT_TRUE(ensure_private_directory(inner).has_value());
  EXPECT_FALSE(is_open_to_others(inner));
  EXPECT_TRUE(ensure_private_directory(inner).has_value());
  fs::permissions(inner, fs::perms::others_read, fs::perm_options::add);
  EXPECT_EQ(ensure_private_directory(inner).error().code(), Code::unlock_failed);
  EXPECT_FALSE(ensure_private_directory(directory_.file("no/such")).has_value());
}

TEST_F(PrivateFile, ASlotFileBelongsToOneAtATime) {
  {
    auto first = SlotFile::open(path_, as_bytes("abc"));
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(SlotFile::open(path_, {}).error().code(), Code::conflict);
    ASSERT_TRUE((*first)->write_at(1, as_bytes("X")).has_value());
  }
  auto again = SlotFile::open(path_, as_bytes("other"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(to_string(*(*again)->read_all()), "aXc");
}

}  // namespace
}  // namespace nsl::enclave::development
