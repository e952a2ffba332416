// The one thread that writes. It takes the batches that wait, checks their versions against the
// index, and commits those that fit as one group: one flush of the host's store and one of the head
// serve them all. A conflict refuses only its own batch.
//
// A group that was sent is never taken back. Its outcome may be unknown (timeout, lost link, failed
// disk): then exactly the same commit is sent again, until the store says yes, or says conflict
// and shows this commit's own anchor. Anything else means that the store does not hold the state
// it acknowledged, and the vault stops.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "enclave/keys/unlocker.h"
#include "enclave/vault/remote_store.h"
#include "enclave/vault/vault_state.h"

namespace nsl::enclave::vault {

// A batch whose records are sealed.
struct PreparedBatch {
  struct Change {
    HiddenName name;
    std::uint64_t expected_version;
    // Empty: the record is removed.
    Blob blob;
    crypto::Digest32 digest;
  };
  std::vector<Change> changes;
  std::vector<Batch::Job> jobs;
  std::vector<Bytes> audit_entries;
};

class Committer {
 public:
  struct Parts {
    VaultState& state;
    const RemoteStore& store;
    const RecordSealer& sealer;
    keys::Unlocker& unlocker;
    const Clock& clock;
    std::int64_t retry_ms;
    std::size_t records_max;
  };

  // Goes on from `anchor`, the one in the store.
  Committer(const Parts& parts, const Anchor& anchor);
  // Stops without finishing what waits.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Once the batch is durable or refused.
  using Done = std::move_only_function<void(const Result<void>&)>;

  // Blocks until the batch is durable or refused. Code::deadline_exceeded: it may still happen.
  Result<void> commit(PreparedBatch batch, const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // Returns at once. `done` is called once, on the committer's thread or, when the batch is refused
  // at once, on the caller's; it neither waits nor asks the vault. A batch whose deadline passes
  // before its group is written is refused and does not happen.
  void commit_then(PreparedBatch batch, const Deadline& deadline, Done done) NSL_EXCLUDES(mutex_);

 private:
  struct Pending {
    PreparedBatch batch;
    Deadline deadline;
    Done done;
  };
  struct Group;

  void run() NSL_EXCLUDES(mutex_);
  Result<void> enqueue(Pending& pending) NSL_EXCLUDES(mutex_);
  std::vector<Pending> take_group() NSL_EXCLUDES(mutex_);
  void write_group(std::vector<Pending> batches) NSL_EXCLUDES(mutex_);
  Group stage(std::vector<Pending> batches);
  void stage_audit(Group& group);
  Result<void> deliver(const Group& group);
  Result<void> keep_head(const Anchor& anchor);
  void publish(const Group& group);
  void break_vault(const Error& error);
  // Between two attempts. False when the committer is to stop.
  bool pause() NSL_EXCLUDES(mutex_);
  void refuse_overdue() NSL_EXCLUDES(mutex_);

  const Parts parts_;
  Anchor anchor_;  // the last one committed; used by the thread alone

  Mutex mutex_;
  CondVar changed_;
  std::deque<Pending> queue_ NSL_GUARDED_BY(mutex_);
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// The put that replaces `before` by `after` in the store, and the blob it writes.
internal::v1::StorePut anchor_put(const RecordSealer& sealer, const Anchor& before,
                                  const Anchor& after);
// Whether the anchor in the store is the one this put wrote.
Result<bool> is_in_store(const RemoteStore& store, const internal::v1::StorePut& put,
                         const Deadline& deadline);

}  // namespace nsl::enclave::vault
