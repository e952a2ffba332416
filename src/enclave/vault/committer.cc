#include "enclave/vault/committer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/assert.h"
#include "core/base/log.h"

namespace nsl::enclave::vault {
namespace {

using internal::v1::StoreCommitRequest;
using internal::v1::StorePut;

// One slot of a store commit is the anchor's.
constexpr std::size_t kGroupItemsMax = limits::kStoreBatchMax - 1;
// A commit fits into one frame, with room for its envelope and the anchor.
constexpr std::size_t kGroupBytesMax = limits::kFrameBytesMax - 65536;
// Field tags, lengths, versions and sealing of one item, rounded up.
constexpr std::size_t kItemOverheadBytes = 256;

std::size_t items_of(const PreparedBatch& batch) {
  return batch.changes.size() + batch.jobs.size() + batch.audit_entries.size();
}

std::size_t bytes_of(const PreparedBatch& batch) {
  std::size_t bytes = items_of(batch) * kItemOverheadBytes;
  for (const auto& change : batch.changes)
    bytes += change.blob == nullptr ? 0 : change.blob->size();
  for (const Bytes& entry : batch.audit_entries) bytes += entry.size();
  return bytes;
}

Result<void> check_size(const PreparedBatch& batch) {
  if (items_of(batch) > kGroupItemsMax || bytes_of(batch) > kGroupBytesMax) {
    return fail(Code::limit_exceeded, "A commit is over the maximum size");
  }
  for (const Bytes& entry : batch.audit_entries) {
    if (entry.size() > limits::kAuditEntryBytesMax) {
      return fail(Code::limit_exceeded, "An audit entry is over the maximum size");
    }
  }
  return {};
}

StorePut to_put(const PreparedBatch::Change& change) {
  StorePut put;
  put.set_key(to_string(change.name));
  put.set_expected_version(change.expected_version);
  if (change.blob == nullptr) {
    put.set_is_delete(true);
  } else {
    put.set_version(change.expected_version + 1);
    put.set_value(to_string(*change.blob));
  }
  return put;
}

// The whole batch fits the index, or nothing of it happens.
Result<void> check_fits(const VaultState& state, const PreparedBatch& batch,
                        std::size_t records_max) NSL_REQUIRES(state.mutex) {
  if (state.broken.has_value()) return fail(*state.broken);
  std::size_t created = 0;
  for (const PreparedBatch::Change& change : batch.changes) {
    const auto entry = state.index.find(change.name);
    if ((entry.has_value() ? entry->version : 0) != change.expected_version) {
      return fail(Code::version_conflict);
    }
    if (!entry.has_value()) ++created;
  }
  if (state.index.size() + created > records_max) {
    return fail(Code::limit_exceeded, "The vault holds too many records");
  }
  return {};
}

// Shared by the caller that waits and the committer: a caller whose deadline passes goes away.
class Outcome {
 public:
  void set(Result<void> value) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    value_ = std::move(value);
    changed_.notify_one();
  }
  Result<void> wait(const Deadline& deadline) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (!value_.has_value()) {
      if (changed_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout &&
          !value_.has_value()) {
        return fail(Code::deadline_exceeded);
      }
    }
    return *value_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::optional<Result<void>> value_ NSL_GUARDED_BY(mutex_);
};

}  // namespace

struct Committer::Group {
  std::vector<Pending> accepted;
  std::vector<std::pair<Done, Result<void>>> refused;
  StoreCommitRequest request;
  Anchor anchor;
};

StorePut anchor_put(const RecordSealer& sealer, const Anchor& before, const Anchor& after) {
  NSL_ASSERT(after.counter == before.counter + 1);
  const Batch::Put record{.key = anchor_key(),
                          .value = encode_anchor(after),
                          .secret_value = {},
                          .expected_version = before.counter,
                          .sensitivity = Batch::Sensitivity::ordinary};
  const HiddenName name = sealer.name_of(record.key);
  const auto blob = sealer.seal(record, name, after.counter);
  NSL_ASSERT(blob.has_value());
  StorePut put;
  put.set_key(to_string(name));
  put.set_expected_version(before.counter);
  put.set_version(after.counter);
  put.set_value(to_string(*blob));
  return put;
}

Result<bool> is_in_store(const RemoteStore& store, const StorePut& put, const Deadline& deadline) {
  HiddenName name{};
  std::ranges::copy(as_bytes(put.key()), name.begin());
  NSL_TRY(const StoredBlob blob, store.get(name, deadline));
  return blob.version == put.version() && equal(blob.bytes, as_bytes(put.value()));
}

Committer::Committer(const Parts& parts, const Anchor& anchor)
    : parts_(parts), anchor_(anchor), thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  for (Pending& pending : queue_) pending.done(fail(Code::unavailable));
}

Result<void> Committer::commit(PreparedBatch batch, const Deadline& deadline) {
  const auto outcome = std::make_shared<Outcome>();
  commit_then(std::move(batch), deadline,
              [outcome](const Result<void>& result) { outcome->set(result); });
  return outcome->wait(deadline);
}

void Committer::commit_then(PreparedBatch batch, const Deadline& deadline, Done done) {
  Pending pending{.batch = std::move(batch), .deadline = deadline, .done = std::move(done)};
  const Result<void> queued = enqueue(pending);
  if (!queued.has_value()) return pending.done(queued);
  changed_.notify_one();
}

Result<void> Committer::enqueue(Pending& pending) {
  NSL_TRY_VOID(check_size(pending.batch));
  MutexLock lock(mutex_);
  if (is_stopping_) return fail(Code::unavailable);
  if (queue_.size() >= static_cast<std::size_t>(limits::kStoreQueueMax)) {
    return fail(Code::overloaded);
  }
  queue_.push_back(std::move(pending));
  return {};
}

void Committer::run() {
  while (true) {
    std::vector<Pending> batches = take_group();
    if (batches.empty()) return;
    write_group(std::move(batches));
  }
}

std::vector<Committer::Pending> Committer::take_group() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !is_stopping_) changed_.wait(lock);
  std::vector<Pending> batches;
  if (is_stopping_) return batches;
  std::size_t items = 0;
  std::size_t bytes = 0;
  while (!queue_.empty()) {
    items += items_of(queue_.front().batch);
    bytes += bytes_of(queue_.front().batch);
    const bool is_full = items > kGroupItemsMax || bytes > kGroupBytesMax;
    if (is_full && !batches.empty()) break;
    batches.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batches;
}

void Committer::write_group(std::vector<Pending> batches) {
  Group group = stage(std::move(batches));
  for (auto& [done, refusal] : group.refused) done(refusal);
  if (group.accepted.empty()) return;
  Result<void> written = deliver(group);
  if (written.has_value()) written = keep_head(group.anchor);
  if (written.has_value()) {
    anchor_ = group.anchor;
    publish(group);
  } else {
    break_vault(written.error());
  }
  for (Pending& pending : group.accepted) pending.done(written);
}

// Applies what fits to the index and builds the store's commit from it.
Committer::Group Committer::stage(std::vector<Pending> batches) {
  Group group;
  VaultState& state = parts_.state;
  MutexLock lock(state.mutex);
  for (Pending& pending : batches) {
    Result<void> fitting = pending.deadline.has_passed(parts_.clock)
                               ? Result<void>(fail(Code::deadline_exceeded))
                               : check_fits(state, pending.batch, parts_.records_max);
    if (!fitting.has_value()) {
      group.refused.emplace_back(std::move(pending.done), std::move(fitting));
      continue;
    }
    for (const PreparedBatch::Change& change : pending.batch.changes) {
      *group.request.add_puts() = to_put(change);
      state.in_flight.insert(change.name);
      if (change.blob == nullptr) {
        state.index.erase(change.name);
      } else {
        state.index.put(change.name,
                        {.version = change.expected_version + 1, .digest = change.digest});
      }
    }
    group.accepted.push_back(std::move(pending));
  }
  if (group.accepted.empty()) return group;
  group.anchor = {.counter = anchor_.counter + 1,
                  .previous_head = head_of(anchor_).head,
                  .root = state.index.root(),
                  .audit = anchor_.audit};
  stage_audit(group);
  *group.request.add_puts() = anchor_put(parts_.sealer, anchor_, group.anchor);
  return group;
}

void Committer::stage_audit(Group& group) {
  AuditHead& audit = group.anchor.audit;
  for (const Pending& pending : group.accepted) {
    for (const Batch::Job& job : pending.batch.jobs) {
      auto* added = group.request.add_jobs();
      added->set_id(job.id);
      added->set_delay_ms(job.delay_ms);
    }
    for (const Bytes& entry : pending.batch.audit_entries) {
      const RecordSealer::AuditEntry chained{.previous = audit.hash, .entry = entry};
      ++audit.sequence;
      audit.hash = audit_hash(audit.sequence, chained);
      auto* added = group.request.add_appends();
      added->set_log(std::string(kAuditLog));
      added->set_sequence(audit.sequence);
      added->set_entry(to_string(parts_.sealer.seal_audit(audit.sequence, chained)));
    }
  }
}

Result<void> Committer::deliver(const Group& group) {
  const StorePut& anchor = group.request.puts(group.request.puts_size() - 1);
  while (true) {
    const auto deadline = Deadline::after_ms(parts_.clock, limits::kVaultCommitAttemptMs);
    const Result<void> committed = parts_.store.commit(group.request, deadline);
    if (committed.has_value()) return {};
    if (committed.error().code() == Code::store_conflict) {
      // Either an earlier attempt of this commit arrived after all, or the store changed under us.
      const Result<bool> is_ours = is_in_store(parts_.store, anchor, deadline);
      if (is_ours.has_value() && *is_ours) return {};
      if (is_ours.has_value()) {
        return fail(Code::state_rolled_back, "The store does not hold the state it acknowledged");
      }
    }
    log_failure("vault", "commit not confirmed, sending it again", committed.error());
    if (!pause()) return fail(Code::unavailable);
  }
}

// Until the head is kept, a restart would accept the state before this group: nothing of the group
// may be acknowledged earlier.
Result<void> Committer::keep_head(const Anchor& anchor) {
  while (true) {
    const Result<void> saved = parts_.unlocker.save_head(head_of(anchor));
    if (saved.has_value()) return {};
    log_failure("vault", "head not saved, trying again", saved.error());
    if (!pause()) return fail(Code::unavailable);
  }
}

void Committer::publish(const Group& group) {
  VaultState& state = parts_.state;
  {
    MutexLock lock(state.mutex);
    for (const Pending& pending : group.accepted) {
      for (const PreparedBatch::Change& change : pending.batch.changes) {
        if (change.blob == nullptr) {
          state.cache.erase(change.name);
        } else {
          state.cache.put(change.name, change.blob);
        }
      }
    }
    state.in_flight.clear();
    state.head = head_of(group.anchor);
    state.audit = group.anchor.audit;
  }
  state.changed.notify_all();
}

void Committer::break_vault(const Error& error) {
  log_failure("vault", "stopped", error);
  {
    MutexLock lock(parts_.state.mutex);
    parts_.state.broken = error;
  }
  parts_.state.changed.notify_all();
}

// The group under way may take any time; what waits behind it need not.
void Committer::refuse_overdue() {
  std::deque<Pending> overdue;
  {
    MutexLock lock(mutex_);
    for (Pending& pending : std::exchange(queue_, {})) {
      const bool is_overdue = pending.deadline.has_passed(parts_.clock);
      (is_overdue ? overdue : queue_).push_back(std::move(pending));
    }
  }
  for (Pending& pending : overdue) pending.done(fail(Code::deadline_exceeded));
}

bool Committer::pause() {
  refuse_overdue();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(parts_.retry_ms);
  MutexLock lock(mutex_);
  while (!is_stopping_) {
    if (changed_.wait_until(lock, until) == std::cv_status::timeout) return !is_stopping_;
  }
  return false;
}

}  // namespace nsl::enclave::vault
