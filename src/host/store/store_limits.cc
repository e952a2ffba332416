#include <limits>

#include "core/base/limits.h"
#include "host/store/store.h"

namespace nsl::host::store {
namespace {

// Engines keep versions and sequences as signed 64-bit integers.
constexpr std::uint64_t kNumberMax =
    static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Result<void> check_put(const internal::v1::StorePut& put) {
  NSL_TRY_VOID(check_key(put.key()));
  if (put.expected_version() > kNumberMax || put.version() > kNumberMax) {
    return fail(Code::limit_exceeded, "A record version is over the maximum");
  }
  if (put.is_delete()) {
    if (put.expected_version() == 0 || !put.value().empty()) {
      return fail(Code::invalid_argument, "A removal names the version it removes and no value");
    }
    return {};
  }
  if (put.version() <= put.expected_version()) {
    return fail(Code::invalid_argument, "A record version must grow");
  }
  if (put.value().size() > limits::kRecordBytesMax) {
    return fail(Code::limit_exceeded, "A record is over the maximum size");
  }
  return {};
}

Result<void> check_append(const internal::v1::StoreAppend& append) {
  NSL_TRY_VOID(check_key(append.log()));
  if (append.sequence() == 0 || append.sequence() > kNumberMax) {
    return fail(Code::invalid_argument, "A log sequence starts at 1");
  }
  if (append.entry().size() > limits::kRecordBytesMax) {
    return fail(Code::limit_exceeded, "A log entry is over the maximum size");
  }
  return {};
}

}  // namespace

Result<void> check_key(std::string_view key) {
  if (key.empty()) return fail(Code::invalid_argument, "A key must not be empty");
  if (key.size() > limits::kRecordKeyBytesMax) {
    return fail(Code::limit_exceeded, "A key is over the maximum length");
  }
  return {};
}

Result<void> check_commit(const internal::v1::StoreCommitRequest& request) {
  const int count = request.puts_size() + request.appends_size() + request.jobs_size();
  if (count == 0) return fail(Code::invalid_argument, "A commit must hold something");
  if (static_cast<std::size_t>(count) > limits::kStoreBatchMax) {
    return fail(Code::limit_exceeded, "A commit holds too many records");
  }
  for (const auto& put : request.puts()) NSL_TRY_VOID(check_put(put));
  for (const auto& append : request.appends()) NSL_TRY_VOID(check_append(append));
  for (const auto& job : request.jobs()) NSL_TRY_VOID(check_key(job.id()));
  return {};
}

}  // namespace nsl::host::store
