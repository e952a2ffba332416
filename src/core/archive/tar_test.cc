#include <gtest/gtest.h>

#include "core/archive/archive_testing.h"

namespace nsl::archive {
namespace {

using testing::make_tar;
using testing::pax_record;
using testing::shown;
using testing::TarEntry;

std::string read(const std::vector<TarEntry>& entries) {
  return shown(read_archive(make_tar(entries)));
}

const std::string kGnu("ustar  \0", 8);

TEST(Tar, ReadsNamesOfEveryForm) {
  const std::string folder(99, 'f');
  EXPECT_EQ(read({{.name = "a.js", .content = "1", .prefix = "lib"}}), "lib/a.js=1;");
  EXPECT_EQ(read({{.name = "a.js", .content = "1", .magic = kGnu}}), "a.js=1;");
  EXPECT_EQ(read({{.name = "././@LongLink",
                   .content = folder + "/a.js" + std::string(1, '\0'),
                   .kind = 'L',
                   .magic = kGnu},
                  {.name = folder, .content = "1", .magic = kGnu}}),
            folder + "/a.js=1;");
  EXPECT_EQ(read({{.name = "x", .content = pax_record("path", folder + "/b"), .kind = 'x'},
                  {.name = "cut", .content = "2"},
                  {.name = "c"}}),
            "c=;" + folder + "/b=2;");
  EXPECT_EQ(read({{.name = "g", .content = pax_record("comment", "a commit"), .kind = 'g'},
                  {.name = "a", .kind = '\0'}}),
            "a=;");
}

TEST(Tar, RefusesWhatIsNoPlainFile) {
  for (const char kind : {'1', '2', '3', '4', '6', '7', 'S', 'K', 'V'}) {
    EXPECT_EQ(read({{.name = "a", .kind = kind}}).substr(0, 15), "NSL-FN-0005 'a'") << kind;
  }
  EXPECT_EQ(read({{.name = "a", .kind = '2'}}), "NSL-FN-0005 'a': is a link");
  EXPECT_EQ(read({{.name = "a/", .content = "x", .kind = '5'}}),
            "NSL-FN-0004 'a/': is a folder with a content");
  EXPECT_EQ(read({{.name = "x", .content = pax_record("GNU.sparse.major", "1"), .kind = 'x'},
                  {.name = "a"}})
                .substr(0, 11),
            "NSL-FN-0005");
}

TEST(Tar, ChecksNamesWhereverTheyStand) {
  const std::string outside = pax_record("path", "../../etc/passwd");
  EXPECT_EQ(read({{.name = "x", .content = outside, .kind = 'x'}, {.name = "a"}}).substr(0, 11),
            "NSL-FN-0005");
  EXPECT_EQ(read({{.name = "a", .prefix = "/etc"}}).substr(0, 11), "NSL-FN-0005");
  EXPECT_EQ(read({{.name = "g", .content = pax_record("path", "b"), .kind = 'g'}, {.name = "a"}}),
            "NSL-FN-0004 The tar is broken: one name for all files");
}

TEST(Tar, RefusesSizesThatAreNone) {
  for (const char* size : {"777777777777", "-1", "8", "0x10", "12 34", "\x80"}) {
    EXPECT_FALSE(read_archive(make_tar({{.name = "a", .said_size = size}})).has_value()) << size;
  }
  for (const char* pax : {"-1", "1e3", "", "99999999999999999999"}) {
    EXPECT_FALSE(
        read_archive(make_tar({{.name = "x", .content = pax_record("size", pax), .kind = 'x'},
                               {.name = "a"}}))
            .has_value())
        << pax;
  }
  EXPECT_EQ(read({{.name = "x", .content = std::string(9000, 'x'), .kind = 'x'}}),
            "NSL-FN-0006 An extended header of the tar");
}

TEST(Tar, RefusesExtendedHeadersThatAreNone) {
  for (const char* records :
       {"x", "5 a=b", "6 a=b\n1", "99 a=b\n", "4 ab\n", "0 a=b\n", "6a=bc\n"}) {
    EXPECT_FALSE(
        read_archive(make_tar({{.name = "x", .content = records, .kind = 'x'}, {.name = "a"}}))
            .has_value())
        << records;
  }
  EXPECT_EQ(read({{.name = "a"}, {.name = "x", .content = pax_record("path", "b"), .kind = 'x'}}),
            "NSL-FN-0004 The tar is broken: an extended header of nothing");
}

TEST(Tar, RefusesWhatEndsEarlyOrGoesOn) {
  const Bytes good = make_tar({{.name = "a", .content = "abc"}});
  ASSERT_TRUE(read_archive(good).has_value());
  for (std::size_t size = 0; size < good.size(); size += 64) {
    EXPECT_FALSE(read_archive(ByteView(good).first(size)).has_value()) << size;
  }
  Bytes behind = good;
  behind.back() = 1;
  EXPECT_EQ(read_archive(behind).error().code(), Code::archive_malformed);
  EXPECT_EQ(read_archive(make_tar({{.name = "a"}}, 512)).error().code(), Code::archive_malformed);
}

TEST(Tar, ABrokenByteOfAHeaderIsRefused) {
  const Bytes good = make_tar({{.name = "a", .content = "abc"}});
  for (std::size_t i = 0; i < 512; ++i) {
    Bytes wrong = good;
    wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ 1);
    // The end of the checksum's own field is not a part of it.
    if (i == 154 || i == 155) continue;
    EXPECT_FALSE(read_archive(wrong).has_value()) << i;
  }
}

}  // namespace
}  // namespace nsl::archive
