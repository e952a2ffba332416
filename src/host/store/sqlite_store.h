// The embedded engine: one SQLite file, one process. Writes go through the group writer; reads use
// their own connections and never wait for a flush.
#pragma once

#include <memory>
#include <string>

#include "host/store/group_writer.h"
#include "host/store/reader_pool.h"
#include "host/store/sqlite.h"
#include "host/store/store.h"

namespace nsl::host::store {

struct SqliteOptions {
  // The directory exists already. The file is made with mode 0600.
  std::string path;
  // 0: as large as the disk allows. A store at its maximum refuses writes and still reads.
  std::uint64_t bytes_max = 0;
};

class SqliteStore final : public Store {
 public:
  // Code::conflict when another process has it open, Code::store_schema_newer when a newer release
  // wrote it. Leases of a former process are void: nobody else can hold one.
  static Result<std::unique_ptr<SqliteStore>> open(const SqliteOptions& options);
  ~SqliteStore() override;

  Result<internal::v1::StoredRecord> get(std::string_view key) override;
  Result<void> commit(const internal::v1::StoreCommitRequest& request, WallTime now) override;
  Result<internal::v1::StoreListReply> list(const ListRange& range) override;
  Result<internal::v1::StoreReadLogReply> read_log(std::string_view log,
                                                   std::uint64_t from_sequence,
                                                   std::uint32_t limit) override;

  Result<std::vector<JobLease>> lease_jobs(const LeaseRequest& request) override;
  Result<JobEnd> finish_job(const JobLease& lease) override;
  Result<void> release_job(const JobLease& lease, WallTime due) override;
  Result<void> bury_job(const JobLease& lease) override;
  Result<std::optional<WallTime>> next_job_due() override;

  Result<std::optional<std::string>> find_meta(std::string_view name) override;
  Result<void> set_meta(std::string_view name, std::string_view value) override;

  Result<void> record_events(std::span<const Event> events, std::string_view cursor_name,
                             std::string_view cursor) override;
  Result<std::vector<Event>> undelivered_events(std::uint32_t limit) override;
  Result<void> mark_delivered(std::span<const std::string> ids) override;

 private:
  SqliteStore(FileLock lock, std::unique_ptr<Database> writer);

  // Order matters: the connections close before the lock is given back.
  FileLock lock_;
  ReaderPool readers_;
  GroupWriter writer_;
};

}  // namespace nsl::host::store
