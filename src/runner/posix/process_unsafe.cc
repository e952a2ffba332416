#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "runner/posix/process.h"

namespace nsl::runner::posix {

std::int64_t monotonic_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

std::uint64_t wall_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

pid_t parent_process() { return ::getppid(); }

bool die_with_parent(pid_t parent) {
  // SAFETY: prctl with an integer argument.
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

void keep_only(int kept) {
  for (int standard = 0; standard <= 2; ++standard) {
    if (::fcntl(standard, F_GETFD) >= 0) continue;
    // The lowest free number is the one that is missing.
    if (::open("/dev/null", O_RDWR) < 0) ::_exit(1);
  }
  const auto number = static_cast<unsigned>(kept);
  // SAFETY: close_range only closes; nothing of ours holds a descriptor yet.
  if (number > 3) ::close_range(3, number - 1, 0);
  ::close_range(number + 1, ~0U, 0);
}

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

void reap_orphans(const std::vector<pid_t>& children) {
  for (;;) {
    siginfo_t ended{};
    // Looks without burying, so that a child's pid stays its own.
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return;
    if (std::find(children.begin(), children.end(), ended.si_pid) != children.end()) return;
    wait_for(ended.si_pid);
  }
}

Result<pid_t> spawn_self(const std::vector<std::string>& arguments, const Descriptor& passed) {
  std::string path = "/proc/self/exe";
  // What `ps` shows; the path says nothing.
  std::string name = "nsl-runner-zygote";
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::string zone = "TZ=UTC";
  char* environment[] = {zone.data(), nullptr};
  const pid_t parent = ::getpid();
  // SAFETY: between fork and exec only async-signal-safe calls are made.
  const pid_t child = ::fork();
  if (child < 0) return fail(Code::runner_unavailable, "Runner is away", "fork failed");
  if (child > 0) return child;
  if (!die_with_parent(parent)) ::_exit(1);
  // dup2 onto the same number would keep close-on-exec.
  if (passed.number() == 3) {
    ::fcntl(3, F_SETFD, 0);
  } else if (::dup2(passed.number(), 3) < 0) {
    ::_exit(1);
  }
  ::execve(path.c_str(), argv.data(), environment);
  ::_exit(127);
}

Result<std::string> ask_child(const std::function<std::string()>& question) {
  NSL_TRY(auto pair, make_packet_pair());
  // SAFETY: the caller has one thread, so the child may go on as usual.
  const pid_t child = ::fork();
  if (child < 0) return fail(Code::runner_unavailable, "Runner is away", "fork failed");
  if (child == 0) {
    const std::string answer = question();
    ::send(pair.theirs.number(), answer.data(), answer.size(), MSG_NOSIGNAL);
    end_process(0);
  }
  pair.theirs.reset();
  wait_for(child);
  std::string answer(4096, '\0');
  const ssize_t size = ::recv(pair.ours.number(), answer.data(), answer.size(), 0);
  answer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return answer;
}

Result<Descriptor> open_pidfd(pid_t pid) {
  // SAFETY: plain numbers; the result is a new descriptor or -1.
  const long number = ::syscall(SYS_pidfd_open, pid, 0);
  if (number < 0) return fail(Code::runner_unavailable, "Runner is away", "pidfd_open failed");
  return Descriptor(static_cast<int>(number));
}

unsigned long fork_flags() { return CLONE_PIDFD | SIGCHLD; }

Forked fork_with_pidfd() {
  int pidfd = -1;
  // SAFETY: no memory is shared with the child and its stack is a copy of this one, as after
  // fork(); the kernel writes the descriptor in the parent.
  const long pid = ::syscall(SYS_clone, fork_flags(), nullptr, &pidfd, nullptr, nullptr);
  if (pid <= 0) return {.pid = static_cast<pid_t>(pid), .pidfd = {}};
  return {.pid = static_cast<pid_t>(pid), .pidfd = Descriptor(pidfd)};
}

bool lead_process_group() { return ::setpgid(0, 0) == 0; }

void kill_process_group(pid_t leader) { ::kill(-leader, SIGKILL); }

void name_process(const char* name) { ::prctl(PR_SET_NAME, name); }

void end_process(int code) { ::syscall(SYS_exit_group, code); }

bool kill_by_pidfd(int pidfd) {
  // SAFETY: a null siginfo means "as kill does".
  return ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0) == 0;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void kill_child(pid_t pid) {
  ::kill(pid, SIGKILL);
  wait_for(pid);
}

bool has_ended(int pidfd) {
  pollfd entry{.fd = pidfd, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) > 0;
}

namespace {

// "Pid:" is the number in the name space of whoever reads, -1 of a process that is gone.
int to_pid(int pidfd) {
  const std::string path = "/proc/self/fdinfo/" + std::to_string(pidfd);
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return -1;
  char line[64];
  int pid = -1;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    if (std::sscanf(line, "Pid:%d", &pid) == 1) break;
  }
  std::fclose(file);
  return pid;
}

}  // namespace

std::optional<std::int64_t> cpu_time_us(int pidfd) {
  const int pid = to_pid(pidfd);
  clockid_t clock{};
  timespec used{};
  if (pid <= 0 || ::clock_getcpuclockid(pid, &clock) != 0) return std::nullopt;
  if (::clock_gettime(clock, &used) != 0) return std::nullopt;
  return std::int64_t{used.tv_sec} * 1'000'000 + used.tv_nsec / 1'000;
}

std::optional<std::uint64_t> memory_bytes(int pidfd) {
  const int pid = to_pid(pidfd);
  if (pid <= 0) return std::nullopt;
  const std::string path = "/proc/" + std::to_string(pid) + "/statm";
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return std::nullopt;
  // In pages: size, resident, and of that what is of files or shared on purpose.
  unsigned long resident = 0;
  unsigned long shared = 0;
  const int count = std::fscanf(file, "%*u %lu %lu", &resident, &shared);
  std::fclose(file);
  if (count != 2 || resident < shared) return std::nullopt;
  return std::uint64_t{resident - shared} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace nsl::runner::posix
