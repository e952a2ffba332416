#include <gtest/gtest.h>

#include "core/archive/archive_testing.h"
#include "core/archive/deflate.h"
#include "core/archive/pack.h"

namespace nsl::archive {
namespace {

using testing::make_zip;
using testing::shown;
using testing::ZipEntry;

std::string read(const ZipEntry& entry) { return shown(read_archive(make_zip({entry}))); }

TEST(Zip, ReadsStoredAndDeflatedFiles) {
  const std::string text = "export default 1; export default 1;";
  EXPECT_EQ(read({.name = "a", .content = text}), "a=" + text + ";");
  EXPECT_EQ(read({.name = "a", .content = text, .method = 8, .packed = deflate(as_bytes(text))}),
            "a=" + text + ";");
}

TEST(Zip, ReadsSizesThatFollowTheContent) {
  for (const bool has_signature : {true, false}) {
    EXPECT_EQ(
        read(
            {.name = "a", .content = "abc", .flags = 8, .has_descriptor_signature = has_signature}),
        "a=abc;");
  }
  Bytes wrong = make_zip({{.name = "a", .content = "abc", .flags = 8}});
  // The signature of what follows, then the checksum.
  wrong[30 + 1 + 3 + 4] ^= 1;
  EXPECT_EQ(shown(read_archive(wrong)), "NSL-FN-0004 'a': is described in two ways");
}

TEST(Zip, RefusesWhatIsNoPlainFile) {
  for (const std::uint32_t mode : {0120777U, 0060644U, 0020644U, 0010644U, 0140644U, 0040755U}) {
    EXPECT_EQ(read({.name = "a", .content = "/etc/passwd", .mode = mode}),
              "NSL-FN-0005 'a': is a link, a device, or not what its name says");
  }
  EXPECT_EQ(read({.name = "a/", .mode = 0120777}),
            "NSL-FN-0005 'a/': is a link, a device, or not what its name says");
  EXPECT_EQ(read({.name = "a/", .content = "x", .mode = 0040755}),
            "NSL-FN-0004 'a/': has a content");
}

TEST(Zip, RefusesWhatIsEncryptedOrTooNew) {
  EXPECT_EQ(read({.name = "a", .flags = 1}), "NSL-FN-0005 'a': is encrypted");
  EXPECT_EQ(read({.name = "a", .extra = std::string("\x01\x99\0\0", 4)}),
            "NSL-FN-0005 'a': is encrypted");
  for (const int bit : {4, 5, 6, 13, 15}) {
    const auto flags = static_cast<std::uint16_t>(1 << bit);
    EXPECT_EQ(read({.name = "a", .flags = flags}).substr(0, 11), "NSL-FN-0005") << flags;
  }
  EXPECT_EQ(read({.name = "a", .method = 12}),
            "NSL-FN-0005 'a': is packed by another method than deflate");
  EXPECT_EQ(read({.name = "a", .version = 45}).substr(0, 11), "NSL-FN-0005");
  EXPECT_EQ(read({.name = "a", .extra = std::string("\x01\0\0\0", 4)}).substr(0, 11),
            "NSL-FN-0005");
  EXPECT_EQ(read({.name = "a", .extra = std::string("\x75\x70\x01\0b", 5)}),
            "NSL-FN-0005 'a': has a second name");
}

TEST(Zip, RefusesHeadersThatDisagree) {
  EXPECT_EQ(read({.name = "a", .local_name = "b"}), "NSL-FN-0004 'a': is described in two ways");
  const Bytes good = make_zip({{.name = "a", .content = "abc"}});
  // Version, flags, method, checksum and sizes of the local header; its version is not compared.
  for (const std::size_t offset : {6U, 8U, 14U, 18U, 22U}) {
    Bytes wrong = good;
    wrong[offset] ^= 2;
    EXPECT_EQ(read_archive(wrong).error().code(), Code::archive_malformed) << offset;
  }
}

TEST(Zip, RefusesContentsThatAreNotWhatTheySay) {
  EXPECT_EQ(read({.name = "a", .content = "abc", .packed = "abd"}),
            "NSL-FN-0004 'a': has a broken content");
  EXPECT_EQ(read({.name = "a", .content = "abc", .method = 8, .packed = "\xff\xff"}),
            "NSL-FN-0004 'a': has a broken content");
  const std::string packed = deflate(as_bytes("abc"));
  EXPECT_EQ(read({.name = "a", .content = "abc", .method = 8, .packed = packed + "x"}),
            "NSL-FN-0004 'a': has a broken content");
  EXPECT_EQ(read({.name = "a", .content = "abc", .method = 8, .packed = packed, .said_size = 2}),
            "NSL-FN-0004 'a': has a broken content");
}

TEST(Zip, RefusesEveryOtherLayout) {
  const Bytes good = make_zip({{.name = "a", .content = "abc"}, {.name = "b"}});
  ASSERT_TRUE(read_archive(good).has_value());
  Bytes behind = good;
  behind.push_back(0);
  EXPECT_EQ(read_archive(behind).error().code(), Code::archive_malformed);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(read_archive(ByteView(good).first(size)).has_value()) << size;
  }
  // A gap between the entries and the directory.
  Bytes gap = good;
  gap.insert(gap.begin() + 34, 7);
  EXPECT_EQ(read_archive(gap).error().code(), Code::archive_malformed);
}

TEST(Zip, ABrokenByteIsRefusedOrChangesWhatIsIgnored) {
  const std::vector<File> files = {{.path = "lib/a", .content = "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
                                   {.path = "main.js", .content = "import './lib/a'"}};
  const Bytes good = pack_zip(files);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes wrong = good;
      wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ 1 << bit);
      const auto read = read_archive(wrong);
      // Times, versions and permissions are nobody's; a name never changes in both places.
      if (!read.has_value()) continue;
      EXPECT_EQ(shown(read), shown(files)) << i;
    }
  }
}

}  // namespace
}  // namespace nsl::archive
