#include "client/cli/files.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace nsl::client::cli {

namespace fs = std::filesystem;

Result<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
  std::error_code error;
  if (!fs::exists(path, error) || fs::is_directory(path, error)) {
    return fail(Code::cli_usage, "There is no file " + path.string());
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::cli_usage, "The file " + path.string() + " cannot be read");
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > bytes_max) {
    return fail(Code::cli_usage, "The file " + path.string() + " is too large");
  }
  return text;
}

Result<void> write_private_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  if (!fs::exists(path.parent_path(), error)) {
    fs::create_directories(path.parent_path(), error);
    fs::permissions(path.parent_path(), fs::perms::owner_all, error);
  }
  const fs::path fresh = path.string() + ".new";
  fs::remove(fresh, error);
  {
    // The mode is set before the text is written.
    std::ofstream file(fresh, std::ios::binary);
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
    file << text;
    file.flush();
    if (!file || error) return fail(Code::io_failed, "Cannot write " + path.string());
  }
  fs::rename(fresh, path, error);
  if (error) return fail(Code::io_failed, "Cannot write " + path.string());
  return {};
}

Result<void> write_file(const fs::path& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary);
  file << as_text(bytes);
  file.flush();
  if (!file) return fail(Code::io_failed, "Cannot write " + path.string());
  return {};
}

}  // namespace nsl::client::cli
