// What the kernel and the machine offer, for `nsl doctor`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace nsl::client::cli {

// Bytes this user may lock in memory; nothing: no limit.
std::optional<std::uint64_t> find_locked_memory_limit();
// 0: Landlock is not there.
int landlock_version();
bool has_seccomp();
// Whether the system's random source answers.
bool has_entropy();
// Folder of the running program.
std::filesystem::path program_folder();

}  // namespace nsl::client::cli
