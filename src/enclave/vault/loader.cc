#include "enclave/vault/loader.h"

#include <utility>

#include "core/base/log.h"
#include "enclave/vault/committer.h"

namespace nsl::enclave::vault {
namespace {

// A late commit of an earlier life may get in first; each such life sent at most one.
constexpr int kFenceAttemptsMax = 4;

std::unexpected<Error> rolled_back(std::string detail) {
  return fail(Code::state_rolled_back,
              "The store does not hold the state this enclave last acknowledged",
              std::move(detail));
}

struct Listed {
  StateIndex index;
  StoredBlob anchor;  // version 0: there is none
};

Result<Listed> list_store(const LoaderParts& parts, const Deadline& deadline) {
  Listed listed;
  const HiddenName anchor_name = parts.sealer.name_of(anchor_key());
  NSL_TRY_VOID(parts.store.list(
      {},
      [&listed, &anchor_name](const HiddenName& name, StoredBlob blob) -> Result<void> {
        if (blob.version == 0) return rolled_back("version");
        if (name == anchor_name) {
          listed.anchor = std::move(blob);
        } else {
          listed.index.put(name, {.version = blob.version, .digest = crypto::sha256(blob.bytes)});
        }
        return {};
      },
      deadline));
  return listed;
}

Result<Anchor> open_anchor(const LoaderParts& parts, const StoredBlob& blob) {
  const RecordKey key = anchor_key();
  const HiddenName name = parts.sealer.name_of(key);
  auto opened = parts.sealer.open(
      {.kind = key.kind, .account = key.account, .name = name, .version = blob.version},
      blob.bytes);
  if (!opened.has_value()) {
    if (opened.error().code() == Code::unsupported_version) return fail(opened.error());
    return rolled_back("the anchor is not of this enclave");
  }
  return parse_anchor(blob.version, opened->value);
}

// The chain's last entry must be there; the rest is checked when it is read.
Result<void> check_audit_head(const LoaderParts& parts, const AuditHead& head,
                              const Deadline& deadline) {
  if (head.sequence == 0) return {};
  NSL_TRY(const std::vector<Bytes> blobs, parts.store.read_audit(head.sequence, 1, deadline));
  if (blobs.empty()) return rolled_back("audit log");
  const auto entry = parts.sealer.open_audit(head.sequence, blobs.front());
  if (!entry.has_value() || audit_hash(head.sequence, *entry) != head.hash) {
    return rolled_back("audit log");
  }
  return {};
}

// The anchor that `listed` stands for, checked against the head kept.
Result<Anchor> check_listed(const LoaderParts& parts, Listed& listed, const Deadline& deadline) {
  NSL_TRY(const keys::StateHead kept, parts.unlocker.load_head());
  if (listed.anchor.version == 0) {
    if (listed.index.size() > 0 || kept != keys::StateHead{}) return rolled_back("no anchor");
    return Anchor{};
  }
  NSL_TRY(const Anchor anchor, open_anchor(parts, listed.anchor));
  if (listed.index.root() != anchor.root) return rolled_back("records differ from the anchor");
  NSL_TRY_VOID(check_audit_head(parts, anchor.audit, deadline));
  const keys::StateHead head = head_of(anchor);
  if (head == kept) return anchor;
  const bool is_next = anchor.counter == kept.counter + 1 && anchor.previous_head == kept.head;
  if (!is_next) {
    return rolled_back("counter " + std::to_string(anchor.counter) + ", last kept " +
                       std::to_string(kept.counter));
  }
  NSL_TRY_VOID(parts.unlocker.save_head(head));
  return anchor;
}

// The anchor that follows without changing anything else.
Anchor next_anchor(const Anchor& anchor, StateIndex& index) {
  const keys::StateHead head = anchor.counter == 0 ? keys::StateHead{} : head_of(anchor);
  return {.counter = anchor.counter + 1,
          .previous_head = head.head,
          .root = index.root(),
          .audit = anchor.audit};
}

}  // namespace

Result<LoadedState> load_state(const LoaderParts& parts, const Deadline& deadline) {
  for (int attempt = 0; attempt < kFenceAttemptsMax; ++attempt) {
    NSL_TRY(Listed listed, list_store(parts, deadline));
    NSL_TRY(const Anchor anchor, check_listed(parts, listed, deadline));
    const Anchor fence = next_anchor(anchor, listed.index);
    internal::v1::StoreCommitRequest request;
    *request.add_puts() = anchor_put(parts.sealer, anchor, fence);
    const Result<void> committed = parts.store.commit(request, deadline);
    if (committed.has_value()) {
      NSL_TRY_VOID(parts.unlocker.save_head(head_of(fence)));
      return LoadedState{.index = std::move(listed.index), .anchor = fence};
    }
    if (committed.error().code() != Code::store_conflict) return fail(committed.error());
    log_warning("vault", "a commit of an earlier life arrived, reading again");
  }
  return rolled_back("the store changes while it is read");
}

}  // namespace nsl::enclave::vault
