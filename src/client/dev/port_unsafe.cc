#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "client/dev/port.h"
#include "core/base/assert.h"

namespace nsl::client::dev {

Result<ReservedPort> ReservedPort::take(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(Code::io_failed, "Cannot open a socket");
  ReservedPort reserved(descriptor, port);
  const int shared = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &shared, sizeof(shared));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = ::htons(port);
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  // SAFETY: the kernel reads and writes a sockaddr_in for an AF_INET socket, `size` bytes at most.
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(descriptor, any, size) != 0) {
    return fail(Code::conflict, "Another program uses port " + std::to_string(port) +
                                    " of 127.0.0.1; name another one with --port");
  }
  const int named = ::getsockname(descriptor, any, &size);
  NSL_ASSERT(named == 0);  // The socket is ours and bound.
  reserved.number_ = ::ntohs(address.sin_port);
  return reserved;
}

ReservedPort::~ReservedPort() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ReservedPort::ReservedPort(ReservedPort&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), number_(other.number_) {}

}  // namespace nsl::client::dev
