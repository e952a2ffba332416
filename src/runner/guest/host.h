// A run's conversation with the supervisor as an engine's native functions see it: numbered calls,
// log lines within the limit, replies. Calls beyond the number that may wait at a time are kept
// here and sent, in order, as replies come in.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "runner/guest/run_clock.h"
#include "runner/guest/socket.h"

namespace nsl::runner::guest {

// What a template loads: a job that holds code and nothing else.
abi::Job receive_code(int socket);

class Host {
 public:
  explicit Host(int socket) : socket_(socket) {}

  // The run's clock and randomness are the job's from then on.
  abi::Job receive_job(HeldClocks clocks);
  // The id of the call.
  std::uint32_t call(std::string method, std::string arguments);
  bool has_calls_open() const { return calls_made_ > calls_answered_; }
  // Waits for the next reply.
  abi::Reply receive_reply();

  void log(abi::LogLevel level, std::string_view text);
  bool is_log_full() const { return is_log_full_; }

  void finish(const abi::Done& done) { socket_.send(abi::encode(done)); }

 private:
  RunSocket socket_;
  std::uint32_t calls_made_ = 0;
  std::uint32_t calls_sent_ = 0;
  std::uint32_t calls_answered_ = 0;
  std::deque<std::string> calls_waiting_;
  std::uint64_t log_bytes_max_ = 0;
  std::uint64_t log_bytes_ = 0;
  std::uint32_t log_lines_ = 0;
  bool is_log_full_ = false;
};

}  // namespace nsl::runner::guest
