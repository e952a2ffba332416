// SAFETY: every sqlite3 handle is owned by exactly one object of this file and freed once, in its
// destructor; statements are finalised before their connection closes. Pointers SQLite returns for
// columns are copied before the next call on the statement.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/base/assert.h"
#include "host/store/sqlite.h"

namespace nsl::host::store {
namespace {

std::unexpected<Error> sqlite_failure(sqlite3* connection) {
  return fail(Code::store_failed, "Store failed", sqlite3_errmsg(connection));
}

std::unexpected<Error> system_failure(const std::string& path) {
  return fail(Code::store_failed, "Store file cannot be used", path + ": " + std::strerror(errno));
}

}  // namespace

Query::Query(Query&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_),
      bind_error_(other.bind_error_) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind_blob(std::string_view bytes) {
  // A null pointer would bind NULL instead of an empty blob.
  const char* data = bytes.empty() ? "" : bytes.data();
  bind_error_ |= sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(), SQLITE_STATIC);
  return *this;
}

Query& Query::bind_text(std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  bind_error_ |=
      sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Query& Query::bind(std::int64_t number) {
  bind_error_ |= sqlite3_bind_int64(statement_, ++bound_, number);
  return *this;
}

Result<bool> Query::next() {
  if (bind_error_ != SQLITE_OK) return sqlite_failure(connection_);
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return sqlite_failure(connection_);
  }
}

Result<void> Query::finish() {
  NSL_TRY(bool more, next());
  while (more) {
    NSL_TRY(more, next());
  }
  return {};
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
  sqlite3* connection = nullptr;
  const int mode = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int status =
      sqlite3_open_v2(path.c_str(), &connection, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(connection));
  if (status != SQLITE_OK) return sqlite_failure(connection);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, 5000);
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(connection_);
}

Result<void> Database::run(const char* sql) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return sqlite_failure(connection_);
  }
  return {};
}

Result<Query> Database::query(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return Query(connection_, known->second);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return sqlite_failure(connection_);
  }
  statements_.emplace(sql, statement);
  return Query(connection_, statement);
}

std::int64_t Database::changes() const { return sqlite3_changes64(connection_); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_) == 0; }

Result<FileLock> FileLock::acquire(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_failure(path);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::conflict, "Another process uses this store", path);
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> create_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_failure(path);
  const bool is_file_safe = ::fsync(descriptor) == 0;
  ::close(descriptor);
  const std::string directory =
      std::filesystem::absolute(std::filesystem::path(path)).parent_path().string();
  const int parent = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return system_failure(directory);
  const bool is_entry_safe = ::fsync(parent) == 0;
  ::close(parent);
  if (!is_file_safe || !is_entry_safe) return system_failure(path);
  return {};
}

}  // namespace nsl::host::store
