// The few things the command line does with files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::client::cli {

// Nothing the command line reads is larger.
inline constexpr std::size_t kFileBytesMax = 1 << 20;

// Code::cli_usage when the file cannot be read or is too large.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t bytes_max = kFileBytesMax);

// Replaces the file in one step, mode 0600, in a folder of mode 0700 made when missing.
Result<void> write_private_file(const std::filesystem::path& path, std::string_view text);

// Code::io_failed when it cannot be written.
Result<void> write_file(const std::filesystem::path& path, ByteView bytes);

}  // namespace nsl::client::cli
