#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "core/base/assert.h"
#include "runner/testing/driver.h"

namespace nsl::runner::testing {
namespace {

constexpr int kSilenceMsMax = 30'000;

std::string program_path(const std::string& program) {
  const char* build = std::getenv("NSL_BINARY_DIR");
  return std::string(build != nullptr ? build : NSL_TEST_BINARY_DIR) + "/bin/" + program;
}

}  // namespace

Driver::Driver(const std::string& program, std::vector<std::string> arguments) {
  int pair[2] = {-1, -1};
  NSL_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  control_ = posix::Descriptor(pair[0]);
  std::string path = program_path(program);
  std::string number = std::to_string(pair[1]);
  std::string option = "--control-fd";
  std::vector<char*> argv{path.data(), option.data(), number.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  NSL_ASSERT(pid_ >= 0);
  if (pid_ == 0) {
    ::fcntl(pair[1], F_SETFD, 0);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(pair[1]);
}

Driver::~Driver() {
  if (pid_ > 0) close_and_wait();
}

void Driver::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(control_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Driver::send(const v1::ToRunner& message) {
  const std::string body = message.SerializeAsString();
  send_raw(abi::frame_header(body.size()) + body);
}

std::uint64_t Driver::start(v1::StartRun request) {
  if (request.run_key() == 0) request.set_run_key(next_key_++);
  const std::uint64_t key = request.run_key();
  v1::ToRunner message;
  *message.mutable_start_run() = std::move(request);
  send(message);
  return key;
}

std::optional<v1::FromRunner> Driver::receive() {
  for (;;) {
    const auto body = in_.next();
    NSL_ASSERT(body.has_value());
    if (body->has_value()) {
      v1::FromRunner message;
      NSL_ASSERT(message.ParseFromArray((*body)->data(), static_cast<int>((*body)->size())));
      return message;
    }
    pollfd entry{.fd = control_.number(), .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, kSilenceMsMax) <= 0) return std::nullopt;
    std::array<std::uint8_t, 65536> buffer;
    const auto transfer = posix::read_some(control_.number(), buffer);
    if (transfer.is_closed) return std::nullopt;
    in_.feed(ByteView(buffer).first(transfer.count));
  }
}

void Driver::take(const v1::FromRunner& message) {
  if (message.has_ready()) ready_ = message.ready();
  if (message.has_log_line()) {
    records_[message.log_line().run_key()].logs.push_back(message.log_line());
  }
  if (message.has_run_finished()) {
    records_[message.run_finished().run_key()].finished = message.run_finished();
  }
  if (!message.has_host_call()) return;
  const v1::HostCall& call = message.host_call();
  records_[call.run_key()].calls.push_back(call);
  v1::ToRunner reply;
  reply.mutable_host_reply()->set_run_key(call.run_key());
  reply.mutable_host_reply()->set_call_id(call.call_id());
  const auto function = functions_.find(call.method());
  const std::string answer =
      function == functions_.end() ? "!no such method" : function->second(call);
  reply.mutable_host_reply()->set_time_ms(time_ms_);
  // An empty answer is none: the run waits.
  if (answer.empty()) return;
  if (answer.starts_with('!')) {
    reply.mutable_host_reply()->mutable_error()->set_code("NSL-RUN-0010");
    reply.mutable_host_reply()->mutable_error()->set_message(answer.substr(1));
  } else {
    reply.mutable_host_reply()->set_ok(answer);
  }
  send(reply);
}

RunRecord Driver::finish(std::uint64_t key) {
  while (records_[key].finished.status() == v1::RunFinished::UNKNOWN) {
    const auto message = receive();
    if (!message.has_value()) break;
    take(*message);
  }
  RunRecord record = std::move(records_[key]);
  records_.erase(key);
  return record;
}

RunRecord Driver::run(const std::string& source, const std::string& input) {
  v1::StartRun request;
  request.set_source(source);
  request.set_input(input);
  return run(std::move(request));
}

const v1::RunnerReady& Driver::wait_ready() {
  while (!ready_.has_value()) {
    const auto message = receive();
    NSL_ASSERT(message.has_value());
    take(*message);
  }
  return *ready_;
}

std::vector<pid_t> Driver::descendants() const {
  std::vector<pid_t> found = children_of(pid_);
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const pid_t child : children_of(found[i])) found.push_back(child);
  }
  return found;
}

int Driver::close_and_wait() {
  control_.reset();
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::vector<pid_t> children_of(pid_t pid) {
  const std::string number = std::to_string(pid);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

std::size_t thread_count(pid_t pid) {
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task");
  return static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
}

bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0; }

bool wait_until_gone(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    // SAFETY: plain numbers; the result is a new descriptor, or -1 when the process is gone.
    const posix::Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd.is_open()) continue;
    pollfd entry{.fd = pidfd.number(), .events = POLLIN, .revents = 0};
    if (::poll(&entry, 1, 10'000) <= 0) return false;
  }
  return true;
}

void kill_hard(pid_t pid) { ::kill(pid, SIGKILL); }

}  // namespace nsl::runner::testing
