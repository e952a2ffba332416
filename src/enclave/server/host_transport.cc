#include "enclave/server/host_transport.h"

#include <utility>

#include "enclave/server/connection.h"

namespace nsl::enclave::server {

Result<std::string> HostTransport::call(std::string_view service, std::string_view method,
                                        std::string payload, const Deadline& deadline) {
  const ServedRequest* const parent = ServedRequest::of_this_thread();
  std::shared_ptr<Connection> connection;
  {
    MutexLock lock(mutex_);
    connection = connection_;
  }
  if (parent != nullptr && parent->connection != connection.get()) {
    return fail(Code::connection_lost, "The connection that asked for this is gone");
  }
  if (connection == nullptr) return fail(Code::unavailable, "No host is connected");
  return connection->call(parent, {service, method, std::move(payload)}, deadline);
}

void HostTransport::attach(std::shared_ptr<Connection> connection) {
  MutexLock lock(mutex_);
  connection_ = std::move(connection);
}

}  // namespace nsl::enclave::server
