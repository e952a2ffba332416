#include "core/archive/collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace nsl::archive {
namespace {

constexpr std::size_t kShownBytesMax = 80;

// Visible ASCII without what a path cannot hold on some system.
bool is_of_a_name(char c) {
  return c >= ' ' && c <= '~' && std::string_view("\\:*?\"<>|").find(c) == std::string_view::npos;
}

std::string without_case(std::string_view path) {
  std::string text(path);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// `tar -C DIR .` names everything from "./" on.
std::string_view without_dot(std::string_view name) {
  if (name.starts_with("./")) name.remove_prefix(2);
  return name;
}

}  // namespace

std::string quoted(std::string_view name) {
  std::string text = "'";
  for (const char c : name.substr(0, kShownBytesMax)) {
    const bool is_visible = c >= ' ' && c <= '~' && c != '\'' && c != '\\';
    text +=
        is_visible ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return text + (name.size() > kShownBytesMax ? "...'" : "'");
}

std::unexpected<Error> refuse(Code code, std::string_view name, std::string_view why) {
  return fail(code, fmt::format("{}: {}", quoted(name), why));
}

Result<void> check_path(std::string_view path) {
  const auto refused = [path](std::string_view why) {
    return refuse(Code::archive_entry_refused, path, why);
  };
  if (path.empty()) return refused("has no name");
  if (path.size() > static_cast<std::size_t>(limits::kFunctionPathBytesMax)) {
    return refused("has too long a path");
  }
  if (!std::ranges::all_of(path, is_of_a_name)) {
    return refused("has a character that paths of a function cannot have");
  }
  if (path.front() == '/') return refused("is an absolute path");
  std::int64_t depth = 0;
  while (!path.empty() && depth <= limits::kFunctionPathDepthMax) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    if (name.empty() || name == "." || name == "..") {
      return refused("has a part that names no file or folder");
    }
    if (end + 1 == path.size()) return refused("ends like a folder");
    path.remove_prefix(std::min(end + 1, path.size()));
    ++depth;
  }
  if (depth > limits::kFunctionPathDepthMax) return refused("lies too deep");
  return {};
}

Result<void> Collector::count_entry() {
  if (++entries_ <= static_cast<std::size_t>(limits::kFunctionFilesMax)) return {};
  return fail(Code::archive_too_large,
              fmt::format("More than {} files and folders", limits::kFunctionFilesMax));
}

Result<void> Collector::enter_parents(std::string_view path) {
  for (std::size_t end = path.find('/'); end != std::string_view::npos;
       end = path.find('/', end + 1)) {
    const std::string_view folder = path.substr(0, end);
    const std::string key = without_case(folder);
    if (files_by_name_.contains(key)) {
      return refuse(Code::archive_entry_refused, path, "lies in what is a file");
    }
    const auto [known, is_new] = folders_by_name_.emplace(key, folder);
    if (!is_new && known->second != folder) {
      return refuse(Code::archive_entry_refused, path, "names a folder in another case");
    }
  }
  return {};
}

Result<void> Collector::enter_folder(std::string_view name) {
  NSL_TRY_VOID(count_entry());
  std::string_view path = without_dot(name);
  if (path.empty()) return {};
  if (path.ends_with('/')) path.remove_suffix(1);
  NSL_TRY_VOID(check_path(path));
  return enter_parents(std::string(path) + "/");
}

Result<std::string> Collector::enter_file(std::string_view name, std::uint64_t size) {
  NSL_TRY_VOID(count_entry());
  const std::string_view path = without_dot(name);
  NSL_TRY_VOID(check_path(path));
  NSL_TRY_VOID(enter_parents(path));
  const std::string key = without_case(path);
  if (folders_by_name_.contains(key) || !files_by_name_.insert(key).second) {
    return refuse(Code::archive_entry_refused, path, "is there twice, or differs by case alone");
  }
  const auto room = static_cast<std::uint64_t>(limits::kFunctionFilesBytesMax) - bytes_;
  if (size > static_cast<std::uint64_t>(limits::kFunctionSourceBytesMax)) {
    return refuse(Code::archive_too_large, path,
                  fmt::format("has more than {} bytes", limits::kFunctionSourceBytesMax));
  }
  if (size > room) {
    return refuse(Code::archive_too_large, path,
                  fmt::format("brings the files above {} bytes", limits::kFunctionFilesBytesMax));
  }
  bytes_ += size;
  return std::string(path);
}

void Collector::add(std::string path, std::string content) {
  files_.push_back({.path = std::move(path), .content = std::move(content)});
}

Result<std::vector<File>> Collector::take() && {
  if (files_.empty()) return fail(Code::archive_malformed, "It holds no file");
  std::ranges::sort(files_, {}, &File::path);
  return std::move(files_);
}

}  // namespace nsl::archive
