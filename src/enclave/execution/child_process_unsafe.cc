#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "enclave/execution/child_process.h"

namespace nsl::enclave::execution {
namespace {

constexpr int kControlDescriptor = 3;

// SAFETY: initialised by posix_spawn_file_actions_init, destroyed once.
class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& program,
                                         const std::vector<std::string>& arguments) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return fail(Code::io_failed, "The runner could not be started", std::strerror(errno));
  }
  stream::Descriptor ours(pair[0]);
  stream::Descriptor theirs(pair[1]);
  SpawnActions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (theirs.number() == kControlDescriptor) {
    // dup2 onto itself would keep close-on-exec; a duplicate elsewhere does not matter here.
    if (fcntl(theirs.number(), F_SETFD, 0) != 0) {
      return fail(Code::io_failed, "The runner could not be started", std::strerror(errno));
    }
  } else {
    posix_spawn_file_actions_adddup2(actions.get(), theirs.number(), kControlDescriptor);
  }
  posix_spawn_file_actions_addclosefrom_np(actions.get(), kControlDescriptor + 1);

  std::vector<std::string> words = {program, "--control-fd", std::to_string(kControlDescriptor)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  // SAFETY: posix_spawn takes char* for history's sake and does not write to the texts.
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<char*, 1> environment = {nullptr};
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), actions.get(), nullptr, pointers.data(),
                                environment.data());
  if (error != 0) {
    return fail(Code::runner_unavailable, "The runner could not be started", std::strerror(error));
  }
  return ChildProcess(pid, std::move(ours));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace nsl::enclave::execution
