#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "client/dev/process.h"
#include "core/base/assert.h"

namespace nsl::client::dev {
namespace {

std::vector<char*> argument_vector(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const char* program, char* const* arguments, int log, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // The parent was gone before the line above.
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int empty = ::open("/dev/null", O_RDONLY);
  ::dup2(empty, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close_range(3, ~0U, 0);
  ::execv(program, arguments);
  ::_exit(127);
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return std::string("signal ") + ::strsignal(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<Process> Process::start(const Options& options) {
  std::vector<std::string> words = {options.program.string()};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  const std::vector<char*> pointers = argument_vector(words);
  const int log = ::open(options.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return fail(Code::io_failed, "Cannot write " + options.log_file.string());
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  // SAFETY: `pointers` ends with null and outlives exec; this program has one thread.
  if (pid == 0) become(pointers[0], pointers.data(), log, parent);
  ::close(log);
  if (pid < 0) return fail(Code::io_failed, "Cannot start " + words[0]);
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  NSL_ASSERT(descriptor >= 0);  // The child is not reaped yet, so it exists.
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return Process(pid, descriptor);
}

Process::~Process() { release(); }

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      ending_(std::move(other.ending_)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    release();
    pid_ = std::exchange(other.pid_, -1);
    descriptor_ = std::exchange(other.descriptor_, -1);
    ending_ = std::move(other.ending_);
  }
  return *this;
}

void Process::release() noexcept {
  if (pid_ < 0) return;
  if (!ending().has_value()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(descriptor_);
  pid_ = -1;
}

std::optional<std::string> Process::ending() {
  int status = 0;
  if (!ending_.has_value() && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    ending_ = describe(status);
  }
  return ending_;
}

void Process::stop(std::int64_t timeout_ms) {
  if (ending().has_value()) return;
  ::kill(pid_, SIGTERM);
  pollfd wait{descriptor_, POLLIN, 0};
  ::poll(&wait, 1, static_cast<int>(timeout_ms));
  if (ending().has_value()) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ending_ = describe(status);
}

StopSignals::StopSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  NSL_ASSERT(descriptor_ >= 0);
}

StopSignals::~StopSignals() { ::close(descriptor_); }

StopSignals::Woken StopSignals::wait(const std::vector<Process*>& processes, int timeout_ms) {
  std::vector<pollfd> all = {{descriptor_, POLLIN, 0}};
  for (const Process* process : processes) all.push_back({process->descriptor(), POLLIN, 0});
  int ready = -1;
  do {
    ready = ::poll(all.data(), all.size(), timeout_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return Woken::timeout;
  if (all[0].revents == 0) return Woken::child;
  signalfd_siginfo taken{};
  [[maybe_unused]] const ssize_t size = ::read(descriptor_, &taken, sizeof(taken));
  return Woken::stop;
}

Result<std::filesystem::path> make_socket_folder() {
  std::string pattern = "/tmp/nsl-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(Code::io_failed, "Cannot make a folder for sockets in /tmp");
  }
  return std::filesystem::path(pattern);
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(Code::io_failed, "Cannot write " + file.string());
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return fail(Code::conflict, "A service already runs on this state");
  }
  return FolderLock(descriptor);
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace nsl::client::dev
