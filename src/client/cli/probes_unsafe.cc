#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
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

bool has_seccomp() { return ::prctl(PR_GET_SECCOMP) >= 0; }

bool has_entropy() {
  unsigned char byte = 0;
  return ::getrandom(&byte, 1, GRND_NONBLOCK) == 1;
}

bool is_root() { return ::geteuid() == 0; }

std::optional<std::string> output_of(const std::vector<std::string>& command) {
  constexpr std::size_t kBytesMax = 65'536;
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::nullopt;
  std::vector<std::string> words = command;
  // SAFETY: posix_spawn takes char* for history's sake and does not write to the texts.
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string output;
  std::array<char, 4096> part{};
  ssize_t count = 0;
  while (error == 0 && output.size() < kBytesMax &&
         (count = ::read(pipe[0], part.data(), part.size())) > 0) {
    output.append(part.data(), static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  if (error != 0) return std::nullopt;
  ::waitpid(pid, nullptr, 0);
  return output;
}

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace nsl::client::cli
