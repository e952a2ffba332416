// SAFETY: each descriptor is owned by one object and closed once; buffers outlive the calls that
// fill or read them, and sizes passed to the kernel are theirs.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "enclave/development/private_file.h"

namespace nsl::enclave::development {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr std::size_t kSlotFileBytesMax = 65536;

std::unexpected<Error> io_failure(const std::string& path) {
  return fail(Code::io_failed, "A file of the enclave cannot be used",
              path + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, mode_t mode = 0)
      : value_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return value_ >= 0; }
  int value() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

std::string directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

Result<void> flush_directory_of(const std::string& path) {
  const std::string directory = directory_of(path);
  const Descriptor descriptor(directory, O_RDONLY | O_DIRECTORY);
  if (!descriptor.is_open() || ::fsync(descriptor.value()) != 0) return io_failure(directory);
  return {};
}

Result<void> write_all(int descriptor, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_failure(path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// Of this user and closed to others.
Result<struct stat> check_private(int descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return io_failure(path);
  if (status.st_uid != ::geteuid() || (status.st_mode & kOthers) != 0) {
    return fail(Code::unlock_failed, "A file of the enclave is open to other users", path);
  }
  return status;
}

Result<void> read_exactly(int descriptor, std::span<std::uint8_t> bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return io_failure(path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

class OpenSlotFile final : public SlotFile {
 public:
  OpenSlotFile(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  ~OpenSlotFile() override { ::close(descriptor_); }
  OpenSlotFile(const OpenSlotFile&) = delete;
  OpenSlotFile& operator=(const OpenSlotFile&) = delete;

  Result<Bytes> read_all() override {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return io_failure(path_);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > kSlotFileBytesMax) return fail(Code::io_failed, "A file is too large", path_);
    Bytes bytes(size);
    if (::pread(descriptor_, bytes.data(), size, 0) != static_cast<ssize_t>(size)) {
      return io_failure(path_);
    }
    return bytes;
  }

  Result<void> write_at(std::size_t offset, ByteView bytes) override {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written != static_cast<ssize_t>(bytes.size())) return io_failure(path_);
    if (::fdatasync(descriptor_) != 0) return io_failure(path_);
    return {};
  }

 private:
  const int descriptor_;
  const std::string path_;
};

}  // namespace

Result<void> ensure_private_directory(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return flush_directory_of(path);
  if (errno != EEXIST) return io_failure(path);
  const Descriptor directory(path, O_RDONLY | O_DIRECTORY);
  if (!directory.is_open()) return io_failure(path);
  NSL_TRY_VOID(check_private(directory.value(), path));
  return {};
}

Result<std::optional<SecretBytes>> read_private_file(const std::string& path,
                                                     std::size_t size_max) {
  const Descriptor file(path, O_RDONLY | O_NOFOLLOW);
  if (!file.is_open() && errno == ENOENT) return std::optional<SecretBytes>();
  if (!file.is_open()) return io_failure(path);
  NSL_TRY(const struct stat status, check_private(file.value(), path));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > size_max) return fail(Code::io_failed, "A file is too large", path);
  SecretBytes contents(size);
  NSL_TRY_VOID(read_exactly(file.value(), contents.reveal_mutable(), path));
  return std::optional<SecretBytes>(std::move(contents));
}

Result<void> replace_file(const std::string& path, ByteView contents, FileMode mode) {
  const std::string beside = path + ".new";
  const mode_t bits = mode == FileMode::private_to_owner ? 0600 : 0644;
  ::unlink(beside.c_str());
  {
    const Descriptor file(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, bits);
    if (!file.is_open()) return io_failure(beside);
    NSL_TRY_VOID(write_all(file.value(), contents, beside));
    if (::fsync(file.value()) != 0) return io_failure(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return io_failure(path);
  return flush_directory_of(path);
}

Result<FileReader> FileReader::open(const std::string& path) {
  Descriptor file(path, O_RDONLY);
  if (!file.is_open()) return io_failure(path);
  return FileReader(file.release());
}

FileReader::FileReader(FileReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileReader::~FileReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::size_t> FileReader::read(std::span<std::uint8_t> buffer) {
  while (true) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return io_failure("file to measure");
  }
}

Result<std::unique_ptr<SlotFile>> SlotFile::open(const std::string& path, ByteView initial) {
  if (!file_exists(path)) {
    NSL_TRY_VOID(replace_file(path, initial, FileMode::private_to_owner));
  }
  Descriptor file(path, O_RDWR | O_NOFOLLOW);
  if (!file.is_open()) return io_failure(path);
  NSL_TRY_VOID(check_private(file.value(), path));
  if (::flock(file.value(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::conflict, "Another enclave uses this state", path);
  }
  return std::make_unique<OpenSlotFile>(file.release(), path);
}

bool file_exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace nsl::enclave::development
