#include "enclave/audit/audit_log.h"

#include <utility>

#include "core/base/limits.h"

namespace nsl::enclave::audit {

Bytes AuditLog::encode(const Event& event) const {
  return encode_entry(
      {.time = clock_.wall_time(),
       .account = event.account,
       .request_id = event.request_id,
       .operation = event.operation,
       .resource = event.resource,
       .code = event.failure.has_value() ? std::string(code_text(*event.failure)) : std::string()});
}

void AuditLog::add_to(vault::Batch& batch, const Event& event) const {
  batch.append_audit(encode(event));
}

Result<std::vector<NumberedEntry>> AuditLog::read(std::uint64_t from, std::uint32_t limit,
                                                  const Deadline& deadline) const {
  NSL_TRY(const auto page, vault_.read_audit(from, limit, deadline));
  std::vector<NumberedEntry> entries;
  entries.reserve(page.size());
  for (const vault::AuditEntry& raw : page) {
    NSL_TRY(Entry entry, parse_entry(raw.entry));
    entries.push_back({.sequence = raw.sequence, .entry = std::move(entry)});
  }
  return entries;
}

Result<std::uint64_t> AuditLog::verify(const Deadline& deadline) const {
  const vault::AuditHead head = vault_.audit_head();
  crypto::Digest32 previous{};
  std::uint64_t sequence = 0;
  while (sequence < head.sequence) {
    NSL_TRY(const auto page, vault_.read_audit(sequence + 1, limits::kStoreBatchMax, deadline));
    if (page.empty()) return fail(Code::record_missing);
    if (page.front().previous != previous) {
      return fail(Code::record_corrupt, "The audit chain is broken");
    }
    for (const vault::AuditEntry& raw : page) {
      NSL_TRY_VOID(parse_entry(raw.entry));
      if (raw.sequence == head.sequence && raw.hash != head.hash) {
        return fail(Code::record_corrupt, "The audit chain is broken");
      }
    }
    previous = page.back().hash;
    sequence = page.back().sequence;
  }
  return head.sequence;
}

}  // namespace nsl::enclave::audit
