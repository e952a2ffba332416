#include "enclave/functions/function_archive.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/archive/pack.h"
#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "enclave/functions/function_content.h"
#include "enclave/functions/function_service.h"
#include "enclave/functions/functions_testing.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::functions {
namespace {

using archive::File;
using nsl::v1::PutFunctionRequest;

PutFunctionRequest request(const std::vector<File>& files) {
  PutFunctionRequest result;
  result.set_name("answer");
  result.set_runtime(PutFunctionRequest::javascript);
  const Bytes packed = archive::pack_zip(files);
  result.set_archive(packed.data(), packed.size());
  return result;
}

std::vector<File> two_files() {
  return {{.path = "lib/a.js", .content = "export const a = 1;"},
          {.path = "main.js", .content = "import './lib/a.js'"}};
}

Error refusal(const PutFunctionRequest& asked) {
  const auto parsed = parse_content(asked);
  return parsed.has_value() ? Error(Code::internal, "taken") : parsed.error();
}

TEST(FunctionArchive, KeepsTheFilesAndNotTheArchive) {
  const auto version = parse_content(request(two_files())).value();
  EXPECT_TRUE(version.content().archive().empty());
  EXPECT_EQ(version.content().entry_file(), "main.js");
  ASSERT_EQ(version.files_size(), 2);
  EXPECT_EQ(version.files(0).path(), "lib/a.js");
  EXPECT_EQ(version.files(1).content(), "import './lib/a.js'");
}

TEST(FunctionArchive, TheSameFilesAreTheSameContentWhateverTheirOrder) {
  std::vector<File> files = two_files();
  const auto digest = content_digest(parse_content(request(files)).value());
  std::ranges::reverse(files);
  EXPECT_EQ(content_digest(parse_content(request(files)).value()), digest);
  PutFunctionRequest named = request(files);
  named.set_entry_file("main.js");
  EXPECT_EQ(content_digest(parse_content(named).value()), digest);
}

TEST(FunctionArchive, TheDigestCoversEveryFile) {
  const auto digest_of = [](const std::vector<File>& files) {
    return content_digest(parse_content(request(files)).value());
  };
  const auto digest = digest_of(two_files());
  std::vector<File> changed = two_files();
  changed[0].content += " ";
  EXPECT_NE(digest_of(changed), digest);
  std::vector<File> renamed = two_files();
  renamed[0].path = "lib/b.js";
  EXPECT_NE(digest_of(renamed), digest);
  std::vector<File> more = two_files();
  more.push_back({.path = "z", .content = ""});
  EXPECT_NE(digest_of(more), digest);
  PutFunctionRequest other_entry = request(two_files());
  other_entry.set_entry_file("lib/a.js");
  EXPECT_NE(content_digest(parse_content(other_entry).value()), digest);
}

TEST(FunctionArchive, TheDigestOfOneSourceIsWhatItWas) {
  PutFunctionRequest source;
  source.set_name("answer");
  source.set_runtime(PutFunctionRequest::javascript);
  source.set_source("function main() {}");
  EXPECT_EQ(codec::encode_hex(content_digest(parse_content(source).value())),
            "651505ce9e525279c5b7840ee69435f170f053c6533f4026529991d2d08c791a");
}

TEST(FunctionArchive, FindsTheEntryFileOfTheLanguage) {
  const auto entry_of = [](PutFunctionRequest::Runtime runtime, const char* path) {
    PutFunctionRequest asked = request({{.path = "a"}, {.path = path}});
    asked.set_runtime(runtime);
    const auto version = parse_content(asked);
    return version.has_value() ? version->content().entry_file() : version.error().message();
  };
  EXPECT_EQ(entry_of(PutFunctionRequest::javascript, "main.js"), "main.js");
  EXPECT_EQ(entry_of(PutFunctionRequest::javascript, "main.mjs"), "main.mjs");
  EXPECT_EQ(entry_of(PutFunctionRequest::python, "main.py"), "main.py");
  EXPECT_EQ(entry_of(PutFunctionRequest::csharp, "Function.cs"), "Function.cs");
  EXPECT_EQ(entry_of(PutFunctionRequest::python, "main.js"),
            "/entry_file: the archive has no main.py; name the file");
  PutFunctionRequest missing = request(two_files());
  missing.set_entry_file("other.js");
  EXPECT_EQ(refusal(missing).code(), Code::function_invalid);
}

TEST(FunctionArchive, RefusesWhatIsNoArchiveOrMoreThanOne) {
  PutFunctionRequest both = request(two_files());
  both.set_source("1");
  EXPECT_EQ(refusal(both).message(), "/archive: stands beside a source");
  PutFunctionRequest source;
  source.set_name("answer");
  source.set_runtime(PutFunctionRequest::javascript);
  source.set_source("1");
  source.set_entry_file("main.js");
  EXPECT_EQ(refusal(source).message(), "/entry_file: goes with an archive");
  PutFunctionRequest noise = request({});
  noise.set_archive("#!/bin/sh");
  EXPECT_EQ(refusal(noise).code(), Code::archive_malformed);
  EXPECT_EQ(refusal(request({{.path = "../main.js"}})).message(),
            "/archive: '../main.js': has a part that names no file or folder");
}

TEST(FunctionArchive, RefusesAnArchiveAboveTheLimit) {
  PutFunctionRequest large;
  large.set_name("answer");
  large.set_runtime(PutFunctionRequest::javascript);
  large.set_archive(std::string(static_cast<std::size_t>(limits::kFunctionArchiveBytesMax), 'P'));
  EXPECT_EQ(refusal(large).code(), Code::archive_malformed);
  large.mutable_archive()->push_back('P');
  EXPECT_EQ(refusal(large).code(), Code::archive_too_large);
}

class ArchivedFunctionTest : public enclave::testing::ServiceTest {
 protected:
  runs::RunBook runs_{*vault_};
  testing::FakeChecker checker_;
  FunctionService service_{*vault_, runs_, checker_};
};

TEST_F(ArchivedFunctionTest, ShowsItsFilesWithTheirDigests) {
  const auto function = service_.put(alice(), request(two_files()));
  ASSERT_TRUE(function.has_value()) << function.error().message();
  nsl::v1::GetFunctionVersionRequest asked;
  asked.set_name("answer");
  asked.set_version(1);
  const auto version = service_.get_content(alice(), asked);
  ASSERT_TRUE(version.has_value()) << version.error().message();
  ASSERT_EQ(version->files_size(), 2);
  EXPECT_EQ(version->files(0).path(), "lib/a.js");
  EXPECT_EQ(version->files(0).size(), 19U);
  EXPECT_EQ(version->files(0).digest(),
            "0x" + codec::encode_hex(crypto::sha256(as_bytes("export const a = 1;"))));
  EXPECT_EQ(version->digest(), function->digest());
}

TEST_F(ArchivedFunctionTest, TheSameFilesAreTheSameVersion) {
  std::vector<File> files = two_files();
  ASSERT_TRUE(service_.put(alice(), request(files)).has_value());
  std::ranges::reverse(files);
  EXPECT_EQ(service_.put(alice(), request(files))->version(), 1U);
  files[0].content += " ";
  EXPECT_EQ(service_.put(alice(), request(files))->version(), 2U);
}

TEST_F(ArchivedFunctionTest, ALargestFunctionFitsIntoItsRecord) {
  checker_.artifact = std::string(static_cast<std::size_t>(limits::kFunctionArtifactBytesMax), 'a');
  std::vector<File> files = {{.path = "Function.cs"}};
  const auto path_bytes = static_cast<std::size_t>(limits::kFunctionPathBytesMax);
  const auto count = static_cast<std::size_t>(limits::kFunctionFilesMax);
  for (std::size_t i = 1; i < count; ++i) {
    std::string path = std::to_string(i);
    path.resize(path_bytes, 'x');
    std::string content;
    for (std::size_t n = 0; content.size() < 1016; ++n) content += std::to_string(n * i * 7919);
    files.push_back({.path = path, .content = content.substr(0, 1016)});
  }
  PutFunctionRequest asked = request(files);
  asked.set_runtime(PutFunctionRequest::csharp);
  const auto function = service_.put(alice(), asked);
  ASSERT_TRUE(function.has_value()) << function.error().message();
}

}  // namespace
}  // namespace nsl::enclave::functions
