#include "enclave/testing/memory_host.h"

#include <algorithm>

namespace nsl::enclave::testing {
namespace {

using internal::v1::StoreCommitRequest;

template <class Request>
Result<Request> parse(const std::string& payload) {
  Request request;
  if (!request.ParseFromString(payload)) return fail(Code::malformed_frame);
  return request;
}

}  // namespace

Result<std::string> MemoryHost::call(std::string_view service, std::string_view method,
                                     std::string payload, const Deadline& /*deadline*/) {
  if (service != "nsl.internal.v1.StoreService") return std::string();
  MutexLock lock(mutex_);
  if (method == "Commit") {
    NSL_TRY(const auto request, parse<StoreCommitRequest>(payload));
    return commit(request);
  }
  if (method == "List") {
    NSL_TRY(const auto request, parse<internal::v1::StoreListRequest>(payload));
    return list(request);
  }
  if (method == "Get") {
    NSL_TRY(const auto request, parse<internal::v1::StoreGetRequest>(payload));
    return get(request);
  }
  NSL_TRY(const auto request, parse<internal::v1::StoreReadLogRequest>(payload));
  return read_log(request);
}

Result<std::string> MemoryHost::commit(const StoreCommitRequest& request) {
  for (const auto& put : request.puts()) {
    const auto found = records_.find(put.key());
    const std::uint64_t present = found == records_.end() ? 0 : found->second.first;
    if (present != put.expected_version()) return fail(Code::store_conflict);
  }
  for (const auto& append : request.appends()) {
    if (append.sequence() != logs_[append.log()].size() + 1) return fail(Code::store_conflict);
  }
  for (const auto& put : request.puts()) {
    if (put.is_delete()) {
      records_.erase(put.key());
    } else {
      records_[put.key()] = {put.version(), put.value()};
    }
  }
  for (const auto& append : request.appends()) logs_[append.log()].push_back(append.entry());
  for (const auto& job : request.jobs()) jobs_.push_back(job.id());
  return internal::v1::StoreCommitReply().SerializeAsString();
}

Result<std::string> MemoryHost::list(const internal::v1::StoreListRequest& request) {
  internal::v1::StoreListReply reply;
  auto entry = request.after_key().empty() ? records_.lower_bound(request.prefix())
                                           : records_.upper_bound(request.after_key());
  const int most = request.limit() == 0 ? 100 : static_cast<int>(request.limit());
  for (; entry != records_.end() && entry->first.starts_with(request.prefix()); ++entry) {
    if (reply.records_size() == most) {
      reply.set_has_more(true);
      break;
    }
    auto* record = reply.add_records();
    record->set_key(entry->first);
    record->set_version(entry->second.first);
    record->set_value(entry->second.second);
  }
  return reply.SerializeAsString();
}

Result<std::string> MemoryHost::get(const internal::v1::StoreGetRequest& request) {
  internal::v1::StoreGetReply reply;
  const auto found = records_.find(request.key());
  if (found != records_.end()) {
    reply.mutable_record()->set_key(found->first);
    reply.mutable_record()->set_version(found->second.first);
    reply.mutable_record()->set_value(found->second.second);
  }
  return reply.SerializeAsString();
}

Result<std::string> MemoryHost::read_log(const internal::v1::StoreReadLogRequest& request) {
  internal::v1::StoreReadLogReply reply;
  const std::vector<std::string>& log = logs_[request.log()];
  for (std::uint64_t sequence = std::max<std::uint64_t>(request.from_sequence(), 1);
       sequence <= log.size() && reply.entries_size() < 100; ++sequence) {
    auto* entry = reply.add_entries();
    entry->set_sequence(sequence);
    entry->set_entry(log[sequence - 1]);
  }
  return reply.SerializeAsString();
}

std::vector<std::string> MemoryHost::jobs() const {
  MutexLock lock(mutex_);
  return jobs_;
}

MemoryHost::Records MemoryHost::snapshot() const {
  MutexLock lock(mutex_);
  return records_;
}

void MemoryHost::restore(Records records) {
  MutexLock lock(mutex_);
  records_ = std::move(records);
}

std::string MemoryHost::everything() const {
  MutexLock lock(mutex_);
  std::string all;
  for (const auto& [key, stored] : records_) all += key + stored.second;
  for (const auto& [name, entries] : logs_) {
    for (const std::string& entry : entries) all += entry;
  }
  return all;
}

}  // namespace nsl::enclave::testing
