// What the tests and the benchmark of this folder share.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/assert.h"
#include "host/store/sqlite_store.h"

namespace nsl::host::store::testing {

// Removed with everything in it at the end of scope.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nsl-store-XXXXXX").string();
    NSL_ASSERT(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline std::unique_ptr<SqliteStore> must_open(const std::string& path) {
  auto store = SqliteStore::open({.path = path});
  NSL_ASSERT(store.has_value());
  return std::move(*store);
}

inline internal::v1::StoreCommitRequest put_of(std::string_view key, std::uint64_t expected,
                                               std::uint64_t version, std::string_view value) {
  internal::v1::StoreCommitRequest request;
  auto* put = request.add_puts();
  put->set_key(std::string(key));
  put->set_expected_version(expected);
  put->set_version(version);
  put->set_value(std::string(value));
  return request;
}

inline internal::v1::StoreAppend append_of(std::string_view log, std::uint64_t sequence,
                                           std::string_view entry) {
  internal::v1::StoreAppend append;
  append.set_log(std::string(log));
  append.set_sequence(sequence);
  append.set_entry(std::string(entry));
  return append;
}

inline internal::v1::StoreCommitRequest job_of(std::string_view id, std::uint32_t delay_ms) {
  internal::v1::StoreCommitRequest request;
  auto* job = request.add_jobs();
  job->set_id(std::string(id));
  job->set_delay_ms(delay_ms);
  return request;
}

}  // namespace nsl::host::store::testing
