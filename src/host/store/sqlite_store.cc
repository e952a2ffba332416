#include "host/store/sqlite_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/limits.h"
#include "host/store/sqlite_schema.h"

namespace nsl::host::store {
namespace {

using internal::v1::StoreAppend;
using internal::v1::StoreCommitRequest;
using internal::v1::StoredRecord;
using internal::v1::StoreJob;
using internal::v1::StoreListReply;
using internal::v1::StorePut;
using internal::v1::StoreReadLogReply;

constexpr std::size_t kReaderCount = 4;
constexpr std::int64_t kPageBytes = 4096;

// FULL flushes the write-ahead log at every commit: acknowledged means durable. What a statement or
// a savepoint would need to be undone stays in memory, not in a file of its own.
constexpr const char* kWriterSettings =
    "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = "
    "OFF;";

Result<void> conflict() { return fail(Code::store_conflict); }

Result<void> must_change_one(Database& database, Query& query) {
  NSL_TRY_VOID(query.finish());
  return database.changes() == 1 ? Result<void>() : conflict();
}

std::int64_t to_integer(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Result<void> apply_put(Database& database, const StorePut& put) {
  if (put.is_delete()) {
    NSL_TRY(Query query, database.query("DELETE FROM records WHERE key = ?1 AND version = ?2"));
    query.bind_blob(put.key()).bind(to_integer(put.expected_version()));
    return must_change_one(database, query);
  }
  if (put.expected_version() == 0) {
    NSL_TRY(Query query, database.query("INSERT INTO records (key, version, value) "
                                        "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"));
    query.bind_blob(put.key()).bind(to_integer(put.version())).bind_blob(put.value());
    return must_change_one(database, query);
  }
  NSL_TRY(Query query, database.query("UPDATE records SET version = ?2, value = ?3 "
                                      "WHERE key = ?1 AND version = ?4"));
  query.bind_blob(put.key()).bind(to_integer(put.version())).bind_blob(put.value());
  query.bind(to_integer(put.expected_version()));
  return must_change_one(database, query);
}

Result<std::uint64_t> last_sequence(Database& database, std::string_view log) {
  NSL_TRY(Query query,
          database.query("SELECT coalesce(max(sequence), 0) FROM logs WHERE log = ?1"));
  query.bind_blob(log);
  NSL_TRY(const bool has_row, query.next());
  return has_row ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

// Each entry follows the last one of its log without a gap.
Result<void> apply_appends(Database& database, const StoreCommitRequest& request) {
  std::map<std::string_view, std::uint64_t> lasts;
  for (const StoreAppend& append : request.appends()) {
    const auto [last, is_new] = lasts.try_emplace(append.log());
    if (is_new) {
      NSL_TRY(last->second, last_sequence(database, append.log()));
    }
    if (append.sequence() != last->second + 1) return conflict();
    NSL_TRY(Query query,
            database.query("INSERT INTO logs (log, sequence, entry) VALUES (?1, ?2, ?3)"));
    query.bind_blob(append.log()).bind(to_integer(append.sequence())).bind_blob(append.entry());
    NSL_TRY_VOID(must_change_one(database, query));
    ++last->second;
  }
  return {};
}

// A job that is waiting becomes due at the earlier of both times; one that is being worked on runs
// once more afterwards; one that was given up lives again.
Result<void> apply_job(Database& database, const StoreJob& job, WallTime now) {
  NSL_TRY(
      Query query,
      database.query("INSERT INTO jobs VALUES (?1, ?2, 0, 0, 0, 0, 0) ON CONFLICT (id) DO UPDATE "
                     "SET due_ms = CASE WHEN is_dead OR lease_until_ms > 0 "
                     "THEN excluded.due_ms ELSE min(due_ms, excluded.due_ms) END, "
                     "is_asked_again = (lease_until_ms > 0), "
                     "attempts = CASE WHEN is_dead THEN 0 ELSE attempts END, is_dead = 0"));
  query.bind_text(job.id()).bind(now.value() + std::int64_t{job.delay_ms()});
  return query.finish();
}

Result<void> apply(Database& database, const StoreCommitRequest& request, WallTime now) {
  for (const StorePut& put : request.puts()) NSL_TRY_VOID(apply_put(database, put));
  NSL_TRY_VOID(apply_appends(database, request));
  for (const StoreJob& job : request.jobs()) NSL_TRY_VOID(apply_job(database, job, now));
  return {};
}

// The smallest key behind every key with this prefix; empty: there is none.
std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::uint32_t bounded(std::uint32_t limit) {
  const auto most = static_cast<std::uint32_t>(limits::kStoreBatchMax);
  return limit == 0 ? most : std::min(limit, most);
}

Result<Query> list_query(Database& database, bool has_end) {
  return has_end ? database.query(
                       "SELECT key, version, value FROM records WHERE key >= ?1 AND "
                       "key > ?2 AND key < ?4 ORDER BY key LIMIT ?3")
                 : database.query(
                       "SELECT key, version, value FROM records WHERE key >= ?1 AND "
                       "key > ?2 ORDER BY key LIMIT ?3");
}

// A file system without shared memory maps makes SQLite fall back to another journal in silence.
Result<void> check_settings(Database& database) {
  NSL_TRY(Query journal, database.query("PRAGMA journal_mode"));
  NSL_TRY(const bool has_row, journal.next());
  if (!has_row || journal.bytes(0) != "wal") {
    return fail(Code::store_failed, "The store's file system does not support its journal");
  }
  return {};
}

Result<void> void_leases(Database& database) {
  return database.run(
      "UPDATE jobs SET lease_until_ms = 0, is_asked_again = 0 "
      "WHERE lease_until_ms > 0");
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteOptions& options) {
  NSL_TRY(FileLock lock, FileLock::acquire(options.path + ".lock"));
  NSL_TRY_VOID(create_private_file(options.path));
  NSL_TRY(std::unique_ptr<Database> writer,
          Database::open(options.path, Database::Access::read_write));
  NSL_TRY_VOID(writer->run(kWriterSettings));
  NSL_TRY_VOID(check_settings(*writer));
  if (options.bytes_max != 0) {
    const auto pages = to_integer(options.bytes_max) / kPageBytes;
    NSL_TRY_VOID(writer->run(("PRAGMA max_page_count = " + std::to_string(pages)).c_str()));
  }
  NSL_TRY_VOID(prepare_schema(*writer));
  NSL_TRY_VOID(void_leases(*writer));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(lock), std::move(writer)));
  for (std::size_t i = 0; i < kReaderCount; ++i) {
    NSL_TRY(std::unique_ptr<Database> reader,
            Database::open(options.path, Database::Access::read_only));
    const bool is_kept = store->readers_.try_push(std::move(reader));
    NSL_ASSERT(is_kept);
  }
  return store;
}

SqliteStore::SqliteStore(FileLock lock, std::unique_ptr<Database> writer)
    : lock_(std::move(lock)), readers_(kReaderCount), writer_(std::move(writer)) {}

SqliteStore::~SqliteStore() = default;

Result<StoredRecord> SqliteStore::get(std::string_view key) {
  NSL_TRY_VOID(check_key(key));
  Reader reader(readers_);
  NSL_TRY(Query query, reader->query("SELECT version, value FROM records WHERE key = ?1"));
  query.bind_blob(key);
  NSL_TRY(const bool is_found, query.next());
  StoredRecord record;
  record.set_key(std::string(key));
  if (is_found) {
    record.set_version(static_cast<std::uint64_t>(query.integer(0)));
    record.set_value(query.bytes(1));
  }
  return record;
}

Result<void> SqliteStore::commit(const StoreCommitRequest& request, WallTime now) {
  NSL_TRY_VOID(check_commit(request));
  return writer_.run([&request, now](Database& database) { return apply(database, request, now); });
}

Result<StoreListReply> SqliteStore::list(const ListRange& range) {
  const std::string end = end_of_prefix(range.prefix);
  const std::uint32_t limit = bounded(range.limit);
  Reader reader(readers_);
  NSL_TRY(Query query, list_query(*reader, !end.empty()));
  query.bind_blob(range.prefix).bind_blob(range.after_key).bind(std::int64_t{limit} + 1);
  if (!end.empty()) query.bind_blob(end);
  StoreListReply reply;
  std::size_t bytes = 0;
  while (true) {
    NSL_TRY(const bool has_row, query.next());
    if (!has_row) return reply;
    StoredRecord record;
    record.set_key(query.bytes(0));
    record.set_version(static_cast<std::uint64_t>(query.integer(1)));
    record.set_value(query.bytes(2));
    bytes += record.ByteSizeLong();
    const auto count = static_cast<std::uint32_t>(reply.records_size());
    if (count == limit || (count > 0 && bytes > kReplyBytesMax)) {
      reply.set_has_more(true);
      return reply;
    }
    *reply.add_records() = std::move(record);
  }
}

Result<StoreReadLogReply> SqliteStore::read_log(std::string_view log, std::uint64_t from_sequence,
                                                std::uint32_t limit) {
  NSL_TRY_VOID(check_key(log));
  Reader reader(readers_);
  NSL_TRY(Query query, reader->query("SELECT sequence, entry FROM logs WHERE log = ?1 AND "
                                     "sequence >= ?2 ORDER BY sequence LIMIT ?3"));
  const auto first = std::min(from_sequence, std::uint64_t{1} << 62);
  query.bind_blob(log).bind(to_integer(first)).bind(std::int64_t{bounded(limit)});
  StoreReadLogReply reply;
  std::size_t bytes = 0;
  while (true) {
    NSL_TRY(const bool has_row, query.next());
    if (!has_row) return reply;
    StoreReadLogReply::Entry entry;
    entry.set_sequence(static_cast<std::uint64_t>(query.integer(0)));
    entry.set_entry(query.bytes(1));
    bytes += entry.ByteSizeLong();
    if (reply.entries_size() > 0 && bytes > kReplyBytesMax) return reply;
    *reply.add_entries() = std::move(entry);
  }
}

}  // namespace nsl::host::store
