#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "client/cli/folder_watch.h"

namespace nsl::client::cli {

Result<FolderWatch> FolderWatch::start(const std::filesystem::path& folder) {
  const int descriptor = ::inotify_init1(IN_CLOEXEC);
  constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE;
  if (descriptor < 0 || ::inotify_add_watch(descriptor, folder.c_str(), kChanges) < 0) {
    if (descriptor >= 0) ::close(descriptor);
    return fail(Code::io_failed, "Cannot watch the folder " + folder.string());
  }
  return FolderWatch(descriptor);
}

FolderWatch::FolderWatch(FolderWatch&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderWatch::~FolderWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FolderWatch::wait() const {
  // What happened does not matter, only that something did; an editor writes several files at once.
  alignas(inotify_event) std::array<char, 4096> events;
  while (::read(descriptor_, events.data(), events.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace nsl::client::cli
