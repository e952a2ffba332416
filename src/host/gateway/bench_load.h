// What the gateway's benchmark measures with: a server in a process of its own, whose CPU time is
// read from outside, and one thread of keep-alive clients that drives it. The raw server is the
// limit: an epoll loop that reads, does not look, and writes a constant reply.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace nsl::host::gateway {

// A child process that serves until it is destroyed. `serve` runs in the child: it calls `ready`
// with its port and then blocks.
class ServerProcess final {
 public:
  using Ready = std::function<void(std::uint16_t port)>;
  explicit ServerProcess(const std::function<void(const Ready&)>& serve);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const { return port_; }
  // User and system time so far, in nanoseconds.
  std::int64_t cpu_ns() const;

 private:
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
};

// Blocks for ever.
void serve_raw(std::string_view reply, const ServerProcess::Ready& ready);

// Keeps `connection_count` connections busy with `request` until `request_count` replies are read.
// Aborts when a reply is not 200.
void drive(std::uint16_t port, std::string_view request, int connection_count, int request_count);

// Binds this process and its later threads to one core, where the machine has it.
void pin_to_core(unsigned core);

// Everything this process writes to standard error goes to an unnamed file instead.
void redirect_log_to_file();

// The bytes of one reply on a connection of its own.
std::string fetch_once(std::uint16_t port, std::string_view request);

[[noreturn]] void sleep_for_ever();

}  // namespace nsl::host::gateway
