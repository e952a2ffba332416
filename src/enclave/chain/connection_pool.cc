#include "enclave/chain/connection_pool.h"

namespace nsl::enclave::chain {

Result<outcall::HttpReply> ConnectionPool::exchange(const outcall::HttpRequest& request,
                                                    const outcall::EgressPolicy& policy,
                                                    const Deadline& deadline) {
  std::unique_ptr<outcall::HttpConnection> connection;
  {
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection == nullptr) connection = std::make_unique<outcall::HttpConnection>(parts_);
  Result<outcall::HttpReply> reply = connection->exchange(request, policy, deadline);
  MutexLock lock(mutex_);
  idle_.push_back(std::move(connection));
  return reply;
}

}  // namespace nsl::enclave::chain
