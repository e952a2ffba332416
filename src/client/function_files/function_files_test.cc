#include "client/function_files/function_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/archive/pack.h"
#include "core/base/limits.h"

namespace nsl::client::function_files {
namespace {

namespace fs = std::filesystem;

class FunctionFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("function_files_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& content = "1") const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << content;
  }
  std::string paths() const {
    const auto files = read_folder(folder_);
    if (!files.has_value()) return files.error().message();
    std::string text;
    for (const archive::File& file : *files) text += file.path + " ";
    return text;
  }

  fs::path folder_;
};

TEST_F(FunctionFiles, AreThoseOfTheFolderWithoutHiddenOnesAndTests) {
  write("main.js", "import './lib/a.js'");
  write("lib/a.js", "2");
  write(".git/config");
  write(".env");
  write("lib/.hidden.js");
  write("__pycache__/a.pyc");
  write("function.test.json");
  EXPECT_EQ(paths(), "lib/a.js main.js ");
  EXPECT_EQ(read_folder(folder_)->at(1).content, "import './lib/a.js'");
  EXPECT_EQ(archive::pack_zip(*read_folder(folder_)), archive::pack_zip(*read_folder(folder_)));
}

TEST_F(FunctionFiles, ALinkIsRefused) {
  write("main.js");
  fs::create_symlink("/etc/passwd", folder_ / "passwd");
  EXPECT_NE(paths().find("is a link"), std::string::npos);
}

TEST_F(FunctionFiles, WhatTheServiceRefusesIsRefusedHere) {
  write("main.js");
  write("caf\xc3\xa9.js");
  EXPECT_NE(paths().find("has a character"), std::string::npos) << paths();
}

TEST_F(FunctionFiles, AreBounded) {
  EXPECT_NE(paths().find("There are no files"), std::string::npos);
  for (std::int64_t i = 0; i < limits::kFunctionFilesMax; ++i) write(std::to_string(i));
  EXPECT_EQ(paths().find("holds more"), std::string::npos);
  write("more");
  EXPECT_NE(paths().find("holds more than 256 files"), std::string::npos);
  fs::remove(folder_ / "more");
  write("0", std::string(static_cast<std::size_t>(limits::kFunctionSourceBytesMax) + 1, 'x'));
  EXPECT_NE(paths().find("has more than"), std::string::npos);
}

TEST_F(FunctionFiles, TheEntryFileIsFoundByItsName) {
  EXPECT_EQ(find_entry_file({{.path = "a.js"}, {.path = "main.py"}}).value(), "main.py");
  EXPECT_EQ(find_entry_file({{.path = "Function.cs"}}).value(), "Function.cs");
  EXPECT_FALSE(find_entry_file({{.path = "a.js"}}).has_value());
  EXPECT_FALSE(find_entry_file({{.path = "main.js"}, {.path = "main.py"}}).has_value());
}

}  // namespace
}  // namespace nsl::client::function_files
