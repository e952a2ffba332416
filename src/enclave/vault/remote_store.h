// The host's store as the vault uses it. Every reply is untrusted: this layer checks its shape, the
// vault its truth.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/wire/service.h"
#include "enclave/vault/record_seal.h"
#include "nsl/internal/v1/store.service.h"

namespace nsl::enclave::vault {

struct StoredBlob {
  // 0: there is none.
  std::uint64_t version = 0;
  Bytes bytes;
};

class RemoteStore {
 public:
  explicit RemoteStore(wire::Transport& transport) : stub_(transport) {}

  Result<StoredBlob> get(const HiddenName& name, const Deadline& deadline) const;
  Result<void> commit(const internal::v1::StoreCommitRequest& request,
                      const Deadline& deadline) const;

  using Visit = std::function<Result<void>(const HiddenName&, StoredBlob)>;
  // Calls `visit` for each record whose name starts with `prefix`, in strictly ascending order, at
  // most limits::kRecordsMax times; Code::record_corrupt for any other reply.
  Result<void> list(ByteView prefix, const Visit& visit, const Deadline& deadline) const;

  // Blobs of the audit log with sequences from, from + 1, ... without a gap.
  Result<std::vector<Bytes>> read_audit(std::uint64_t from, std::uint32_t limit,
                                        const Deadline& deadline) const;

 private:
  internal::v1::StoreServiceStub stub_;
};

// The log's name in the store.
inline constexpr std::string_view kAuditLog = "audit";

}  // namespace nsl::enclave::vault
