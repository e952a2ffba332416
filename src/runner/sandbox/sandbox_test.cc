#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>

#include "runner/sandbox/cage.h"

using namespace nsl;
using namespace nsl::runner::sandbox;

namespace {

const SyscallFilter& filter_for(ExecutableMemory executable_memory) {
  static const auto kRefused = SyscallFilter::make_for_run(ExecutableMemory::refused);
  static const auto kAllowed = SyscallFilter::make_for_run(ExecutableMemory::allowed);
  return executable_memory == ExecutableMemory::refused ? *kRefused : *kAllowed;
}

constexpr unsigned long kForkFlags = CLONE_PIDFD | SIGCHLD;

// Runs `body` in a caged process; the wait status. The body's result is the exit code.
int run_caged(const std::function<int()>& body,
              ExecutableMemory executable_memory = ExecutableMemory::refused) {
  const SyscallFilter& filter = filter_for(executable_memory);
  const std::uint64_t data_bytes = data_bytes_mapped() + (64 << 20);
  int pair[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const pid_t child = fork();
  if (child == 0) {
    // The layers that are in the way of a test; the escape suite has them all.
    OuterCage cage(kOptionalLayers & ~kLayerLandlock);
    cage.enter();
    cage.close();
    const bool is_caged =
        cage.require_all().has_value() &&
        enter_run_cage(pair[1], {.data_bytes = data_bytes, .cpu_ms = 1000}, filter);
    // Not _exit: before a call that does not return, sanitizers make calls the cage refuses.
    syscall(SYS_exit_group, is_caged ? body() : 99);
  }
  int status = -1;
  waitpid(child, &status, 0);
  close(pair[0]);
  close(pair[1]);
  return status;
}

bool exited_with(int status, int code) { return WIFEXITED(status) && WEXITSTATUS(status) == code; }
bool killed_by(int status, int signal) { return WIFSIGNALED(status) && WTERMSIG(status) == signal; }

int errno_of(long result) { return result == -1 ? errno : 0; }

// The system call itself: sanitizers replace mmap by a function that wants more than the cage
// gives.
long map_memory(std::size_t bytes, int protection) {
  return syscall(SYS_mmap, nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

TEST(Cage, LetsOrdinaryWorkThrough) {
  EXPECT_TRUE(exited_with(run_caged([] {
                            const long memory = map_memory(1 << 20, PROT_READ | PROT_WRITE);
                            char byte = 'x';
                            return memory != -1 && send(kRunSocket, &byte, 1, 0) == 1 ? 0 : 1;
                          }),
                          0));
}

TEST(Cage, RefusesFilesAndNewSockets) {
  EXPECT_TRUE(
      exited_with(run_caged([] { return errno_of(open("/etc/passwd", O_RDONLY)); }), EPERM));
  EXPECT_TRUE(
      exited_with(run_caged([] { return errno_of(socket(AF_INET, SOCK_STREAM, 0)); }), EPERM));
  EXPECT_TRUE(exited_with(run_caged([] { return errno_of(prctl(PR_SET_DUMPABLE, 1)); }), EPERM));
}

TEST(Cage, HasNoDescriptorButItsSocket) {
  EXPECT_TRUE(exited_with(run_caged([] { return errno_of(dup(kRunSocket)); }), EPERM));
  EXPECT_TRUE(exited_with(run_caged([] { return errno_of(send(4, "x", 1, 0)); }), EPERM));
  EXPECT_TRUE(exited_with(run_caged([] { return errno_of(write(2, "x", 1)); }), EPERM));
}

TEST(Cage, KillsClearAttacks) {
  for (const long call : {SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_execve, SYS_ptrace,
                          SYS_bpf, SYS_kill, SYS_unshare, SYS_mount, SYS_io_uring_setup,
                          SYS_userfaultfd, SYS_process_vm_readv, SYS_setuid, SYS_memfd_create}) {
    EXPECT_TRUE(killed_by(run_caged([call] {
                            syscall(call, 0, 0, 0, 0, 0, 0);
                            return 0;
                          }),
                          SIGSYS))
        << call;
  }
}

// Every number, whatever it means on this kernel: refused or deadly, unless it is on the list that
// a run needs. Calls that would end or block the process by themselves are left out.
TEST(Cage, RefusesEverySystemCallThatIsNotOnTheList) {
  const std::set<long> allowed{SYS_exit_group, SYS_rt_sigreturn,   SYS_rt_sigprocmask,
                               SYS_munmap,     SYS_madvise,        SYS_mremap,
                               SYS_brk,        SYS_clock_gettime,  SYS_getrandom,
                               SYS_getpid,     SYS_restart_syscall};
  // Linux lets the return trampolines of uprobes (335, 336) past every filter; anywhere else they
  // end in SIGILL or ENXIO (kernel/seccomp.c, arch/x86/kernel/uprobes.c).
  const std::set<long> trampolines{335, 336};
  for (long call = 0; call < 500; ++call) {
    if (allowed.contains(call) || trampolines.contains(call)) continue;
    // Arguments that no rule about arguments lets through: descriptor 77, shared, executable.
    const int status = run_caged([call] { return errno_of(syscall(call, 77, 77, 7, 7, 77, 77)); });
    EXPECT_TRUE(exited_with(status, EPERM) || killed_by(status, SIGSYS)) << call << ' ' << status;
  }
}

TEST(Cage, KillsCallsOfAnotherArchitecture) {
  constexpr long kX32Bit = 0x40000000;
  EXPECT_TRUE(killed_by(run_caged([] {
                          syscall(kX32Bit | SYS_getpid);
                          return 0;
                        }),
                        SIGSYS));
}

int try_executable_memory() { return errno_of(map_memory(4096, PROT_READ | PROT_EXEC)); }

TEST(Cage, RefusesExecutableMemoryUnlessTheEngineCompiles) {
  EXPECT_TRUE(exited_with(run_caged(try_executable_memory), EPERM));
  EXPECT_TRUE(exited_with(run_caged(try_executable_memory, ExecutableMemory::allowed), 0));
  EXPECT_TRUE(exited_with(run_caged([] {
                            const long page = map_memory(4096, PROT_READ | PROT_WRITE);
                            return errno_of(
                                syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC));
                          }),
                          EPERM));
}

TEST(Cage, BoundsWritableMemory) {
  EXPECT_TRUE(exited_with(
      run_caged([] { return errno_of(map_memory(128 << 20, PROT_READ | PROT_WRITE)); }), ENOMEM));
}

TEST(Cage, ARunsFilterIsShort) {
  EXPECT_LT(filter_for(ExecutableMemory::refused).instruction_count(), 80U);
}

TEST(Cage, SaysWhenALayerIsNotAvailable) {
  const pid_t child = fork();
  if (child == 0) {
    // Without descriptors no filter can be made.
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_NOFILE, &none);
    OuterCage cage(kOptionalLayers);
    cage.close();
    const auto layers = cage.require_all();
    const bool is_refused =
        !layers.has_value() && layers.error().code() == Code::sandbox_unavailable;
    syscall(SYS_exit_group, is_refused ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(exited_with(status, 0));
}

TEST(Cage, NamesEveryLayer) {
  const auto names = layer_names(kLayerSeccomp | kLayerLandlock);
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0], "seccomp");
  EXPECT_EQ(layer_names(~0U).size(), 17U);
}

TEST(Cage, FindsEveryLayerByItsName) {
  for (const std::string& name : layer_names(~kNoLayers)) {
    const auto layer = find_layer(name);
    ASSERT_TRUE(layer.has_value()) << name;
    EXPECT_EQ(layer_names(*layer), std::vector<std::string>{name});
  }
  EXPECT_FALSE(find_layer("").has_value());
  EXPECT_FALSE(find_layer("Seccomp").has_value());
}

// A process without privileges cannot become another user.
TEST(Cage, NamesAMissingLayerAndTheWayAroundIt) {
  const pid_t child = fork();
  if (child == 0) {
    OuterCage ordinary(kOptionalLayers & ~kLayerUser);
    ordinary.enter();
    OuterCage cage(kOptionalLayers & ~kLayerUser);
    cage.enter();
    const auto layers = cage.require_all();
    const bool is_named = !layers.has_value() && layers.error().detail().starts_with("user: ") &&
                          layers.error().detail().ends_with("--without-layer user");
    syscall(SYS_exit_group, is_named ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_TRUE(exited_with(status, 0));
}

// The template's cage around `body`, as run_caged() has the run's.
int run_as_template(const std::function<int()>& body) {
  static const auto kFilter =
      SyscallFilter::make_for_template(ExecutableMemory::refused, kForkFlags);
  const std::uint64_t data_bytes = data_bytes_mapped() + (64 << 20);
  const pid_t child = fork();
  if (child == 0) {
    OuterCage cage(kOptionalLayers & ~kLayerLandlock);
    cage.enter();
    cage.close();
    const bool is_caged = cage.require_all().has_value() &&
                          enter_template_cage({.data_bytes = data_bytes, .cpu_ms = 1000}, *kFilter);
    syscall(SYS_exit_group, is_caged ? body() : 99);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST(TemplateCage, ForksAndWaitsForItsChildrenOnly) {
  EXPECT_TRUE(exited_with(
      run_as_template([] {
        int pidfd = -1;
        const long child = syscall(SYS_clone, kForkFlags, nullptr, &pidfd, nullptr, nullptr);
        if (child == 0) syscall(SYS_exit_group, 7);
        int status = 0;
        return syscall(SYS_wait4, child, &status, 0, nullptr) == child ? WEXITSTATUS(status) : 1;
      }),
      7));
}

TEST(TemplateCage, ForksInNoOtherWay) {
  for (const unsigned long flags : {0UL, 17UL, kForkFlags | CLONE_NEWUSER, kForkFlags | CLONE_VM,
                                    kForkFlags | CLONE_PARENT, kForkFlags | CLONE_NEWPID}) {
    EXPECT_TRUE(exited_with(run_as_template([flags] {
                              return errno_of(
                                  syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
                            }),
                            EPERM))
        << flags;
  }
  for (const long call : {SYS_fork, SYS_vfork, SYS_clone3, SYS_kill, SYS_pidfd_open, SYS_execve,
                          SYS_ptrace, SYS_process_vm_readv, SYS_pidfd_send_signal, SYS_setuid}) {
    EXPECT_TRUE(killed_by(run_as_template([call] {
                            syscall(call, 0, 0, 0, 0, 0, 0);
                            return 0;
                          }),
                          SIGSYS))
        << call;
  }
}

TEST(TemplateCage, RefusesEverySystemCallThatIsNotOnTheList) {
  const std::set<long> allowed{
      SYS_exit_group,      SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_munmap,    SYS_madvise,
      SYS_mremap,          SYS_brk,          SYS_clock_gettime,  SYS_getrandom, SYS_getpid,
      SYS_restart_syscall, SYS_poll,         SYS_wait4,          SYS_getppid,   SYS_close,
      SYS_close_range};
  const std::set<long> trampolines{335, 336};
  for (long call = 0; call < 500; ++call) {
    if (allowed.contains(call) || trampolines.contains(call)) continue;
    const int status =
        run_as_template([call] { return errno_of(syscall(call, 77, 77, 7, 7, 77, 77)); });
    EXPECT_TRUE(exited_with(status, EPERM) || killed_by(status, SIGSYS)) << call << ' ' << status;
  }
}

TEST(TemplateCage, LeavesItsGroupForNoOther) {
  EXPECT_TRUE(exited_with(run_as_template([] { return errno_of(setpgid(0, 0)); }), EPERM));
  EXPECT_TRUE(exited_with(run_as_template([] { return errno_of(setsid()); }), EPERM));
}

}  // namespace
