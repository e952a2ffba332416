// The three system call filters.
//
// A run's is an allow-list for code that only computes and talks over one socket. Whatever is not
// named gets EPERM, because engines probe and degrade well; starting or signalling a process ends
// the run. It is installed, and compiled by the kernel, once per run, so it is kept short: what no
// process below a zygote ever needs and every attacker wants is refused by the zygote's own filter,
// which every run inherits. The kernel takes the hardest of all answers.
//
// A template's is a run's and what it takes to make runs. It has read hostile code, so it may be
// captured: it can fork, its own children only, and it can neither signal a process nor have the
// pidfd of one that is not its child, which the supervisor would kill in its name.
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

#include "runner/sandbox/cage.h"

namespace nsl::runner::sandbox {
namespace {

// Always allowed, whatever the arguments: memory of one's own, time, randomness, ending.
// tests/adversary/sandbox/test_traced_minimum.py holds this list against what runs really call.
constexpr std::array kAllowed{
    SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),   SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(munmap),     SCMP_SYS(madvise),        SCMP_SYS(mremap),
    SCMP_SYS(brk),        SCMP_SYS(clock_gettime),  SCMP_SYS(getrandom),
    SCMP_SYS(getpid),     SCMP_SYS(restart_syscall)};

// Starting or signalling a process: the zygote's work, never a run's.
constexpr std::array kProcessCalls{SCMP_SYS(fork),   SCMP_SYS(vfork), SCMP_SYS(clone),
                                   SCMP_SYS(clone3), SCMP_SYS(kill),  SCMP_SYS(pidfd_open)};

// The same for a template, which forks by clone() with the flags of fork and no others.
constexpr std::array kForeignProcessCalls{SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone3),
                                          SCMP_SYS(kill), SCMP_SYS(pidfd_open)};

// What a template does besides: wait for children and requests, and enter a child's cage.
constexpr std::array kTemplateCalls{SCMP_SYS(poll), SCMP_SYS(wait4), SCMP_SYS(getppid),
                                    SCMP_SYS(close), SCMP_SYS(close_range)};

// Attacks, not probes: the process ends with SIGSYS.
constexpr std::array kAttacks{SCMP_SYS(execve),
                              SCMP_SYS(execveat),
                              SCMP_SYS(ptrace),
                              SCMP_SYS(process_vm_readv),
                              SCMP_SYS(process_vm_writev),
                              SCMP_SYS(process_madvise),
                              SCMP_SYS(tkill),
                              SCMP_SYS(rt_sigqueueinfo),
                              SCMP_SYS(rt_tgsigqueueinfo),
                              SCMP_SYS(pidfd_getfd),
                              SCMP_SYS(pidfd_send_signal),
                              SCMP_SYS(kcmp),
                              SCMP_SYS(bpf),
                              SCMP_SYS(perf_event_open),
                              SCMP_SYS(userfaultfd),
                              SCMP_SYS(io_uring_setup),
                              SCMP_SYS(io_uring_enter),
                              SCMP_SYS(io_uring_register),
                              SCMP_SYS(memfd_create),
                              SCMP_SYS(memfd_secret),
                              SCMP_SYS(mount),
                              SCMP_SYS(umount2),
                              SCMP_SYS(move_mount),
                              SCMP_SYS(open_tree),
                              SCMP_SYS(fsopen),
                              SCMP_SYS(fsmount),
                              SCMP_SYS(pivot_root),
                              SCMP_SYS(chroot),
                              SCMP_SYS(unshare),
                              SCMP_SYS(setns),
                              SCMP_SYS(keyctl),
                              SCMP_SYS(add_key),
                              SCMP_SYS(request_key),
                              SCMP_SYS(open_by_handle_at),
                              SCMP_SYS(init_module),
                              SCMP_SYS(finit_module),
                              SCMP_SYS(delete_module),
                              SCMP_SYS(kexec_load),
                              SCMP_SYS(kexec_file_load),
                              SCMP_SYS(reboot),
                              SCMP_SYS(swapon),
                              SCMP_SYS(swapoff),
                              SCMP_SYS(acct),
                              SCMP_SYS(iopl),
                              SCMP_SYS(ioperm),
                              SCMP_SYS(modify_ldt),
                              SCMP_SYS(personality),
                              SCMP_SYS(setuid),
                              SCMP_SYS(setgid),
                              SCMP_SYS(setreuid),
                              SCMP_SYS(setregid),
                              SCMP_SYS(setresuid),
                              SCMP_SYS(setresgid),
                              SCMP_SYS(setgroups),
                              SCMP_SYS(capset)};

struct Context {
  scmp_filter_ctx handle;
  explicit Context(std::uint32_t standard) : handle(seccomp_init(standard)) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() {
    if (handle != nullptr) seccomp_release(handle);
  }
};

// Descriptor arguments are 32 bits wide; the kernel ignores the upper half.
constexpr std::uint64_t kLowHalf = 0xffffffff;

template <class... Conditions>
bool allow(const Context& context, int call, Conditions... conditions) {
  const std::array<scmp_arg_cmp, sizeof...(conditions)> list{conditions...};
  return seccomp_rule_add_array(context.handle, SCMP_ACT_ALLOW, call, sizeof...(conditions),
                                list.data()) == 0;
}

template <std::size_t N>
bool kill_on(const Context& context, const std::array<int, N>& calls) {
  bool is_good = true;
  for (const int call : calls) {
    is_good = is_good &&
              seccomp_rule_add_array(context.handle, SCMP_ACT_KILL_PROCESS, call, 0, nullptr) == 0;
  }
  return is_good;
}

bool open_context(const Context& context) {
  // A call through another architecture's entry (32-bit, x32) never is an engine's.
  return context.handle != nullptr &&
         seccomp_attr_set(context.handle, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
         seccomp_attr_set(context.handle, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0;
}

// True of an argument whose bits under `mask` are `value`.
scmp_arg_cmp masked_argument(unsigned index, std::uint64_t mask, std::uint64_t value) {
  return {.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

// The socket only without an address, so that no other peer can be named.
bool allow_socket(const Context& context) {
  const scmp_arg_cmp on_socket = masked_argument(0, kLowHalf, kRunSocket);
  const scmp_arg_cmp no_address = masked_argument(4, ~std::uint64_t{0}, 0);
  return allow(context, SCMP_SYS(recvfrom), on_socket, no_address) &&
         allow(context, SCMP_SYS(sendto), on_socket, no_address);
}

// Private anonymous memory only, and executable only for an engine that compiles.
bool allow_memory(const Context& context, ExecutableMemory executable_memory) {
  const scmp_arg_cmp is_private =
      masked_argument(3, MAP_TYPE | MAP_ANONYMOUS, MAP_PRIVATE | MAP_ANONYMOUS);
  if (executable_memory == ExecutableMemory::allowed) {
    return allow(context, SCMP_SYS(mmap), is_private) && allow(context, SCMP_SYS(mprotect)) &&
           allow(context, SCMP_SYS(pkey_mprotect));
  }
  const scmp_arg_cmp not_executable = masked_argument(2, PROT_EXEC, 0);
  return allow(context, SCMP_SYS(mmap), not_executable, is_private) &&
         allow(context, SCMP_SYS(mprotect), not_executable);
}

scmp_arg_cmp equal_argument(unsigned index, std::uint64_t value) {
  return masked_argument(index, ~std::uint64_t{0}, value);
}

bool allow_making_runs(const Context& context, unsigned long fork_flags) {
  for (const int call : kTemplateCalls) {
    if (!allow(context, call)) return false;
  }
  const scmp_arg_cmp on_socket = masked_argument(0, kLowHalf, kRunSocket);
  const scmp_arg_cmp to_socket = masked_argument(1, kLowHalf, kRunSocket);
  return allow(context, SCMP_SYS(clone), equal_argument(0, fork_flags), equal_argument(1, 0)) &&
         allow(context, SCMP_SYS(recvmsg), on_socket) &&
         allow(context, SCMP_SYS(sendmsg), on_socket) &&
         allow(context, SCMP_SYS(recvfrom), masked_argument(0, kLowHalf, kTemplateCode),
               equal_argument(4, 0)) &&
         allow(context, SCMP_SYS(read), masked_argument(0, kLowHalf, kTemplateSignals)) &&
         allow(context, SCMP_SYS(dup2), to_socket) &&
         allow(context, SCMP_SYS(prctl), equal_argument(0, PR_SET_PDEATHSIG),
               equal_argument(1, SIGKILL)) &&
         allow(context, SCMP_SYS(prctl), equal_argument(0, PR_SET_SECCOMP)) &&
         allow(context, SCMP_SYS(prlimit64), equal_argument(0, 0));
}

}  // namespace

struct SyscallFilter::Program {
  std::vector<sock_filter> instructions;
};

SyscallFilter::SyscallFilter(std::unique_ptr<Program> program) : program_(std::move(program)) {}
SyscallFilter::~SyscallFilter() = default;
SyscallFilter::SyscallFilter(SyscallFilter&&) noexcept = default;
SyscallFilter& SyscallFilter::operator=(SyscallFilter&&) noexcept = default;

namespace {

std::unexpected<Error> refuse(const char* what) {
  return fail(Code::sandbox_unavailable, "A sandbox layer is not available", what);
}

Result<std::vector<sock_filter>> compile(const Context& context) {
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  if (file < 0) return refuse("memfd_create");
  std::vector<sock_filter> instructions;
  bool is_good = seccomp_export_bpf(context.handle, file) == 0;
  const off_t size = ::lseek(file, 0, SEEK_END);
  is_good = is_good && size > 0 && static_cast<std::size_t>(size) % sizeof(sock_filter) == 0;
  if (is_good) {
    instructions.resize(static_cast<std::size_t>(size) / sizeof(sock_filter));
    is_good = ::pread(file, instructions.data(), static_cast<std::size_t>(size), 0) == size;
  }
  ::close(file);
  if (!is_good) return refuse("seccomp_export_bpf");
  return instructions;
}

}  // namespace

Result<SyscallFilter> SyscallFilter::make_for_zygote() {
  const Context context(SCMP_ACT_ALLOW);
  if (!open_context(context) || !kill_on(context, kAttacks)) return refuse("seccomp rules");
  auto program = std::make_unique<Program>();
  NSL_TRY(program->instructions, compile(context));
  return SyscallFilter(std::move(program));
}

Result<SyscallFilter> SyscallFilter::make_for_run(ExecutableMemory executable_memory) {
  const Context context(SCMP_ACT_ERRNO(EPERM));
  bool is_good = open_context(context) && kill_on(context, kProcessCalls);
  for (const int call : kAllowed) is_good = is_good && allow(context, call);
  is_good = is_good && allow_socket(context) && allow_memory(context, executable_memory);
  if (!is_good) return refuse("seccomp rules");
  auto program = std::make_unique<Program>();
  NSL_TRY(program->instructions, compile(context));
  return SyscallFilter(std::move(program));
}

Result<SyscallFilter> SyscallFilter::make_for_template(ExecutableMemory executable_memory,
                                                       unsigned long fork_flags) {
  const Context context(SCMP_ACT_ERRNO(EPERM));
  bool is_good = open_context(context) && kill_on(context, kForeignProcessCalls);
  for (const int call : kAllowed) is_good = is_good && allow(context, call);
  is_good = is_good && allow_socket(context) && allow_memory(context, executable_memory) &&
            allow_making_runs(context, fork_flags);
  if (!is_good) return refuse("seccomp rules");
  auto program = std::make_unique<Program>();
  NSL_TRY(program->instructions, compile(context));
  return SyscallFilter(std::move(program));
}

bool SyscallFilter::install() const {
  const sock_fprog program{.len = static_cast<unsigned short>(program_->instructions.size()),
                           .filter = program_->instructions.data()};
  // SAFETY: the kernel copies the program during the call.
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

std::size_t SyscallFilter::instruction_count() const { return program_->instructions.size(); }

}  // namespace nsl::runner::sandbox
