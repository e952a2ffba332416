// The vault: sealed records in the host's store. The host keeps opaque blobs under names that say
// nothing; it can refuse or delay, but not read, change, swap, invent or roll back anything without
// being noticed:
//  - each blob opens only as the record, account and version it was sealed as (record_seal.h);
//  - the enclave remembers version and digest of every record (state_index.h), so within one life
//  an
//    older or missing one is refused at the read;
//  - the hash over all of that is kept outside the host's store after every commit, and compared at
//    the next start (loader.h), so an older store is refused across restarts.
//
// Values are Bytes for ordinary kinds and SecretBytes for kinds that hold secrets: put_secret and
// find_secret. The two do not mix; a secret record cannot be read or listed as an ordinary one.
// A kind that is listed should be ordinary and small, with large or secret values in a kind beside.
//
// All methods but commit_then block; all may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/wire/service.h"
#include "enclave/keys/key_tree.h"
#include "enclave/keys/unlocker.h"
#include "enclave/vault/anchor.h"
#include "enclave/vault/batch.h"
#include "enclave/vault/record_seal.h"

namespace nsl::enclave::vault {

class Committer;
struct VaultState;
class RemoteStore;

struct VaultParts {
  wire::Transport& transport;
  const keys::KeyTree& keys;
  keys::Unlocker& unlocker;
  Random& random;
  const Clock& clock;
  // Pause before a commit whose outcome is unknown is sent again.
  std::int64_t retry_ms = limits::kVaultRetryMs;
  // A commit that would make more is refused.
  std::size_t records_max = limits::kRecordsMax;
};

struct AuditEntry {
  std::uint64_t sequence = 0;
  crypto::Digest32 previous{};
  crypto::Digest32 hash{};
  Bytes entry;
};

class Vault {
 public:
  // Reads the whole store once. Code::state_rolled_back when it is not the state last acknowledged.
  static Result<std::unique_ptr<Vault>> open(const VaultParts& parts, const Deadline& deadline);
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // Absent when there is no such record: the host is not asked, the index knows.
  // Code::record_missing, record_rolled_back or record_corrupt when the host does not show it.
  Result<std::optional<Record>> find(const RecordKey& key, const Deadline& deadline);
  Result<std::optional<SecretRecord>> find_secret(const RecordKey& key, const Deadline& deadline);
  // Id and record, in no particular order.
  Result<std::vector<std::pair<std::string, Record>>> list(std::string_view kind,
                                                           std::string_view account,
                                                           const Deadline& deadline);

  // All of the batch or nothing; durable and safe against roll-back when it returns. A put gives
  // the record the version expected_version + 1. Code::version_conflict when one expected version
  // differs. Code::deadline_exceeded leaves the outcome open.
  Result<void> commit(Batch batch, const Deadline& deadline);
  // The same without waiting: `done` is told once the batch is durable or refused. It is called
  // once, on the vault's own thread or on this one, and must neither wait nor use the vault. A
  // batch that has not been begun when the deadline passes is refused and does not happen.
  using Committed = std::move_only_function<void(const Result<void>&)>;
  void commit_then(Batch batch, const Deadline& deadline, Committed done);

  // Entries `from` and later, at most `limit`, each checked against its neighbours and, where the
  // page reaches it, against the chain's head. Empty behind the end.
  Result<std::vector<AuditEntry>> read_audit(std::uint64_t from, std::uint32_t limit,
                                             const Deadline& deadline);
  AuditHead audit_head() const;

  // Of the last acknowledged commit.
  keys::StateHead head() const;

 private:
  struct Located;

  explicit Vault(const VaultParts& parts);
  Result<std::optional<Located>> locate(const HiddenName& name, const Deadline& deadline);
  Result<std::vector<Located>> locate_all(const HiddenName& prefix, const Deadline& deadline);

  const VaultParts parts_;
  const RecordSealer sealer_;
  const std::unique_ptr<RemoteStore> store_;
  const std::unique_ptr<VaultState> state_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace nsl::enclave::vault
