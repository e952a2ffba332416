#include "enclave/vault/remote_store.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace nsl::enclave::vault {
namespace {

std::unexpected<Error> malformed(std::string detail) {
  return fail(Code::record_corrupt, "The store's reply does not fit the question",
              std::move(detail));
}

std::string to_proto(ByteView bytes) { return to_string(bytes); }

Result<HiddenName> parse_name(std::string_view key) {
  HiddenName name{};
  if (key.size() != name.size()) return malformed("name");
  std::ranges::copy(as_bytes(key), name.begin());
  return name;
}

}  // namespace

Result<StoredBlob> RemoteStore::get(const HiddenName& name, const Deadline& deadline) const {
  internal::v1::StoreGetRequest request;
  request.set_key(to_proto(name));
  NSL_TRY(const internal::v1::StoreGetReply reply, stub_.get(request, deadline));
  return StoredBlob{.version = reply.record().version(), .bytes = to_bytes(reply.record().value())};
}

Result<void> RemoteStore::commit(const internal::v1::StoreCommitRequest& request,
                                 const Deadline& deadline) const {
  NSL_TRY_VOID(stub_.commit(request, deadline));
  return {};
}

Result<void> RemoteStore::list(ByteView prefix, const Visit& visit,
                               const Deadline& deadline) const {
  internal::v1::StoreListRequest request;
  request.set_prefix(to_proto(prefix));
  std::size_t count = 0;
  while (true) {
    NSL_TRY(const internal::v1::StoreListReply reply, stub_.list(request, deadline));
    for (const internal::v1::StoredRecord& record : reply.records()) {
      if (record.key() <= request.after_key()) return malformed("order");
      if (!as_text(prefix).empty() && !record.key().starts_with(as_text(prefix))) {
        return malformed("prefix");
      }
      if (++count > static_cast<std::size_t>(limits::kRecordsMax)) return malformed("count");
      NSL_TRY(const HiddenName name, parse_name(record.key()));
      request.set_after_key(record.key());
      const auto visited =
          visit(name, {.version = record.version(), .bytes = to_bytes(record.value())});
      if (!visited.has_value()) return fail(visited.error());
    }
    if (!reply.has_more()) return {};
    if (reply.records().empty()) return malformed("empty page");
  }
}

Result<std::vector<Bytes>> RemoteStore::read_audit(std::uint64_t from, std::uint32_t limit,
                                                   const Deadline& deadline) const {
  internal::v1::StoreReadLogRequest request;
  request.set_log(std::string(kAuditLog));
  request.set_from_sequence(from);
  request.set_limit(limit);
  NSL_TRY(const internal::v1::StoreReadLogReply reply, stub_.read_log(request, deadline));
  std::vector<Bytes> blobs;
  for (const auto& entry : reply.entries()) {
    if (entry.sequence() != from + blobs.size()) return malformed("audit sequence");
    blobs.push_back(to_bytes(entry.entry()));
  }
  return blobs;
}

}  // namespace nsl::enclave::vault
