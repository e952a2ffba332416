// What the kernel and the machine offer, for `nsl doctor`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nsl::client::cli {

// Bytes this user may lock in memory; nothing: no limit.
std::optional<std::uint64_t> find_locked_memory_limit();
bool has_seccomp();
// Whether the system's random source answers.
bool has_entropy();
bool is_root();
// What a program says on standard output, at most 64 KiB; nothing when it cannot be started.
std::optional<std::string> output_of(const std::vector<std::string>& command);
// Folder of the running program.
std::filesystem::path program_folder();

}  // namespace nsl::client::cli
