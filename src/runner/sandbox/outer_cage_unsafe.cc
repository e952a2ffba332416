#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runner/sandbox/cage.h"
#include "runner/sandbox/resource_limit.h"

namespace nsl::runner::sandbox {
namespace {

// A user id in the range systemd keeps for dynamic users (61184 to 65519): no account has it, so
// its processes can signal and trace nobody but each other, which the filter refuses.
constexpr uid_t kRunUser = 62'730;

// Only the capabilities of `kept`, a mask of the first 32.
bool keep_capabilities(std::uint32_t kept) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2] = {};
  data[0] = {.effective = kept, .permitted = kept, .inheritable = 0};
  // SAFETY: version 3 reads exactly two data structures.
  return ::syscall(SYS_capset, &header, data) == 0;
}

// Its own user and group, no others. Fails for whoever is not root.
bool change_user() {
  // What makes name spaces and the empty root survives the change; close() gives it up.
  return ::prctl(PR_SET_KEEPCAPS, 1) == 0 && ::setgroups(0, nullptr) == 0 &&
         ::setresgid(kRunUser, kRunUser, kRunUser) == 0 &&
         ::setresuid(kRunUser, kRunUser, kRunUser) == 0 && keep_capabilities(1U << CAP_SYS_ADMIN);
}

bool write_file(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  ::close(file);
  errno = error;
  return is_written;
}

// One user and one group exist in the name space, under the numbers of the run's user, whoever
// they are outside.
bool enter_user_namespace() {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  const std::string inside = std::to_string(kRunUser);
  return ::unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
         write_file("/proc/self/gid_map", inside + " " + group + " 1") &&
         write_file("/proc/self/uid_map", inside + " " + user + " 1");
}

// What unshare(CLONE_NEWPID) gives is a name space for children: the first one goes on, this
// process waits for it and holds nothing meanwhile.
bool enter_pid_namespace() {
  if (::unshare(CLONE_NEWPID) != 0) return false;
  // SAFETY: this process has one thread, so the child may go on as usual.
  const pid_t child = ::fork();
  if (child < 0) return false;
  // The kernel clears this wish when the user changes and when a process forks.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (child == 0) return true;
  ::syscall(SYS_close_range, 0, ~0U, 0);
  keep_capabilities(0);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

bool enter_host_name_space() {
  constexpr char kName[] = "run";
  return ::unshare(CLONE_NEWUTS) == 0 && ::sethostname(kName, sizeof(kName) - 1) == 0;
}

// The root becomes an empty directory that nothing can be written to; what was mounted before is
// gone. /proc serves as the place of the new root because every system has it.
bool enter_empty_root() {
  constexpr unsigned long kHarmless = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/proc", "tmpfs", kHarmless, "size=4k,nr_inodes=2,mode=0555") == 0 &&
         ::chdir("/proc") == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 &&
         ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | kHarmless, nullptr) == 0;
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

bool set_common_limits() {
  return set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_FSIZE, 0) && set_limit(RLIMIT_MEMLOCK, 0) &&
         set_limit(RLIMIT_MSGQUEUE, 0);
}

}  // namespace

template <class Step>
void OuterCage::take(Layer layer, Step step) {
  if ((waived_ & layer) != 0) return;
  errno = 0;
  if (step()) {
    layers_ |= layer;
  } else {
    missing_.push_back({layer, errno == 0 ? "refused" : std::strerror(errno)});
  }
}

void OuterCage::enter() {
  take(kLayerUser, change_user);
  // A change of user makes the process undumpable, and then /proc/self is closed to it and to the
  // engine's start-up. close() takes it back.
  ::prctl(PR_SET_DUMPABLE, 1);
  // First of the name spaces: inside it the others need no privilege outside.
  take(kLayerUserNamespace, enter_user_namespace);
  take(kLayerNetworkNamespace, [] { return ::unshare(CLONE_NEWNET) == 0; });
  take(kLayerIpcNamespace, [] { return ::unshare(CLONE_NEWIPC) == 0; });
  take(kLayerHostName, enter_host_name_space);
  take(kLayerPidNamespace, enter_pid_namespace);
  if ((waived_ & kLayerCapabilities) == 0) keep_capabilities(1U << CAP_SYS_ADMIN);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

void OuterCage::close() {
  // Made first: libseccomp writes it to a memory file, which the limits below refuse.
  const bool has_seccomp = (waived_ & kLayerSeccomp) == 0;
  std::optional<SyscallFilter> filter;
  if (has_seccomp) {
    if (auto made = SyscallFilter::make_for_zygote(); made.has_value()) filter = std::move(*made);
  }
  take(kLayerEmptyRoot, [] { return ::unshare(CLONE_NEWNS) == 0 && enter_empty_root(); });
  take(kLayerCapabilities, [] { return keep_capabilities(0); });
  take(kLayerNoNewPrivileges, [] { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; });
  take(kLayerLandlock, enter_landlock);
  take(kLayerNotDumpable, [] { return ::prctl(PR_SET_DUMPABLE, 0) == 0; });
  if ((waived_ & kLayerResourceLimits) == 0 && !set_common_limits()) {
    missing_.push_back({kLayerResourceLimits, std::strerror(errno)});
  }
  if (has_seccomp && (!filter.has_value() || !filter->install())) {
    missing_.push_back({kLayerSeccomp, "no filter can be installed"});
  }
}

Result<Layers> OuterCage::require_all() const {
  if (missing_.empty()) return layers_;
  const Missing& first = missing_.front();
  const std::string name = layer_names(first.layer).front();
  const bool is_optional = (first.layer & kOptionalLayers) != 0;
  return fail(Code::sandbox_unavailable, "A sandbox layer is not available",
              name + ": " + first.reason +
                  (is_optional ? "; to go without it: --without-layer " + name : ""));
}

}  // namespace nsl::runner::sandbox
