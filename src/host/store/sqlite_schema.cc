#include "host/store/sqlite_schema.h"

namespace nsl::host::store {
namespace {

// "NSL1" as a big-endian number, in SQLite's application_id: another program's file is refused.
constexpr std::int64_t kApplicationId = 0x4e534c31;
constexpr std::int64_t kSchemaVersion = 1;

// Versions, sequences and times are integers; times are milliseconds since 1970. lease_until_ms is
// 0 while nobody holds the job. The counter row keeps fences unique for the life of the store.
constexpr const char* kCreate = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE records (
  key BLOB PRIMARY KEY NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE logs (
  log BLOB NOT NULL, sequence INTEGER NOT NULL, entry BLOB NOT NULL,
  PRIMARY KEY (log, sequence)) WITHOUT ROWID;
CREATE TABLE jobs (
  id TEXT PRIMARY KEY NOT NULL, due_ms INTEGER NOT NULL, lease_until_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL, fence INTEGER NOT NULL, is_asked_again INTEGER NOT NULL,
  is_dead INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (is_dead, due_ms);
CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES ('job_fence', 0);
CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, payload BLOB NOT NULL,
  is_delivered INTEGER NOT NULL);
CREATE INDEX events_undelivered ON events (number) WHERE is_delivered = 0;
PRAGMA application_id = 1314081841;
PRAGMA user_version = 1;
COMMIT;
)sql";
static_assert(kApplicationId == 1314081841 && kSchemaVersion == 1);

Result<std::int64_t> pragma(Database& database, std::string_view sql) {
  NSL_TRY(Query query, database.query(sql));
  NSL_TRY(const bool has_row, query.next());
  return has_row ? query.integer(0) : 0;
}

}  // namespace

Result<void> prepare_schema(Database& database) {
  NSL_TRY(const std::int64_t application, pragma(database, "PRAGMA application_id"));
  NSL_TRY(const std::int64_t version, pragma(database, "PRAGMA user_version"));
  NSL_TRY(const std::int64_t tables, pragma(database, "SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && version == 0 && tables == 0) return database.run(kCreate);
  if (application != kApplicationId) {
    return fail(Code::store_failed, "The file is not a store of this service");
  }
  if (version > kSchemaVersion) {
    return fail(Code::store_schema_newer, "The store was written by a newer release",
                "schema version " + std::to_string(version));
  }
  if (version < kSchemaVersion) {
    return fail(Code::store_failed, "The store's schema version is not known");
  }
  return {};
}

}  // namespace nsl::host::store
