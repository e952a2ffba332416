#include "core/wire/socket_address.h"

// linux/vm_sockets.h needs sys/socket.h first.
#include <linux/vm_sockets.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "core/base/assert.h"

namespace nsl::wire {

const sockaddr* SocketAddress::pointer() const {
  // SAFETY: sockaddr_storage is made to be read as any sockaddr (POSIX sys/socket.h).
  return reinterpret_cast<const sockaddr*>(&storage);
}

SocketAddress to_socket_address(const Endpoint& endpoint) {
  SocketAddress result;
  if (const auto* unix_endpoint = std::get_if<UnixEndpoint>(&endpoint)) {
    NSL_ASSERT(unix_endpoint->path.size() <= kUnixPathBytesMax);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, unix_endpoint->path.data(), unix_endpoint->path.size());
    result.size =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + unix_endpoint->path.size() + 1);
    // SAFETY: sockaddr_storage is at least as large as every sockaddr.
    std::memcpy(&result.storage, &address, sizeof(address));
    return result;
  }
  const auto& vsock = std::get<VsockEndpoint>(endpoint);
  sockaddr_vm address{};
  address.svm_family = AF_VSOCK;
  address.svm_cid = vsock.cid;
  address.svm_port = vsock.port;
  result.size = sizeof(address);
  // SAFETY: sockaddr_storage is at least as large as every sockaddr.
  std::memcpy(&result.storage, &address, sizeof(address));
  return result;
}

}  // namespace nsl::wire
