#include "client/function_files/function_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "core/archive/pack.h"
#include "core/base/limits.h"

namespace nsl::client::function_files {
namespace {

namespace fs = std::filesystem;
using archive::File;

constexpr std::array<std::string_view, 4> kEntryFiles = {"main.js", "main.mjs", "main.py",
                                                         "Function.cs"};
// So that a folder that was given by mistake is not read to its end.
constexpr std::size_t kEntriesMax = 10'000;

bool is_left_out(const fs::path& name) {
  const std::string text = name.string();
  return text.starts_with('.') || text == "__pycache__" || text.ends_with(".test.json");
}

Result<std::string> read_content(const fs::path& file) {
  constexpr auto kBytesMax = static_cast<std::size_t>(limits::kFunctionSourceBytesMax);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(Code::cli_usage, "Cannot read " + file.string());
  std::string content(kBytesMax + 1, '\0');
  stream.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(stream.gcount()));
  if (content.size() > kBytesMax) {
    return fail(Code::cli_usage, fmt::format("{} has more than {} bytes", file.string(),
                                             limits::kFunctionSourceBytesMax));
  }
  return content;
}

Result<void> add_entry(const fs::directory_entry& entry, const fs::path& folder,
                       std::vector<File>& files) {
  std::error_code error;
  if (entry.is_symlink(error)) {
    return fail(Code::cli_usage,
                entry.path().string() + " is a link, which a function cannot have");
  }
  if (entry.is_directory(error)) return {};
  if (!entry.is_regular_file(error)) {
    return fail(Code::cli_usage, entry.path().string() + " is not a file");
  }
  if (std::cmp_greater_equal(files.size(), limits::kFunctionFilesMax)) {
    return fail(Code::cli_usage, fmt::format("{} holds more than {} files", folder.string(),
                                             limits::kFunctionFilesMax));
  }
  NSL_TRY(std::string content, read_content(entry.path()));
  files.push_back({.path = entry.path().lexically_relative(folder).generic_string(),
                   .content = std::move(content)});
  return {};
}

}  // namespace

Result<std::vector<File>> read_folder(const fs::path& folder) {
  std::error_code error;
  auto place = fs::recursive_directory_iterator(folder, error);
  if (error) return fail(Code::cli_usage, "Cannot read the folder " + folder.string());
  std::vector<File> files;
  std::size_t seen = 0;
  for (; place != fs::recursive_directory_iterator(); place.increment(error)) {
    if (++seen > kEntriesMax) {
      return fail(Code::cli_usage, folder.string() + " holds too much for a function");
    }
    if (is_left_out(place->path().filename())) {
      place.disable_recursion_pending();
      continue;
    }
    NSL_TRY_VOID(add_entry(*place, folder, files));
    if (error) break;
  }
  if (error) return fail(Code::cli_usage, "Cannot read the folder " + folder.string());
  if (files.empty()) return fail(Code::cli_usage, "There are no files in " + folder.string());
  // As the service will see them.
  return archive::read_archive(archive::pack_zip(files));
}

Result<std::string> find_entry_file(const std::vector<File>& files) {
  std::string found;
  for (const std::string_view name : kEntryFiles) {
    if (std::ranges::find(files, name, &File::path) == files.end()) continue;
    if (!found.empty()) {
      return fail(Code::cli_usage,
                  fmt::format("There are {} and {}: say which with --entry-file", found, name));
    }
    found = name;
  }
  if (!found.empty()) return found;
  return fail(Code::cli_usage,
              "There is no main.js, main.py or Function.cs: name the file with --entry-file");
}

}  // namespace nsl::client::function_files
