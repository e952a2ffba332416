// What the vault's readers and its committer share.
#pragma once

#include <optional>
#include <set>

#include "core/base/limits.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "enclave/keys/unlocker.h"
#include "enclave/vault/anchor.h"
#include "enclave/vault/blob_cache.h"
#include "enclave/vault/state_index.h"

namespace nsl::enclave::vault {

struct VaultState {
  Mutex mutex;
  // Notified when in_flight or broken changes.
  CondVar changed;
  // Already holds what is being committed; see in_flight.
  StateIndex index NSL_GUARDED_BY(mutex);
  BlobCache cache NSL_GUARDED_BY(mutex){limits::kVaultCacheBytesMax};
  // Names whose newest version is not acknowledged yet. Readers of these wait: nobody sees a
  // version that a restart could take back.
  std::set<HiddenName> in_flight NSL_GUARDED_BY(mutex);
  // Set when the store was found not to hold this vault's state. Nothing goes on then.
  std::optional<Error> broken NSL_GUARDED_BY(mutex);
  // Of the last acknowledged commit.
  keys::StateHead head NSL_GUARDED_BY(mutex);
  AuditHead audit NSL_GUARDED_BY(mutex);
};

}  // namespace nsl::enclave::vault
