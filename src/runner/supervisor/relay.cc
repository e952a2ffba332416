// What passes between the enclave and the runs. Everything a run sends is bounded and checked here
// before the enclave hears of it.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "runner/abi/json_text.h"
#include "runner/supervisor/state.h"

namespace nsl::runner::supervisor {
namespace {

constexpr std::string_view kTruncated = "The log limit is reached; later lines are dropped";
// An engine stops at the log limit by itself; this many frames beyond it are an attack.
constexpr std::uint32_t kLogDroppedMax = 64;

v1::LogLine::Level to_level(abi::LogLevel level) {
  switch (level) {
    case abi::LogLevel::debug:
      return v1::LogLine::DEBUG;
    case abi::LogLevel::info:
      return v1::LogLine::INFO;
    case abi::LogLevel::warning:
      return v1::LogLine::WARNING;
    case abi::LogLevel::error:
      return v1::LogLine::ERROR;
  }
  return v1::LogLine::ERROR;
}

}  // namespace

void Supervisor::take(const v1::StartRun& start) {
  if (!keys_.insert(start.run_key()).second) {
    log_error("supervisor", "run key used twice", {{"run_key", start.run_key()}});
    return;
  }
  const std::size_t bytes = start.ByteSizeLong();
  if (waiting_.size() >= static_cast<std::size_t>(limits::kRunsQueuedMax) ||
      waiting_bytes_ + bytes > static_cast<std::size_t>(limits::kRunsQueuedBytesMax)) {
    keys_.erase(start.run_key());
    v1::RunFinished refused = to_finished({.process = Ending::Process::not_started});
    refused.mutable_error()->set_code(std::string(code_text(Code::overloaded)));
    refused.mutable_error()->set_message("Too many runs are waiting");
    send_finished(std::move(refused), start.run_key());
    return;
  }
  is_compiler_wanted_ |= role_for(start.kind()) == ZygoteRole::compiles;
  waiting_.push_back(start);
  waiting_bytes_ += bytes;
}

void Supervisor::take(const v1::HostReply& reply) {
  const auto found = std::ranges::find_if(
      runs_, [&reply](const auto& candidate) { return candidate->key == reply.run_key(); });
  // The run may have ended while the enclave worked.
  if (found == runs_.end()) return;
  LiveRun& run = **found;
  if (run.calls_open.erase(reply.call_id()) == 0) {
    log_error("supervisor", "reply to no call", {{"call_id", reply.call_id()}});
    return;
  }
  abi::Reply out{.call_id = reply.call_id(),
                 .time_ms = reply.time_ms() != 0 ? reply.time_ms() : posix::wall_ms()};
  if (reply.has_error()) {
    out.code = reply.error().code().empty() ? code_text(Code::internal) : reply.error().code();
    out.value = abi::utf8_prefix(reply.error().message(), abi::kMessageBytesMax);
  } else if (reply.ok().size() > static_cast<std::size_t>(limits::kHostCallBytesMax)) {
    out.code = code_text(Code::run_host_call_refused);
    out.value = "The reply is larger than " + std::to_string(limits::kHostCallBytesMax) + " bytes";
  } else {
    out.value = reply.ok();
  }
  this->reply(run, out);
}

void Supervisor::take(const v1::CancelRun& cancel) {
  const auto waiting = std::ranges::find_if(waiting_, [&cancel](const v1::StartRun& candidate) {
    return candidate.run_key() == cancel.run_key();
  });
  if (waiting != waiting_.end()) {
    waiting_bytes_ -= waiting->ByteSizeLong();
    waiting_.erase(waiting);
    keys_.erase(cancel.run_key());
    send_finished(to_finished({.kill = KillReason::cancelled}), cancel.run_key());
    return;
  }
  for (const auto& run : runs_) {
    if (run->key == cancel.run_key()) kill(*run, KillReason::cancelled);
  }
}

void Supervisor::reply(LiveRun& run, const abi::Reply& reply) {
  run.out.put(abi::encode(reply));
  write_run(run);
}

void Supervisor::write_run(LiveRun& run) {
  while (!run.out.is_empty() && !run.is_socket_closed) {
    const auto transfer = posix::write_some(run.socket.number(), run.out.view());
    // A run that does not read any more may still have something to say.
    if (transfer.is_closed) run.out = {};
    if (transfer.count == 0) return;
    run.out.consume(transfer.count);
  }
}

bool Supervisor::read_run(LiveRun& run) {
  std::array<std::uint8_t, 65536> buffer;
  const auto transfer = posix::read_some(run.socket.number(), buffer);
  run.is_socket_closed = transfer.is_closed;
  if (transfer.count == 0) return false;
  // What a killed run still says is read, so that its socket comes to its end, and dropped.
  if (run.killed_us > 0) return true;
  run.in.feed(ByteView(buffer).first(transfer.count));
  take_frames(run);
  return true;
}

void Supervisor::take_frames(LiveRun& run) {
  while (run.killed_us == 0) {
    const auto body = run.in.next();
    if (body.has_value() && !body->has_value()) return;
    auto frame = body.has_value() ? abi::parse_from_run(**body)
                                  : Result<abi::FromRun>(std::unexpected(body.error()));
    // A result is the last thing a run says.
    if (!frame.has_value() || run.done.has_value()) {
      kill(run, KillReason::protocol);
    } else if (auto* call = std::get_if<abi::Call>(&*frame)) {
      take(run, *call);
    } else if (auto* log = std::get_if<abi::LogText>(&*frame)) {
      take(run, *log);
    } else {
      take(run, std::get<abi::Done>(std::move(*frame)));
    }
  }
}

void Supervisor::take(LiveRun& run, const abi::Call& call) {
  // Call ids are the index that effects are keyed by: they count without a gap.
  // What compiles has nobody to call.
  if (call.call_id != run.calls_made || run.kind == v1::COMPILE ||
      call.arguments.size() > static_cast<std::size_t>(limits::kHostCallBytesMax) ||
      run.calls_open.size() >= static_cast<std::size_t>(limits::kRunHostCallsInFlightMax) ||
      !abi::is_json_text(call.arguments)) {
    kill(run, KillReason::protocol);
    return;
  }
  ++run.calls_made;
  if (run.calls_made > run.limits.host_calls()) {
    reply(run,
          {.call_id = call.call_id,
           .code = std::string(code_text(Code::run_host_calls_exceeded)),
           .value = "The run may make " + std::to_string(run.limits.host_calls()) + " host calls"});
    return;
  }
  run.calls_open.insert(call.call_id);
  v1::FromRunner message;
  v1::HostCall& out = *message.mutable_host_call();
  out.set_run_key(run.key);
  out.set_call_id(call.call_id);
  out.set_index(call.call_id);
  out.set_method(call.method);
  out.set_arguments(call.arguments);
  channel_.send(message);
}

void Supervisor::take(LiveRun& run, const abi::LogText& log) {
  const std::string_view text =
      abi::utf8_prefix(log.text, static_cast<std::size_t>(limits::kLogLineBytesMax));
  const bool is_over = run.log_dropped > 0 ||
                       run.log_bytes + text.size() > run.limits.log_bytes() ||
                       run.log_lines >= static_cast<std::uint32_t>(limits::kFunctionLogLinesMax);
  if (!is_over) {
    run.log_bytes += text.size();
    ++run.log_lines;
    send_log(run, log.level, text);
    return;
  }
  if (run.log_dropped++ == 0) send_log(run, abi::LogLevel::warning, kTruncated);
  if (run.log_dropped > kLogDroppedMax) kill(run, KillReason::protocol);
}

void Supervisor::take(LiveRun& run, abi::Done&& done) { run.done = std::move(done); }

void Supervisor::send_log(const Run& run, abi::LogLevel level, std::string_view text) {
  v1::FromRunner message;
  v1::LogLine& line = *message.mutable_log_line();
  line.set_run_key(run.key);
  line.set_level(to_level(level));
  line.set_text(std::string(text));
  channel_.send(message);
}

}  // namespace nsl::runner::supervisor
