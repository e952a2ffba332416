// SAFETY: the kernel calls below take only descriptors owned by a live Descriptor or Waker, and
// buffers whose size is passed with them.
#include "enclave/stream/descriptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/wire/socket_address.h"

namespace nsl::enclave::stream {
namespace {

std::unexpected<Error> system_failure(Code code, const char* call) {
  return fail(code, std::string(code_title(code)), std::string(call) + ": " + strerror(errno));
}

void remove_dead_socket(const wire::Endpoint& endpoint) {
  const auto* unix_endpoint = std::get_if<wire::UnixEndpoint>(&endpoint);
  if (unix_endpoint == nullptr) return;
  struct stat status{};
  if (lstat(unix_endpoint->path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    unlink(unix_endpoint->path.c_str());
  }
}

int poll_timeout_ms(const Deadline& deadline, const Clock& clock) {
  return static_cast<int>(std::min<std::int64_t>(deadline.ms_left(clock), 60'000));
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (is_open()) close(number_);
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (is_open()) close(number_);
}

Waker::Waker() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { NSL_ASSERT(event_.is_open()); }

void Waker::wake() const {
  const std::uint64_t one = 1;
  // A full counter (EAGAIN) is already awake.
  [[maybe_unused]] const auto written = write(event_.number(), &one, sizeof(one));
}

Result<Descriptor> listen_on(const wire::Endpoint& endpoint) {
  const wire::SocketAddress address = wire::to_socket_address(endpoint);
  Descriptor listener(socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener.is_open()) return system_failure(Code::io_failed, "socket");
  remove_dead_socket(endpoint);
  // The mode of the socket file is that of the descriptor at bind (unix(7)).
  if (address.family() == AF_UNIX && fchmod(listener.number(), 0600) != 0) {
    return system_failure(Code::io_failed, "fchmod");
  }
  if (bind(listener.number(), address.pointer(), address.size) != 0) {
    return system_failure(Code::io_failed, "bind");
  }
  constexpr int kBacklog = 16;
  if (listen(listener.number(), kBacklog) != 0) return system_failure(Code::io_failed, "listen");
  return listener;
}

Result<Descriptor> accept_from(const Descriptor& listener, const Waker& waker) {
  for (;;) {
    std::array<pollfd, 2> waits = {{{.fd = listener.number(), .events = POLLIN, .revents = 0},
                                    {.fd = waker.number(), .events = POLLIN, .revents = 0}}};
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
      return system_failure(Code::io_failed, "poll");
    }
    if (waits[1].revents != 0) return fail(Code::cancelled);
    if (waits[0].revents == 0) continue;
    Descriptor connection(accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.is_open()) return connection;
    const bool is_peers_fault = errno == EINTR || errno == ECONNABORTED || errno == EAGAIN;
    if (!is_peers_fault) return system_failure(Code::io_failed, "accept");
  }
}

Result<Descriptor> connect_to(const wire::Endpoint& endpoint, const Deadline& deadline,
                              const Clock& clock) {
  const wire::SocketAddress address = wire::to_socket_address(endpoint);
  Descriptor result(socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!result.is_open()) return system_failure(Code::io_failed, "socket");
  if (connect(result.number(), address.pointer(), address.size) == 0) return result;
  if (errno != EINPROGRESS) return system_failure(Code::unavailable, "connect");
  NSL_TRY_VOID(wait_until_ready(result.number(), Readiness::writable, deadline, clock));
  int failure = 0;
  socklen_t size = sizeof(failure);
  if (getsockopt(result.number(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0) {
    errno = failure;
    return system_failure(Code::unavailable, "connect");
  }
  return result;
}

Result<std::size_t> read_some(const Descriptor& descriptor, std::span<std::uint8_t> into) {
  for (;;) {
    const ssize_t size = recv(descriptor.number(), into.data(), into.size(), 0);
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) return system_failure(Code::connection_lost, "recv");
  }
}

Result<void> write_all(const Descriptor& descriptor, ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t piece =
        std::min(bytes.size(), static_cast<std::size_t>(limits::kFrameWriteBytesMax));
    const ssize_t size = send(descriptor.number(), bytes.data(), piece, MSG_NOSIGNAL);
    if (size >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return system_failure(Code::connection_lost, "send");
    }
  }
  return {};
}

void shut_down(const Descriptor& descriptor) { shutdown(descriptor.number(), SHUT_RDWR); }

Result<void> wait_until_ready(int descriptor, Readiness readiness, const Deadline& deadline,
                              const Clock& clock) {
  const short events = readiness == Readiness::readable ? POLLIN : POLLOUT;
  for (;;) {
    if (deadline.has_passed(clock)) return fail(Code::deadline_exceeded);
    pollfd wait = {.fd = descriptor, .events = events, .revents = 0};
    const int count = poll(&wait, 1, poll_timeout_ms(deadline, clock));
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return system_failure(Code::io_failed, "poll");
  }
}

}  // namespace nsl::enclave::stream
