#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "client/function_test/runner_link.h"
#include "core/base/limits.h"

namespace nsl::client::function_test {
namespace {

constexpr int kControl = 3;

std::unexpected<Error> gone(const char* why) {
  return fail(Code::runner_unavailable, "The runner does not answer; nsl doctor may say why", why);
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool receive_all(int socket, std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::recv(socket, bytes.data() + done, bytes.size() - done, 0);
    if (count == 0 || (count < 0 && errno != EINTR)) return false;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

Result<RunnerLink> RunnerLink::start(const std::filesystem::path& program,
                                     const std::vector<std::string>& arguments) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return gone("socketpair");
  }
  std::vector<std::string> words = {program.string(), "--control-fd", std::to_string(kControl)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  // SAFETY: posix_spawn takes char* for history's sake and does not write to the texts.
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<char*, 1> environment = {nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // A duplicate is not closed on exec; onto itself dup2 would keep that it is.
  const int theirs =
      pair[1] == kControl ? ::fcntl(pair[1], F_DUPFD_CLOEXEC, kControl + 1) : pair[1];
  posix_spawn_file_actions_adddup2(&actions, theirs, kControl);
  posix_spawn_file_actions_addclosefrom_np(&actions, kControl + 1);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, words.front().c_str(), &actions, nullptr, pointers.data(),
                                environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (theirs != pair[1]) ::close(theirs);
  ::close(pair[1]);
  if (error == 0) return RunnerLink(pid, pair[0]);
  ::close(pair[0]);
  return fail(Code::runner_unavailable, "Cannot start " + words.front());
}

RunnerLink::RunnerLink(RunnerLink&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      socket_(std::exchange(other.socket_, -1)),
      next_key_(other.next_key_) {}

RunnerLink::~RunnerLink() {
  if (pid_ < 0) return;
  // The runner ends, and all its processes with it, when its socket does.
  ::close(socket_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> RunnerLink::send(const runner::v1::ToRunner& message) const {
  const std::string body = message.SerializeAsString();
  const std::size_t size = body.size();
  if (size > static_cast<std::size_t>(limits::kFrameBytesMax)) return fail(Code::limit_exceeded);
  std::string frame;
  for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(size >> shift));
  if (!send_all(socket_, frame + body)) return gone("send");
  return {};
}

Result<runner::v1::FromRunner> RunnerLink::receive() const {
  std::string head(4, '\0');
  if (!receive_all(socket_, head)) return gone("closed");
  std::size_t size = 0;
  for (const char byte : head) size = size << 8 | static_cast<unsigned char>(byte);
  if (size > static_cast<std::size_t>(limits::kFrameBytesMax)) return gone("frame size");
  std::string body(size, '\0');
  runner::v1::FromRunner message;
  if (!receive_all(socket_, body) || !message.ParseFromString(body)) return gone("frame");
  return message;
}

Result<void> RunnerLink::reply(const runner::v1::HostCall& call, const Surroundings& with) const {
  runner::v1::ToRunner message;
  runner::v1::HostReply& reply = *message.mutable_host_reply();
  reply.set_run_key(call.run_key());
  reply.set_call_id(call.call_id());
  reply.set_time_ms(kTestTimeMs);
  const Answer answer = with.answer(call);
  if (answer.code.empty()) {
    reply.set_ok(answer.value);
  } else {
    reply.mutable_error()->set_code(answer.code);
    reply.mutable_error()->set_message(answer.message);
  }
  return send(message);
}

Result<runner::v1::RunFinished> RunnerLink::run(runner::v1::StartRun start,
                                                const Surroundings& with) {
  const std::uint64_t key = next_key_++;
  start.set_run_key(key);
  runner::v1::ToRunner message;
  *message.mutable_start_run() = std::move(start);
  NSL_TRY_VOID(send(message));
  for (;;) {
    NSL_TRY(runner::v1::FromRunner heard, receive());
    if (heard.has_run_finished()) return std::move(*heard.mutable_run_finished());
    if (heard.has_log_line()) with.log(heard.log_line());
    if (heard.has_host_call()) NSL_TRY_VOID(reply(heard.host_call(), with));
  }
}

}  // namespace nsl::client::function_test
