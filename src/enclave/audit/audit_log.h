// The audit log over the vault's chain.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/audit/entry.h"
#include "enclave/vault/vault.h"

namespace nsl::enclave::audit {

struct NumberedEntry {
  std::uint64_t sequence = 0;
  Entry entry;
};

// What happened, without the time: the log sets it.
struct Event {
  std::string account;
  std::string request_id;
  std::string operation;
  std::string resource;
  // Absent for success.
  std::optional<Code> failure;
};

class AuditLog {
 public:
  AuditLog(vault::Vault& vault, const Clock& clock) : vault_(vault), clock_(clock) {}

  // Records the event in the commit of the batch, which may hold the change it is about.
  void add_to(vault::Batch& batch, const Event& event) const;

  // Entries from this sequence on, at most `limit`; each page is checked (vault.h).
  Result<std::vector<NumberedEntry>> read(std::uint64_t from, std::uint32_t limit,
                                          const Deadline& deadline) const;
  // Walks the chain from its beginning to its head. Returns how many entries there are;
  // Code::record_corrupt or record_missing when the chain is broken.
  Result<std::uint64_t> verify(const Deadline& deadline) const;

 private:
  Bytes encode(const Event& event) const;

  vault::Vault& vault_;
  const Clock& clock_;
};

}  // namespace nsl::enclave::audit
