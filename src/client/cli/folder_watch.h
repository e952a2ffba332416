// A folder whose files are watched. What changes after it was made is seen by the next wait().
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace nsl::client::cli {

class FolderWatch {
 public:
  // Code::io_failed when the folder cannot be watched.
  static Result<FolderWatch> start(const std::filesystem::path& folder);
  ~FolderWatch();
  FolderWatch(FolderWatch&& other) noexcept;
  FolderWatch& operator=(FolderWatch&& other) = delete;

  // Returns when a file of the folder has been written, moved or deleted since the last call.
  void wait() const;

 private:
  explicit FolderWatch(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace nsl::client::cli
