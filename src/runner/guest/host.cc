#include "runner/guest/host.h"

#include <utility>
#include <variant>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::runner::guest {

abi::Job receive_code(int socket) {
  abi::ToRun frame = RunSocket(socket).receive();
  auto* job = std::get_if<abi::Job>(&frame);
  NSL_ASSERT(job != nullptr);
  return std::move(*job);
}

abi::Job Host::receive_job(HeldClocks clocks) {
  abi::ToRun frame = socket_.receive();
  auto* job = std::get_if<abi::Job>(&frame);
  NSL_ASSERT(job != nullptr);
  // Of a run before nothing is left open: the supervisor would not reuse the process.
  calls_made_ = calls_sent_ = calls_answered_ = 0;
  calls_waiting_.clear();
  log_bytes_ = 0;
  log_lines_ = 0;
  is_log_full_ = false;
  log_bytes_max_ = job->log_bytes;
  RunClock::begin(clocks, job->time_ms, job->seed);
  return std::move(*job);
}

std::uint32_t Host::call(std::string method, std::string arguments) {
  const std::uint32_t id = calls_made_++;
  std::string frame = abi::encode(
      abi::Call{.call_id = id, .method = std::move(method), .arguments = std::move(arguments)});
  if (calls_sent_ - calls_answered_ < limits::kRunHostCallsInFlightMax) {
    ++calls_sent_;
    socket_.send(frame);
  } else {
    calls_waiting_.push_back(std::move(frame));
  }
  return id;
}

abi::Reply Host::receive_reply() {
  abi::ToRun frame = socket_.receive();
  auto* reply = std::get_if<abi::Reply>(&frame);
  NSL_ASSERT(reply != nullptr && has_calls_open());
  ++calls_answered_;
  RunClock::move_to(reply->time_ms);
  if (!calls_waiting_.empty()) {
    ++calls_sent_;
    socket_.send(calls_waiting_.front());
    calls_waiting_.pop_front();
  }
  return std::move(*reply);
}

void Host::log(abi::LogLevel level, std::string_view text) {
  if (is_log_full_) return;
  text = abi::utf8_prefix(text, static_cast<std::size_t>(limits::kLogLineBytesMax));
  log_bytes_ += text.size();
  ++log_lines_;
  // The line that passes the limit is still sent: the supervisor answers it with its notice.
  is_log_full_ = log_bytes_ > log_bytes_max_ || log_lines_ > limits::kFunctionLogLinesMax;
  socket_.send(abi::encode(abi::LogText{.level = level, .text = std::string(text)}));
}

}  // namespace nsl::runner::guest
