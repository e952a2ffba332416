#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/gateway/socket.h"

namespace nsl::host::gateway {
namespace {

// SAFETY: sockaddr_in is the AF_INET form of sockaddr; every caller passes its size along.
sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

// ::ffff:a.b.c.d
ClientAddress to_client(const sockaddr_in& address) {
  ClientAddress client{};
  client[10] = client[11] = 0xff;
  // SAFETY: s_addr is four bytes in network order, and 12 + 4 is the size of the array.
  std::memcpy(client.data() + 12, &address.sin_addr.s_addr, 4);
  return client;
}

}  // namespace

Result<Socket> Socket::listen(std::uint16_t port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_listening =
      socket.descriptor_ >= 0 &&
      ::setsockopt(socket.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
      ::bind(socket.descriptor_, generic(address), sizeof(address)) == 0 &&
      ::listen(socket.descriptor_, SOMAXCONN) == 0;
  if (!is_listening) {
    return fail(Code::io_failed, "The gateway cannot listen on its port", std::strerror(errno));
  }
  return socket;
}

Result<std::optional<Socket::Accepted>> Socket::accept() {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  const int accepted =
      ::accept4(descriptor_, generic(address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) {
    // The peer may have gone already; then the next one is asked for.
    const bool is_nobody = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
    if (is_nobody) return std::nullopt;
    return fail(Code::io_failed, "A connection cannot be accepted", std::strerror(errno));
  }
  const int on = 1;
  ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return Accepted{.socket = Socket(accepted), .client = to_client(address)};
}

std::uint16_t Socket::local_port() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(descriptor_, generic(address), &size);
  return ntohs(address.sin_port);
}

IoResult Socket::read_some(std::span<char> target) {
  const ssize_t size = ::recv(descriptor_, target.data(), target.size(), 0);
  if (size > 0) return {.size = static_cast<std::size_t>(size)};
  const bool is_blocked = size < 0 && (errno == EAGAIN || errno == EINTR);
  return {.kind = is_blocked ? IoResult::Kind::would_block : IoResult::Kind::ended};
}

IoResult Socket::write_some(std::string_view bytes) {
  const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size > 0) return {.size = static_cast<std::size_t>(size)};
  const bool is_blocked = size < 0 && (errno == EAGAIN || errno == EINTR);
  return {.kind = is_blocked ? IoResult::Kind::would_block : IoResult::Kind::ended};
}

void Socket::shutdown_sending() { ::shutdown(descriptor_, SHUT_WR); }

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace nsl::host::gateway
