#include "host/gateway/bench_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

#include "core/base/assert.h"

namespace nsl::host::gateway {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// SAFETY: sockaddr_in is the AF_INET form of sockaddr; every caller passes its size along.
sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(port);
  NSL_ASSERT(::connect(socket, generic(address), sizeof(address)) == 0);
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

void add_to(int epoll, int socket, std::uint32_t index) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = index;
  NSL_ASSERT(::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0);
}

// True once `received` starts with a whole reply of status 200.
bool is_complete(const std::string& received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length = received.find(kLength);
  NSL_ASSERT(received.starts_with("HTTP/1.1 200 ") && length < end);
  return received.size() >= end + 4 + std::stoul(received.substr(length + kLength.size(), 8));
}

bool read_reply(int socket, std::string& received) {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), 0);
  NSL_ASSERT(size > 0);
  received.append(buffer.data(), static_cast<std::size_t>(size));
  return is_complete(received);
}

}  // namespace

ServerProcess::ServerProcess(const std::function<void(const Ready&)>& serve) {
  std::array<int, 2> pipe{};
  NSL_ASSERT(::pipe(pipe.data()) == 0);
  process_ = ::fork();
  NSL_ASSERT(process_ >= 0);
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve([&pipe](std::uint16_t port) {
      NSL_ASSERT(::write(pipe[1], &port, sizeof(port)) == sizeof(port));
    });
    ::_exit(0);
  }
  NSL_ASSERT(::read(pipe[0], &port_, sizeof(port_)) == sizeof(port_));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

ServerProcess::~ServerProcess() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::int64_t ServerProcess::cpu_ns() const {
  clockid_t clock{};
  NSL_ASSERT(::clock_getcpuclockid(process_, &clock) == 0);
  timespec time{};
  NSL_ASSERT(::clock_gettime(clock, &time) == 0);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

void serve_raw(std::string_view reply, const ServerProcess::Ready& ready) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  NSL_ASSERT(::bind(listener, generic(address), size) == 0 && ::listen(listener, 1024) == 0);
  NSL_ASSERT(::getsockname(listener, generic(address), &size) == 0);
  const int epoll = ::epoll_create1(0);
  add_to(epoll, listener, 0);
  ready(ntohs(address.sin_port));
  std::array<epoll_event, 128> events{};
  std::array<char, 8192> buffer{};
  while (true) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto socket = static_cast<int>(events[static_cast<std::size_t>(i)].data.u32);
      if (socket == 0) {
        const int accepted = ::accept(listener, nullptr, nullptr);
        add_to(epoll, accepted, static_cast<std::uint32_t>(accepted));
      } else if (::read(socket, buffer.data(), buffer.size()) <= 0) {
        ::close(socket);
      } else {
        NSL_ASSERT(::write(socket, reply.data(), reply.size()) ==
                   static_cast<ssize_t>(reply.size()));
      }
    }
  }
}

void drive(std::uint16_t port, std::string_view request, int connection_count, int request_count) {
  const int epoll = ::epoll_create1(0);
  std::vector<int> sockets;
  std::vector<std::string> received(static_cast<std::size_t>(connection_count));
  int sent = 0;
  const auto send = [&](int socket) {
    NSL_ASSERT(::send(socket, request.data(), request.size(), 0) ==
               static_cast<ssize_t>(request.size()));
    ++sent;
  };
  for (int i = 0; i < connection_count; ++i) {
    sockets.push_back(connect_to(port));
    add_to(epoll, sockets.back(), static_cast<std::uint32_t>(i));
    send(sockets.back());
  }
  std::array<epoll_event, 128> events{};
  for (int done = 0; done < request_count;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const std::size_t index = events[static_cast<std::size_t>(i)].data.u32;
      if (!read_reply(sockets[index], received[index])) continue;
      received[index].clear();
      ++done;
      if (sent < request_count) send(sockets[index]);
    }
  }
  for (const int socket : sockets) ::close(socket);
  ::close(epoll);
}

void pin_to_core(unsigned core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  // Fails on a machine with fewer cores, which then shares the one it has.
  ::sched_setaffinity(0, sizeof(cores), &cores);
}

void redirect_log_to_file() {
  std::FILE* const file = std::tmpfile();
  NSL_ASSERT(file != nullptr && ::dup2(::fileno(file), STDERR_FILENO) == STDERR_FILENO);
}

std::string fetch_once(std::uint16_t port, std::string_view request) {
  const int socket = connect_to(port);
  NSL_ASSERT(::send(socket, request.data(), request.size(), 0) ==
             static_cast<ssize_t>(request.size()));
  std::string received;
  while (!read_reply(socket, received)) {
  }
  ::close(socket);
  return received;
}

void sleep_for_ever() {
  while (true) ::pause();
}

}  // namespace nsl::host::gateway
