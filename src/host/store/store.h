// What the host keeps for the enclave and for itself. One interface, so that another engine (one
// shared by several hosts) can replace the embedded one without a change above it.
//
// Promises of every implementation:
//  - a write that returned success is durable: it survives kill -9 and power loss;
//  - a commit happens as a whole or not at all, and is refused as a whole with Code::store_conflict
//    when one expected version or log sequence differs;
//  - any other failure of a write leaves its outcome unknown: the caller reads before it goes on;
//  - a read sees every write acknowledged before it began.
// The methods block and may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "nsl/internal/v1/store.pb.h"

namespace nsl::host::store {

// A job that this caller holds. Once the lease ran out and another took the job, the fence is stale
// and this holder can no longer finish or release it (Code::store_conflict).
struct JobLease {
  std::string id;
  // 1 for the first attempt.
  std::uint32_t attempt = 0;
  // No two leases of a store have the same.
  std::uint64_t fence = 0;
};

enum class JobEnd : std::uint8_t { gone, asked_again };

struct LeaseRequest {
  WallTime now;
  WallTime lease_until;
  std::size_t count = 1;
};

// Something the watcher saw. `id` is unique for ever; the payload is the watcher's own.
struct Event {
  std::string id;
  std::string payload;
};

struct ListRange {
  std::string_view prefix;
  // Only keys behind this one; empty: from the start.
  std::string_view after_key;
  // 0: the store's maximum.
  std::uint32_t limit = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // version 0: there is none.
  virtual Result<internal::v1::StoredRecord> get(std::string_view key) = 0;
  // Jobs become due `delay_ms` after `now`.
  virtual Result<void> commit(const internal::v1::StoreCommitRequest& request, WallTime now) = 0;
  // In key order. A reply is bounded in bytes as well as in records; has_more tells.
  virtual Result<internal::v1::StoreListReply> list(const ListRange& range) = 0;
  virtual Result<internal::v1::StoreReadLogReply> read_log(std::string_view log,
                                                           std::uint64_t from_sequence,
                                                           std::uint32_t limit) = 0;

  // Due jobs that nobody holds, the longest due first.
  virtual Result<std::vector<JobLease>> lease_jobs(const LeaseRequest& request) = 0;
  // The work is done. If the job was asked for again meanwhile it stays, due at once.
  virtual Result<JobEnd> finish_job(const JobLease& lease) = 0;
  // Not done: due again at `due`.
  virtual Result<void> release_job(const JobLease& lease, WallTime due) = 0;
  // Given up: kept, but no longer leased, until it is asked for again.
  virtual Result<void> bury_job(const JobLease& lease) = 0;
  // When the next job becomes due, absent when there is none.
  virtual Result<std::optional<WallTime>> next_job_due() = 0;

  // Small named values of the host, such as the watcher's cursor.
  virtual Result<std::optional<std::string>> find_meta(std::string_view name) = 0;
  virtual Result<void> set_meta(std::string_view name, std::string_view value) = 0;

  // Persists the events (those already known are skipped) and moves the named cursor, both in one
  // transaction: an event can be neither lost nor seen twice.
  virtual Result<void> record_events(std::span<const Event> events, std::string_view cursor_name,
                                     std::string_view cursor) = 0;
  // Oldest first.
  virtual Result<std::vector<Event>> undelivered_events(std::uint32_t limit) = 0;
  virtual Result<void> mark_delivered(std::span<const std::string> ids) = 0;
};

// Bytes of records in one reply of list or read_log: a reply fits into one frame.
inline constexpr std::size_t kReplyBytesMax = limits::kFrameBytesMax - 65536;
static_assert(kReplyBytesMax > limits::kRecordBytesMax + limits::kRecordKeyBytesMax);

// What a commit may hold (limits.h); Code::limit_exceeded or Code::invalid_argument otherwise.
Result<void> check_commit(const internal::v1::StoreCommitRequest& request);
Result<void> check_key(std::string_view key);

}  // namespace nsl::host::store
