// Files only this user can read, in a directory only this user can enter. A file is replaced as a
// whole or not at all, and is durable when a function returns. Failures are Code::io_failed; a file
// or directory open to others is Code::unlock_failed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::enclave::development {

// Makes it with mode 0700 if it is absent.
Result<void> ensure_private_directory(const std::string& path);

// Absent when there is no such file. At most `size_max` bytes.
Result<std::optional<SecretBytes>> read_private_file(const std::string& path, std::size_t size_max);

enum class FileMode : std::uint8_t { private_to_owner, readable_by_all };
// Writes beside, flushes, renames, flushes the directory.
Result<void> replace_file(const std::string& path, ByteView contents, FileMode mode);

// Reads a file of any size in pieces, for measuring it.
class FileReader {
 public:
  static Result<FileReader> open(const std::string& path);
  ~FileReader();
  FileReader(FileReader&& other) noexcept;
  FileReader& operator=(FileReader&&) = delete;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  // Bytes read into `buffer`; 0 at the end.
  Result<std::size_t> read(std::span<std::uint8_t> buffer);

 private:
  explicit FileReader(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// A file that stays open and is written in place; locked against other processes.
class SlotFile {
 public:
  // Creates it with mode 0600 and this contents if it is absent. Code::conflict when another
  // process has it open.
  static Result<std::unique_ptr<SlotFile>> open(const std::string& path, ByteView initial);
  virtual ~SlotFile() = default;
  virtual Result<Bytes> read_all() = 0;
  // Durable on return. A crash meanwhile may leave any bytes there, and nothing elsewhere.
  virtual Result<void> write_at(std::size_t offset, ByteView bytes) = 0;
};

bool file_exists(const std::string& path);

}  // namespace nsl::enclave::development
