#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "runner/sandbox/cage.h"

namespace nsl::runner::sandbox {
namespace {

// A user id in the range systemd keeps for dynamic users (61184 to 65519): no account has it, so
// its processes can signal and trace nobody but each other, which the filter refuses.
constexpr uid_t kRunUser = 62'730;

bool drop_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct none[2] = {};
  // SAFETY: version 3 reads exactly two data structures.
  return ::syscall(SYS_capset, &header, none) == 0;
}

bool change_user() {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(kRunUser, kRunUser, kRunUser) == 0 &&
         ::setresuid(kRunUser, kRunUser, kRunUser) == 0;
}

bool set_limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  return ::setrlimit(resource, &limit) == 0;
}

// <linux/landlock.h> of the build machine may be older than the kernel, so the structure of ABI 6
// stands here (Linux 6.12, include/uapi/linux/landlock.h).
struct LandlockAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};

// Every right the kernel's ABI knows is handled and none is granted.
bool enter_landlock() {
  constexpr long kCreateRuleset = 444;
  constexpr long kRestrictSelf = 446;
  constexpr unsigned kAskVersion = 1;
  // SAFETY: a null structure with this flag only asks for the version.
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  if (version < 1) return false;
  LandlockAttributes attributes;
  attributes.handled_access_fs = (1ULL << 13) - 1;
  if (version >= 2) attributes.handled_access_fs |= 1ULL << 13;
  if (version >= 3) attributes.handled_access_fs |= 1ULL << 14;
  if (version >= 5) attributes.handled_access_fs |= 1ULL << 15;
  if (version >= 4) attributes.handled_access_net = 3;
  if (version >= 6) attributes.scoped = 3;
  const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  // SAFETY: the kernel reads `size` bytes of the structure, all initialised.
  const long ruleset = ::syscall(kCreateRuleset, &attributes, size, 0);
  if (ruleset < 0) return false;
  const bool is_restricted = ::syscall(kRestrictSelf, ruleset, 0) == 0;
  ::close(static_cast<int>(ruleset));
  return is_restricted;
}

}  // namespace

Layers enter_outer_cage() {
  Layers layers = 0;
  const bool is_root = ::geteuid() == 0;
  const int spaces = CLONE_NEWNET | CLONE_NEWIPC | (is_root ? 0 : CLONE_NEWUSER);
  if (::unshare(spaces) == 0) layers |= kLayerNamespaces;
  if (is_root && change_user()) layers |= kLayerUser;
  drop_capabilities();
  // A change of user makes the process undumpable, and then /proc/self is closed to the engine's
  // start-up. close_outer_cage() takes it back.
  ::prctl(PR_SET_DUMPABLE, 1);
  return layers;
}

Result<Layers> close_outer_cage() {
  const auto refuse = [](const char* what) {
    return fail(Code::sandbox_unavailable, "A sandbox layer is not available", what);
  };
  // Made first: libseccomp writes it to a memory file, which the limits below refuse.
  NSL_TRY(const auto filter, SyscallFilter::make_for_zygote());
  Layers layers = 0;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refuse("no_new_privs");
  layers |= kLayerNoNewPrivileges;
  if (enter_landlock()) layers |= kLayerLandlock;
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return refuse("dumpable");
  layers |= kLayerNotDumpable;
  if (!set_limit(RLIMIT_CORE, 0) || !set_limit(RLIMIT_FSIZE, 0) || !set_limit(RLIMIT_MEMLOCK, 0) ||
      !set_limit(RLIMIT_MSGQUEUE, 0)) {
    return refuse("rlimits");
  }
  if (!filter.install()) return refuse("seccomp");
  return layers;
}

std::uint64_t data_bytes_mapped() {
  // Fields of /proc/self/statm in pages: size resident shared text lib data dirty.
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long pages = 0;
  const int count = std::fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages);
  std::fclose(file);
  return count == 1 ? std::uint64_t{pages} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))
                    : 0;
}

bool enter_run_cage(int socket, const RunLimits& limits, const SyscallFilter& filter) {
  if (socket != kRunSocket && ::dup2(socket, kRunSocket) < 0) return false;
  // SAFETY: closes everything but the run's socket; nothing here is used again.
  if (::syscall(SYS_close_range, 0, kRunSocket - 1, 0) != 0) return false;
  if (::syscall(SYS_close_range, kRunSocket + 1, ~0U, 0) != 0) return false;
  // The supervisor's deadline is exact; this one, in whole seconds, holds when it is gone.
  const rlim_t cpu_seconds = limits.cpu_ms / 1000 + 2;
  return set_limit(RLIMIT_CPU, cpu_seconds) && set_limit(RLIMIT_DATA, limits.data_bytes) &&
         set_limit(RLIMIT_NOFILE, kRunSocket + 1) && set_limit(RLIMIT_NPROC, 0) && filter.install();
}

}  // namespace nsl::runner::sandbox
