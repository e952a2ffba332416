#include "enclave/execution/runner_process.h"

#include <array>
#include <deque>
#include <map>
#include <thread>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "enclave/execution/child_process.h"
#include "enclave/stream/descriptor.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::FromRunner;
using runner::v1::ToRunner;

// The supervisor ends a run at its own limit; this much later we stop believing in it.
constexpr std::int64_t kGraceMs = 2000;
// Between two looks whether the owner wants the run ended.
constexpr std::int64_t kCancelLookMs = 200;

std::uint64_t run_key_of(const FromRunner& message) {
  switch (message.message_case()) {
    case FromRunner::kHostCall:
      return message.host_call().run_key();
    case FromRunner::kLogLine:
      return message.log_line().run_key();
    case FromRunner::kRunFinished:
      return message.run_finished().run_key();
    case FromRunner::kReady:
    case FromRunner::MESSAGE_NOT_SET:
      break;
  }
  return 0;
}

Result<void> read_exactly(const stream::Descriptor& descriptor, std::span<std::uint8_t> into) {
  while (!into.empty()) {
    NSL_TRY(const std::size_t count, stream::read_some(descriptor, into));
    if (count == 0) return fail(Code::runner_unavailable, "The runner closed its socket");
    into = into.subspan(count);
  }
  return {};
}

Result<FromRunner> read_message(const stream::Descriptor& descriptor) {
  std::array<std::uint8_t, 4> head{};
  NSL_TRY_VOID(read_exactly(descriptor, head));
  const std::uint32_t size = static_cast<std::uint32_t>(head[0]) << 24U |
                             static_cast<std::uint32_t>(head[1]) << 16U |
                             static_cast<std::uint32_t>(head[2]) << 8U | head[3];
  if (size > static_cast<std::uint32_t>(limits::kFrameBytesMax)) {
    return fail(Code::runner_protocol, "A message of the runner is too large");
  }
  Bytes body(size);
  NSL_TRY_VOID(read_exactly(descriptor, body));
  FromRunner message;
  if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return fail(Code::runner_protocol, "A message of the runner is malformed");
  }
  return message;
}

Bytes to_frame(const ToRunner& message) {
  const std::string body = message.SerializeAsString();
  const auto size = static_cast<std::uint32_t>(body.size());
  const std::array<std::uint8_t, 4> head = {
      static_cast<std::uint8_t>(size >> 24U), static_cast<std::uint8_t>(size >> 16U),
      static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
  Bytes frame;
  frame.reserve(head.size() + body.size());
  append(frame, head);
  append(frame, as_bytes(body));
  return frame;
}

}  // namespace

// One life of the supervisor.
class RunnerProcess::Connection {
 public:
  explicit Connection(ChildProcess child)
      : child_(std::move(child)), reader_([this] { read_until_closed(); }) {}

  ~Connection() {
    stream::shut_down(child_.socket());
    reader_.join();
  }

  bool is_open() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return is_open_;
  }

  Result<void> send(const ToRunner& message) NSL_EXCLUDES(write_mutex_) {
    MutexLock lock(write_mutex_);
    return stream::write_all(child_.socket(), to_frame(message));
  }

  void add(std::uint64_t run_key) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    waiting_[run_key];
  }

  // The run's end is still told.
  void cancel(std::uint64_t run_key) NSL_EXCLUDES(write_mutex_) {
    ToRunner message;
    message.mutable_cancel_run()->set_run_key(run_key);
    static_cast<void>(send(message));
  }

  void remove(std::uint64_t run_key) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    waiting_.erase(run_key);
  }

  // The next message for the run.
  Result<FromRunner> next(std::uint64_t run_key, const Deadline& deadline) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    for (;;) {
      std::deque<FromRunner>& messages = waiting_[run_key];
      if (!messages.empty()) {
        FromRunner message = std::move(messages.front());
        messages.pop_front();
        return message;
      }
      if (!is_open_) return fail(Code::runner_unavailable, "The runner went away");
      if (arrived_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) {
        return fail(Code::deadline_exceeded, "The runner did not answer in time");
      }
    }
  }

 private:
  void read_until_closed() NSL_EXCLUDES(mutex_) {
    for (;;) {
      Result<FromRunner> message = read_message(child_.socket());
      if (!message.has_value()) {
        log_failure("runner", "The connection to the runner ended", message.error());
        break;
      }
      if (!deliver(*std::move(message))) break;
    }
    {
      MutexLock lock(mutex_);
      is_open_ = false;
    }
    arrived_.notify_all();
  }

  // False when the runner must not be listened to any longer.
  bool deliver(FromRunner message) NSL_EXCLUDES(mutex_) {
    const std::uint64_t run_key = run_key_of(message);
    {
      MutexLock lock(mutex_);
      const auto found = waiting_.find(run_key);
      // A run nobody waits for any more, or the notice that a zygote is ready.
      if (found == waiting_.end()) return true;
      const auto most =
          static_cast<std::size_t>(limits::kFunctionLogLinesMax + limits::kRunHostCallsMax + 1);
      if (found->second.size() >= most) return false;
      found->second.push_back(std::move(message));
    }
    arrived_.notify_all();
    return true;
  }

  ChildProcess child_;
  Mutex write_mutex_;
  Mutex mutex_;
  CondVar arrived_;
  std::map<std::uint64_t, std::deque<FromRunner>> waiting_ NSL_GUARDED_BY(mutex_);
  bool is_open_ NSL_GUARDED_BY(mutex_) = true;
  std::thread reader_;
};

struct RunnerProcess::State {
  Mutex mutex;
  // Shared by the runs alive on it; the last one to leave ends a connection that was replaced.
  std::shared_ptr<Connection> connection NSL_GUARDED_BY(mutex);
  std::uint64_t next_run_key NSL_GUARDED_BY(mutex) = 1;
};

RunnerProcess::RunnerProcess(Command command, const Clock& clock)
    : command_(std::move(command)), clock_(clock), state_(std::make_unique<State>()) {}
RunnerProcess::~RunnerProcess() = default;

std::shared_ptr<RunnerProcess::Connection> RunnerProcess::connected() {
  MutexLock lock(state_->mutex);
  if (state_->connection == nullptr || !state_->connection->is_open()) {
    state_->connection.reset();
    std::vector<std::string> arguments;
    for (const std::string& layer : command_.layers_waived) {
      arguments.insert(arguments.end(), {"--without-layer", layer});
    }
    Result<ChildProcess> child = ChildProcess::start(command_.program, arguments);
    if (!child.has_value()) {
      log_failure("runner", "The runner did not start", child.error());
      return nullptr;
    }
    state_->connection = std::make_shared<Connection>(*std::move(child));
  }
  return state_->connection;
}

Result<runner::v1::RunFinished> RunnerProcess::run(runner::v1::StartRun start, RunHandler& handler,
                                                   const Deadline& deadline) {
  const std::shared_ptr<Connection> connection = connected();
  if (connection == nullptr) return fail(Code::runner_unavailable);
  std::uint64_t run_key = 0;
  {
    MutexLock lock(state_->mutex);
    run_key = state_->next_run_key++;
  }
  start.set_run_key(run_key);
  const Deadline patience = deadline.earlier_of(
      Deadline::after_ms(clock_, std::int64_t{start.limits().wall_ms()} + kGraceMs));
  ToRunner message;
  *message.mutable_start_run() = std::move(start);
  connection->add(run_key);
  struct Leave {
    Connection& connection;
    std::uint64_t run_key;
    ~Leave() { connection.remove(run_key); }
  } const leave{*connection, run_key};
  NSL_TRY_VOID(connection->send(message));
  bool is_cancelled = false;
  for (;;) {
    const Deadline look = patience.earlier_of(Deadline::after_ms(clock_, kCancelLookMs));
    Result<FromRunner> arrived = connection->next(run_key, look);
    if (!is_cancelled && handler.is_cancelled()) {
      is_cancelled = true;
      connection->cancel(run_key);
    }
    if (!arrived.has_value()) {
      const bool has_time = arrived.error().code() == Code::deadline_exceeded;
      if (has_time && !patience.has_passed(clock_)) continue;
      connection->cancel(run_key);
      return fail(arrived.error());
    }
    if (arrived->has_run_finished()) return std::move(*arrived->mutable_run_finished());
    if (arrived->has_log_line()) {
      handler.log_line(arrived->log_line().level(), arrived->log_line().text());
      continue;
    }
    if (is_cancelled) continue;
    const runner::v1::HostCall& call = arrived->host_call();
    const Result<std::string> reply =
        handler.host_call(call.index(), call.method(), call.arguments());
    ToRunner answer;
    runner::v1::HostReply& host_reply = *answer.mutable_host_reply();
    host_reply.set_run_key(run_key);
    host_reply.set_call_id(call.call_id());
    host_reply.set_time_ms(static_cast<std::uint64_t>(handler.time().value()));
    if (reply.has_value()) {
      host_reply.set_ok(*reply);
    } else {
      host_reply.mutable_error()->set_code(std::string(code_text(reply.error().code())));
      host_reply.mutable_error()->set_message(reply.error().message());
    }
    NSL_TRY_VOID(connection->send(answer));
  }
}

}  // namespace nsl::enclave::execution
