#include "core/archive/archive.h"

#include <gtest/gtest.h>

#include "core/archive/archive_testing.h"
#include "core/archive/deflate.h"
#include "core/archive/pack.h"
#include "core/base/limits.h"

namespace nsl::archive {
namespace {

using testing::make_tar;
using testing::make_zip;
using testing::shown;
using testing::TarEntry;
using testing::ZipEntry;

std::string gzip(ByteView bytes) {
  codec::ByteWriter end;
  end.write_u32(crc32(bytes)).write_u32(static_cast<std::uint32_t>(bytes.size()));
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + deflate(bytes) + to_string(end.bytes());
}

Result<std::vector<File>> read_text(const std::string& archive) {
  return read_archive(as_bytes(archive));
}

Code refusal(const std::vector<std::string>& names) {
  std::vector<ZipEntry> zip;
  std::vector<TarEntry> tar;
  for (const std::string& name : names) {
    const bool is_folder = name.ends_with('/');
    zip.push_back({.name = name, .mode = is_folder ? 0040755U : 0100644U});
    tar.push_back({.name = name, .kind = is_folder ? '5' : '0'});
  }
  const auto from_zip = read_archive(make_zip(zip));
  const auto from_tar = read_archive(make_tar(tar));
  EXPECT_FALSE(from_zip.has_value()) << shown(from_zip);
  EXPECT_EQ(shown(from_zip), shown(from_tar));
  return from_zip.has_value() ? Code::internal : from_zip.error().code();
}

TEST(Archive, TheSameFilesAreReadFromEveryFormat) {
  const std::vector<File> files = {{.path = "lib/a.js", .content = "export const a = 1;"},
                                   {.path = "lib/b.json", .content = std::string("\0\xff{}", 4)},
                                   {.path = "main.js", .content = ""}};
  std::vector<TarEntry> tar = {{.name = "./", .kind = '5'}, {.name = "./lib/", .kind = '5'}};
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    tar.push_back({.name = "./" + file->path, .content = file->content});
  }
  const auto from_zip = read_archive(pack_zip(files));
  ASSERT_TRUE(from_zip.has_value()) << shown(from_zip);
  EXPECT_EQ(*from_zip, files);
  EXPECT_EQ(shown(read_archive(make_tar(tar))), shown(from_zip));
  EXPECT_EQ(shown(read_text(gzip(make_tar(tar)))), shown(from_zip));
}

TEST(Archive, PacksTheSameFilesToTheSameBytes) {
  std::vector<File> files = {{.path = "a", .content = std::string(5000, 'a')}, {.path = "b"}};
  const Bytes packed = pack_zip(files);
  EXPECT_EQ(packed, pack_zip(files));
  EXPECT_LT(packed.size(), 500U);
  EXPECT_EQ(*read_archive(packed), files);
}

TEST(Archive, NamesWhatIsWrongWithTheWhole) {
  for (const std::string text : {"", "PK", "#!/bin/sh", "\x1f\x8b", "\x1f\x8b\x08"}) {
    EXPECT_EQ(read_text(text).error().code(), Code::archive_malformed) << text;
  }
  EXPECT_EQ(read_archive(make_zip({})).error().code(), Code::archive_malformed);
  EXPECT_EQ(read_archive(make_zip({{.name = "a/", .mode = 0040755}})).error().message(),
            "It holds no file");
  EXPECT_EQ(read_text(gzip(as_bytes("no tar"))).error().message(), "The gzip holds no tar");
  const std::string good = gzip(make_tar({{.name = "a"}}));
  EXPECT_TRUE(read_text(good).has_value());
  EXPECT_EQ(read_text(good + good).error().code(), Code::archive_malformed);
  EXPECT_EQ(read_text(good.substr(0, good.size() - 1)).error().code(), Code::archive_malformed);
  std::string wrong_sum = good;
  wrong_sum[wrong_sum.size() - 5] ^= 1;
  EXPECT_EQ(read_text(wrong_sum).error().code(), Code::archive_malformed);
}

TEST(Archive, RefusesPathsThatLeadElsewhere) {
  for (const char* name :
       {"/etc/passwd", "../a", "a/../b", "a/..", "..", ".", "a//b", "a/./b", "a\\b", "C:a", "a\nb",
        "a\x7f", "caf\xc3\xa9", "././a", "//", "a/../", "../", "a*", "a|b"}) {
    EXPECT_EQ(refusal({name}), Code::archive_entry_refused) << name;
  }
  EXPECT_EQ(read_archive(make_zip({{.name = std::string("a\0b", 3)}})).error().message(),
            "'a\\x00b': has a character that paths of a function cannot have");
  EXPECT_EQ(read_archive(make_zip({{.name = ""}})).error().message(), "'': has no name");
}

TEST(Archive, RefusesNamesThatMeanOneFileSomewhere) {
  for (const std::vector<std::string>& names :
       std::vector<std::vector<std::string>>{{"a", "a"},
                                             {"a", "A"},
                                             {"a", "./a"},
                                             {"a", "a/b"},
                                             {"a/b", "a"},
                                             {"A/b", "a"},
                                             {"a/b", "A/c"},
                                             {"a/", "a"},
                                             {"a", "a/"},
                                             {"a/", "A/"}}) {
    EXPECT_EQ(refusal(names), Code::archive_entry_refused) << names[0] << " " << names[1];
  }
  EXPECT_TRUE(read_archive(make_tar({{.name = "a/", .kind = '5'},
                                     {.name = "a/", .kind = '5'},
                                     {.name = "a/b"},
                                     {.name = "a.b"},
                                     {.name = "b/a"}}))
                  .has_value());
}

TEST(Archive, BoundsPathsAndTheirDepth) {
  std::string deep = "a";
  for (std::int64_t i = 1; i < limits::kFunctionPathDepthMax; ++i) deep += "/a";
  EXPECT_TRUE(check_path(deep).has_value());
  EXPECT_EQ(refusal({"a/" + deep}), Code::archive_entry_refused);
  const std::string longest(static_cast<std::size_t>(limits::kFunctionPathBytesMax), 'a');
  EXPECT_TRUE(check_path(longest).has_value());
  EXPECT_EQ(check_path(longest + "a").error().code(), Code::archive_entry_refused);
}

TEST(Archive, BoundsItsEntries) {
  std::vector<TarEntry> tar;
  for (std::int64_t i = 0; i < limits::kFunctionFilesMax; ++i) {
    tar.push_back({.name = std::to_string(i)});
  }
  EXPECT_TRUE(read_archive(make_tar(tar)).has_value());
  tar.push_back({.name = "folder/", .kind = '5'});
  EXPECT_EQ(read_archive(make_tar(tar)).error().code(), Code::archive_too_large);
}

TEST(Archive, BoundsItsFiles) {
  const auto bytes_max = static_cast<std::size_t>(limits::kFunctionFilesBytesMax);
  const std::string most(bytes_max, 'x');
  EXPECT_TRUE(read_archive(make_tar({{.name = "a", .content = most}})).has_value());
  EXPECT_EQ(read_archive(make_tar({{.name = "a", .content = most + "x"}})).error().code(),
            Code::archive_too_large);
  EXPECT_EQ(shown(read_archive(
                make_tar({{.name = "a", .content = most}, {.name = "b", .content = "x"}}))),
            "NSL-FN-0006 'b': brings the files above 262144 bytes");
}

TEST(Archive, StopsAZipBombAtTheBound) {
  // A gigabyte of nothing: the directory says so, and then it does not say so.
  const std::string zeros(8 << 20, '\0');
  ZipEntry bomb{.name = "bomb", .content = zeros, .method = 8, .packed = deflate(as_bytes(zeros))};
  EXPECT_EQ(shown(read_archive(make_zip({bomb}))),
            "NSL-FN-0006 'bomb': has more than 262144 bytes");
  bomb.said_size = 1000;
  EXPECT_EQ(read_archive(make_zip({bomb})).error().code(), Code::archive_malformed);
  // One content that two entries share is the other way to a bomb: entries do not overlap.
  const std::string half(static_cast<std::size_t>(limits::kFunctionFilesBytesMax) / 2 + 1, 'x');
  EXPECT_EQ(read_archive(make_zip({{.name = "a", .content = half}, {.name = "b", .content = half}}))
                .error()
                .code(),
            Code::archive_too_large);
}

TEST(Archive, StopsAGzipBombAtTheBound) {
  EXPECT_EQ(read_text(gzip(Bytes(64 << 20))).error().code(), Code::archive_too_large);
  // Little enough for the ratio, too much for a tar.
  std::string noise;
  for (std::uint32_t i = 0; noise.size() < 40000; ++i) noise += std::to_string(i * 2654435761U);
  const Bytes large = to_bytes(noise + std::string(2 << 20, '\0'));
  EXPECT_EQ(read_text(gzip(large)).error().code(), Code::archive_too_large);
}

TEST(Archive, RefusesAFileThatIsPressedTooFarTogether) {
  const auto packed_zeros = [](std::size_t size) {
    const std::string zeros(size, '0');
    return read_archive(make_zip(
        {{.name = "a", .content = zeros, .method = 8, .packed = deflate(as_bytes(zeros))}}));
  };
  EXPECT_TRUE(packed_zeros(16384).has_value());
  EXPECT_EQ(packed_zeros(200000).error().code(), Code::archive_too_large);
}

}  // namespace
}  // namespace nsl::archive
