// The one thread that writes. It takes everything that arrived while the previous transaction was
// flushing and commits it as one transaction, so that one flush to disk serves many requests. Each
// of several has its own savepoint: one that fails takes nothing of its neighbours with it.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/bounded_queue.h"
#include "core/base/result.h"
#include "host/store/sqlite.h"

namespace nsl::host::store {

class GroupWriter {
 public:
  using Work = std::function<Result<void>(Database&)>;

  explicit GroupWriter(std::unique_ptr<Database> database);
  // Finishes what was accepted.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  // Blocks until the work is durable or has failed. Code::overloaded when too much waits.
  Result<void> run(Work work);

 private:
  struct Request;

  void write_until_closed();
  void write_group(const std::vector<Request*>& group);
  Result<void> write_transaction(const std::vector<Request*>& group);
  Result<void> write_alone(Request& request);
  Result<void> write_one(Request& request);
  Result<void> check_transaction(const Request& request) const;
  void undo();

  const std::unique_ptr<Database> database_;
  BoundedQueue<Request*> queue_;
  std::thread thread_;
};

}  // namespace nsl::host::store
