#include "host/store/group_writer.h"

#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/mutex.h"

namespace nsl::host::store {
namespace {

Result<void> finish(Database& database, std::string_view sql) {
  NSL_TRY(Query query, database.query(sql));
  return query.finish();
}

}  // namespace

// Lives on the stack of the caller, who waits until it is done.
struct GroupWriter::Request {
  explicit Request(Work what) : work(std::move(what)) {}

  void complete(Result<void> value) NSL_EXCLUDES(mutex) {
    MutexLock lock(mutex);
    result = std::move(value);
    is_done = true;
    // Under the lock: once it is released the waiter may destroy this object.
    changed.notify_one();
  }
  Result<void> wait() NSL_EXCLUDES(mutex) {
    MutexLock lock(mutex);
    while (!is_done) changed.wait(lock);
    return std::move(result);
  }

  Work work;
  // What the work itself said; its fate is known only once the transaction is flushed. Used by the
  // writer thread alone.
  Result<void> outcome;
  Mutex mutex;
  CondVar changed;
  Result<void> result NSL_GUARDED_BY(mutex);
  bool is_done NSL_GUARDED_BY(mutex) = false;
};

GroupWriter::GroupWriter(std::unique_ptr<Database> database)
    : database_(std::move(database)),
      queue_(limits::kStoreQueueMax),
      thread_([this] { write_until_closed(); }) {}

GroupWriter::~GroupWriter() {
  queue_.close();
  thread_.join();
}

Result<void> GroupWriter::run(Work work) {
  Request request(std::move(work));
  if (!queue_.try_push(&request)) return fail(Code::overloaded);
  return request.wait();
}

void GroupWriter::write_until_closed() {
  std::vector<Request*> group;
  while (true) {
    const auto batch = queue_.pop_batch(limits::kStoreBatchMax);
    if (batch.empty()) return;
    group.assign(batch.begin(), batch.end());
    write_group(group);
  }
}

void GroupWriter::write_group(const std::vector<Request*>& group) {
  const Result<void> written = write_transaction(group);
  if (!written.has_value()) {
    log_failure("store", "group commit failed", written.error());
    undo();
    // Whether the flush reached the disk is unknown: nobody may take it for done.
    for (Request* request : group) request->complete(fail(written.error()));
    return;
  }
  for (Request* request : group) request->complete(std::move(request->outcome));
}

void GroupWriter::undo() {
  if (!database_->in_transaction()) return;
  const Result<void> undone = database_->run("ROLLBACK");
  if (!undone.has_value()) log_failure("store", "rollback failed", undone.error());
}

Result<void> GroupWriter::write_transaction(const std::vector<Request*>& group) {
  NSL_TRY_VOID(database_->run("BEGIN IMMEDIATE"));
  if (group.size() == 1) return write_alone(*group.front());
  for (Request* request : group) NSL_TRY_VOID(write_one(*request));
  return finish(*database_, "COMMIT");
}

// The transaction is the request's own, so that nothing beside it needs to be undone.
Result<void> GroupWriter::write_alone(Request& request) {
  request.outcome = request.work(*database_);
  NSL_TRY_VOID(check_transaction(request));
  if (request.outcome.has_value()) return finish(*database_, "COMMIT");
  undo();
  return {};
}

// A failure of this function, unlike request.outcome, is a failure of the whole transaction.
Result<void> GroupWriter::write_one(Request& request) {
  NSL_TRY_VOID(finish(*database_, "SAVEPOINT request"));
  request.outcome = request.work(*database_);
  NSL_TRY_VOID(check_transaction(request));
  if (!request.outcome.has_value()) {
    NSL_TRY_VOID(finish(*database_, "ROLLBACK TO request"));
  }
  return finish(*database_, "RELEASE request");
}

// Some failures, such as a full disk, make SQLite give up the transaction itself.
Result<void> GroupWriter::check_transaction(const Request& request) const {
  if (database_->in_transaction()) return {};
  return fail(Code::store_failed, "Store failed",
              request.outcome.has_value() ? "transaction lost" : request.outcome.error().detail());
}

}  // namespace nsl::host::store
