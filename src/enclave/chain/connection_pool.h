// ConnectionPool: kept-alive connections to one Neo node, shared by the enclave's workers. Each
// exchange has a connection to itself.
#pragma once

#include <memory>
#include <vector>

#include "core/base/mutex.h"
#include "enclave/outcall/http_client.h"

namespace nsl::enclave::chain {

class ConnectionPool final : public outcall::HttpExchanger {
 public:
  explicit ConnectionPool(outcall::HttpParts parts) : parts_(parts) {}

  Result<outcall::HttpReply> exchange(const outcall::HttpRequest& request,
                                      const outcall::EgressPolicy& policy,
                                      const Deadline& deadline) override NSL_EXCLUDES(mutex_);

 private:
  const outcall::HttpParts parts_;
  Mutex mutex_;
  // LIMIT: never more than there are workers, because each worker uses one at a time.
  std::vector<std::unique_ptr<outcall::HttpConnection>> idle_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::chain
