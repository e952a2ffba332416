#include "enclave/vault/vault.h"

#include <algorithm>
#include <set>

#include "core/base/assert.h"
#include "enclave/vault/committer.h"
#include "enclave/vault/loader.h"
#include "enclave/vault/remote_store.h"
#include "enclave/vault/vault_state.h"

namespace nsl::enclave::vault {
namespace {

// A record may change between the look into the index and the host's answer; then it is looked up
// again.
constexpr int kLookupsMax = 8;

Result<void> check_record(const RecordKey& key) {
  NSL_TRY_VOID(check_key(key));
  if (key.kind == kAnchorKind) return fail(Code::invalid_argument, "The kind is reserved");
  return {};
}

Result<PreparedBatch> prepare(const RecordSealer& sealer, const Batch& batch) {
  PreparedBatch prepared;
  std::set<HiddenName> names;
  for (const Batch::Put& put : batch.puts()) {
    NSL_TRY_VOID(check_record(put.key));
    const HiddenName name = sealer.name_of(put.key);
    NSL_TRY(Bytes blob, sealer.seal(put, name, put.expected_version + 1));
    const crypto::Digest32 digest = crypto::sha256(blob);
    names.insert(name);
    prepared.changes.push_back({.name = name,
                                .expected_version = put.expected_version,
                                .blob = std::make_shared<const Bytes>(std::move(blob)),
                                .digest = digest});
  }
  for (const Batch::Erasure& erasure : batch.erasures()) {
    NSL_TRY_VOID(check_record(erasure.key));
    if (erasure.expected_version == 0) return fail(Code::version_conflict);
    const HiddenName name = sealer.name_of(erasure.key);
    names.insert(name);
    prepared.changes.push_back({.name = name,
                                .expected_version = erasure.expected_version,
                                .blob = nullptr,
                                .digest = {}});
  }
  if (names.size() != prepared.changes.size()) {
    return fail(Code::invalid_argument, "A record stands in a commit once");
  }
  for (const Batch::Job& job : batch.jobs()) {
    if (job.id.empty() || job.id.size() > static_cast<std::size_t>(limits::kRecordKeyBytesMax)) {
      return fail(Code::invalid_argument, "A job needs an id of bounded length");
    }
  }
  prepared.jobs = batch.jobs();
  prepared.audit_entries = batch.audit_entries();
  return prepared;
}

// Why the host's answer is refused: the index knows better.
std::unexpected<Error> refused(const IndexEntry& known, const StoredBlob& shown) {
  if (shown.version == 0) return fail(Code::record_missing);
  if (shown.version < known.version) return fail(Code::record_rolled_back);
  return fail(Code::record_corrupt);
}

bool matches(const IndexEntry& known, const StoredBlob& shown) {
  return shown.version == known.version && crypto::sha256(shown.bytes) == known.digest;
}

bool is_in_flight(const std::set<HiddenName>& in_flight, const HiddenName& prefix,
                  std::size_t bytes) {
  const auto next = in_flight.lower_bound(prefix);
  return next != in_flight.end() &&
         std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(bytes),
                    next->begin());
}

}  // namespace

struct Vault::Located {
  HiddenName name;
  std::uint64_t version;
  Blob blob;
};

Vault::Vault(const VaultParts& parts)
    : parts_(parts),
      sealer_(parts.keys, parts.random),
      store_(std::make_unique<RemoteStore>(parts.transport)),
      state_(std::make_unique<VaultState>()) {}

Vault::~Vault() = default;

Result<std::unique_ptr<Vault>> Vault::open(const VaultParts& parts, const Deadline& deadline) {
  std::unique_ptr<Vault> vault(new Vault(parts));
  NSL_TRY(
      LoadedState loaded,
      load_state({.store = *vault->store_, .sealer = vault->sealer_, .unlocker = parts.unlocker},
                 deadline));
  {
    MutexLock lock(vault->state_->mutex);
    vault->state_->index = std::move(loaded.index);
    vault->state_->head = head_of(loaded.anchor);
    vault->state_->audit = loaded.anchor.audit;
  }
  vault->committer_ =
      std::make_unique<Committer>(Committer::Parts{.state = *vault->state_,
                                                   .store = *vault->store_,
                                                   .sealer = vault->sealer_,
                                                   .unlocker = parts.unlocker,
                                                   .clock = parts.clock,
                                                   .retry_ms = parts.retry_ms,
                                                   .records_max = parts.records_max},
                                  loaded.anchor);
  return vault;
}

Result<std::optional<Record>> Vault::find(const RecordKey& key, const Deadline& deadline) {
  NSL_TRY_VOID(check_record(key));
  const HiddenName name = sealer_.name_of(key);
  NSL_TRY(const std::optional<Located> located, locate(name, deadline));
  if (!located.has_value()) return std::optional<Record>();
  NSL_TRY(RecordSealer::Opened opened,
          sealer_.open(
              {.kind = key.kind, .account = key.account, .name = name, .version = located->version},
              *located->blob));
  return std::optional<Record>({.version = located->version, .value = std::move(opened.value)});
}

Result<std::optional<SecretRecord>> Vault::find_secret(const RecordKey& key,
                                                       const Deadline& deadline) {
  NSL_TRY_VOID(check_record(key));
  const HiddenName name = sealer_.name_of(key);
  NSL_TRY(const std::optional<Located> located, locate(name, deadline));
  if (!located.has_value()) return std::optional<SecretRecord>();
  NSL_TRY(RecordSealer::OpenedSecret opened,
          sealer_.open_secret(
              {.kind = key.kind, .account = key.account, .name = name, .version = located->version},
              *located->blob));
  return std::optional<SecretRecord>(
      SecretRecord{.version = located->version, .value = std::move(opened.value)});
}

Result<std::vector<std::pair<std::string, Record>>> Vault::list(std::string_view kind,
                                                                std::string_view account,
                                                                const Deadline& deadline) {
  NSL_TRY_VOID(
      check_record({.kind = std::string(kind), .account = std::string(account), .id = "-"}));
  NSL_TRY(const std::vector<Located> all, locate_all(sealer_.prefix_of(kind, account), deadline));
  std::vector<std::pair<std::string, Record>> records;
  records.reserve(all.size());
  for (const Located& located : all) {
    NSL_TRY(
        RecordSealer::Opened opened,
        sealer_.open(
            {.kind = kind, .account = account, .name = located.name, .version = located.version},
            *located.blob));
    records.emplace_back(std::move(opened.id),
                         Record{.version = located.version, .value = std::move(opened.value)});
  }
  return records;
}

Result<void> Vault::commit(Batch batch, const Deadline& deadline) {
  if (batch.empty()) return {};
  NSL_TRY(PreparedBatch prepared, prepare(sealer_, batch));
  return committer_->commit(std::move(prepared), deadline);
}

void Vault::commit_then(Batch batch, const Deadline& deadline, Committed done) {
  if (batch.empty()) return done({});
  Result<PreparedBatch> prepared = prepare(sealer_, batch);
  if (!prepared.has_value()) return done(fail(prepared.error()));
  committer_->commit_then(*std::move(prepared), deadline, std::move(done));
}

Result<std::optional<Vault::Located>> Vault::locate(const HiddenName& name,
                                                    const Deadline& deadline) {
  for (int lookup = 0; lookup < kLookupsMax; ++lookup) {
    IndexEntry known;
    {
      MutexLock lock(state_->mutex);
      while (!state_->broken.has_value() && state_->in_flight.contains(name)) {
        if (state_->changed.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) {
          return fail(Code::deadline_exceeded);
        }
      }
      if (state_->broken.has_value()) return fail(*state_->broken);
      const auto entry = state_->index.find(name);
      if (!entry.has_value()) return std::optional<Located>();
      known = *entry;
      if (Blob blob = state_->cache.find(name); blob != nullptr) {
        return std::optional<Located>({.name = name, .version = known.version, .blob = blob});
      }
    }
    NSL_TRY(StoredBlob shown, store_->get(name, deadline));
    const bool is_match = matches(known, shown);
    MutexLock lock(state_->mutex);
    const bool is_current = !state_->in_flight.contains(name) && state_->index.find(name) == known;
    if (!is_current) continue;
    if (!is_match) return refused(known, shown);
    Blob blob = std::make_shared<const Bytes>(std::move(shown.bytes));
    state_->cache.put(name, blob);
    return std::optional<Located>({.name = name, .version = known.version, .blob = blob});
  }
  return fail(Code::overloaded, "The record changes too often to be read");
}

Result<std::vector<Vault::Located>> Vault::locate_all(const HiddenName& prefix,
                                                      const Deadline& deadline) {
  std::vector<StateIndex::NamedEntry> entries;
  std::map<HiddenName, Blob> blobs;
  {
    MutexLock lock(state_->mutex);
    // Under the lock of what follows: of a record that is being committed the index has the next
    // version and the cache the one before.
    while (!state_->broken.has_value() &&
           is_in_flight(state_->in_flight, prefix, kNamePrefixBytes)) {
      if (state_->changed.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) {
        return fail(Code::deadline_exceeded);
      }
    }
    if (state_->broken.has_value()) return fail(*state_->broken);
    entries = state_->index.list(prefix);
    for (const auto& [name, entry] : entries) {
      if (Blob blob = state_->cache.find(name); blob != nullptr) blobs[name] = std::move(blob);
    }
  }
  if (blobs.size() + 1 < entries.size()) {
    const std::map<HiddenName, IndexEntry> known(entries.begin(), entries.end());
    const auto keep = [&known, &blobs](const HiddenName& name, StoredBlob shown) -> Result<void> {
      const auto entry = known.find(name);
      if (entry != known.end() && matches(entry->second, shown)) {
        blobs[name] = std::make_shared<const Bytes>(std::move(shown.bytes));
      }
      return {};
    };
    NSL_TRY_VOID(store_->list(ByteView(prefix).first(kNamePrefixBytes), keep, deadline));
  }
  std::vector<Located> all;
  for (const auto& [name, entry] : entries) {
    if (const auto blob = blobs.find(name); blob != blobs.end()) {
      all.push_back({.name = name, .version = entry.version, .blob = blob->second});
      continue;
    }
    // Changed meanwhile, or withheld by the host: the single read tells which.
    NSL_TRY(std::optional<Located> located, locate(name, deadline));
    if (located.has_value()) all.push_back(std::move(*located));
  }
  return all;
}

Result<std::vector<AuditEntry>> Vault::read_audit(std::uint64_t from, std::uint32_t limit,
                                                  const Deadline& deadline) {
  if (from == 0) return fail(Code::invalid_argument, "The first audit entry is number 1");
  const AuditHead head = audit_head();
  std::vector<AuditEntry> entries;
  if (from > head.sequence) return entries;
  const auto wanted = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      limit == 0 ? limits::kStoreBatchMax : limit, head.sequence - from + 1));
  NSL_TRY(const std::vector<Bytes> blobs, store_->read_audit(from, wanted, deadline));
  if (blobs.empty() || blobs.size() > wanted) return fail(Code::record_missing);
  for (const Bytes& blob : blobs) {
    const std::uint64_t sequence = from + entries.size();
    NSL_TRY(RecordSealer::AuditEntry opened, sealer_.open_audit(sequence, blob));
    const bool is_linked = entries.empty() ? (sequence > 1 || opened.previous == crypto::Digest32{})
                                           : opened.previous == entries.back().hash;
    const crypto::Digest32 hash = audit_hash(sequence, opened);
    if (!is_linked || (sequence == head.sequence && hash != head.hash)) {
      return fail(Code::record_corrupt, "The audit chain is broken");
    }
    entries.push_back({.sequence = sequence,
                       .previous = opened.previous,
                       .hash = hash,
                       .entry = std::move(opened.entry)});
  }
  return entries;
}

AuditHead Vault::audit_head() const {
  MutexLock lock(state_->mutex);
  return state_->audit;
}

keys::StateHead Vault::head() const {
  MutexLock lock(state_->mutex);
  return state_->head;
}

}  // namespace nsl::enclave::vault
