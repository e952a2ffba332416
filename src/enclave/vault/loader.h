// How the vault begins: the whole store is listed, its state recomputed and compared with the last
// head the unlocker kept.
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/keys/unlocker.h"
#include "enclave/vault/anchor.h"
#include "enclave/vault/remote_store.h"
#include "enclave/vault/state_index.h"

namespace nsl::enclave::vault {

struct LoadedState {
  StateIndex index;
  Anchor anchor;
};

struct LoaderParts {
  const RemoteStore& store;
  const RecordSealer& sealer;
  keys::Unlocker& unlocker;
};

// Accepts the state of the last head kept, or the one commit behind it: that commit reached the
// store, but the enclave died before it kept the new head (and so never acknowledged it).
// Code::state_rolled_back for every other state.
//
// Afterwards it commits a new anchor of its own. A commit that an earlier life sent, and that still
// waits somewhere in the host, names the anchor before that one and can no longer happen.
Result<LoadedState> load_state(const LoaderParts& parts, const Deadline& deadline);

}  // namespace nsl::enclave::vault
