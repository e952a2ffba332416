// An endpoint in the form the kernel takes. A pure conversion: core opens no socket.
#pragma once

#include <sys/socket.h>

#include "core/wire/endpoint.h"

namespace nsl::wire {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  // Valid as long as this object is.
  const sockaddr* pointer() const;
};

SocketAddress to_socket_address(const Endpoint& endpoint);

}  // namespace nsl::wire
