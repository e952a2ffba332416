// The thin layer over SQLite's C interface: a connection, a query, a file lock. Private to this
// folder. Every failure is Code::store_failed with SQLite's own words as detail.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace nsl::host::store {

// One execution of a prepared statement. The statement is reset when this goes out of scope.
class Query {
 public:
  explicit Query(sqlite3* connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;

  // Parameters in order, from ?1. Blob and text must live until the query does not.
  Query& bind_blob(std::string_view bytes);
  Query& bind_text(std::string_view text);
  Query& bind(std::int64_t number);

  // True: there is a row, its columns are readable until the next call.
  Result<bool> next();
  // Runs to the end; for statements without rows.
  Result<void> finish();

  std::int64_t integer(int column) const;
  std::string bytes(int column) const;

 private:
  sqlite3* connection_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  int bind_error_ = 0;
};

// One connection, used by one thread at a time.
class Database {
 public:
  enum class Access : std::uint8_t { read_only, read_write };
  static Result<std::unique_ptr<Database>> open(const std::string& path, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Statements without parameters and rows, `;` between them.
  Result<void> run(const char* sql);
  // A prepared statement, kept for the next time; `sql` must be a literal.
  Result<Query> query(std::string_view sql);
  // Rows the last statement changed.
  std::int64_t changes() const;
  // SQLite itself ends a transaction after some failures (full disk, I/O error).
  bool in_transaction() const;

 private:
  explicit Database(sqlite3* connection) : connection_(connection) {}

  sqlite3* connection_;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

// An exclusive lock on a file, held by this object, given back by the kernel when the process dies.
class FileLock {
 public:
  // Code::conflict when another process holds it. Creates the file with mode 0600.
  static Result<FileLock> acquire(const std::string& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Creates the file with mode 0600 if it is absent, and makes its directory entry durable.
Result<void> create_private_file(const std::string& path);

}  // namespace nsl::host::store
