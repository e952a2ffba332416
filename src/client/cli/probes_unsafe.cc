#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <system_error>

#include "client/cli/probes.h"

namespace nsl::client::cli {

std::optional<std::uint64_t> find_locked_memory_limit() {
  rlimit limit{};
  // SAFETY: the structure lives on this frame.
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

int landlock_version() {
  // LANDLOCK_CREATE_RULESET_VERSION with no attributes asks for the version only.
  constexpr unsigned kVersionFlag = 1;
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionFlag);
  return version < 0 ? 0 : static_cast<int>(version);
}

bool has_seccomp() { return ::prctl(PR_GET_SECCOMP) >= 0; }

bool has_entropy() {
  unsigned char byte = 0;
  return ::getrandom(&byte, 1, GRND_NONBLOCK) == 1;
}

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace nsl::client::cli
