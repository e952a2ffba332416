// All long-lived keys, derived from the root seed by a path (HKDF-SHA256 expand, RFC 5869, with the
// seed or epoch key as the pseudorandom key):
//
//   root seed ── epoch key(epoch) ── account key(epoch, account)   seals records
//            │                   └── token key(epoch)              authenticates access tokens
//            ├── name key                                          hides record names from the host
//            └── signing key(account, wallet)                      signs Neo N3 transactions
//
// A path is a label followed by its parts, each with its length in front, so that no two paths read
// as the same bytes. A new epoch gives new record and token keys; records of older epochs stay
// readable, because they name their epoch. Names and signing keys do not change with the epoch.
//
// The tree is immutable and may be used from any thread. Keys derived on request are the caller's.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/secret.h"
#include "core/base/strong.h"
#include "core/crypto/p256.h"

namespace nsl::enclave::keys {

// 1 is the first.
using Epoch = Strong<struct EpochTag, std::uint32_t>;

class KeyTree {
 public:
  // New records are sealed under `epoch`.
  KeyTree(Secret<32> root_seed, Epoch epoch);

  Epoch epoch() const { return epoch_; }

  // The account may be empty: records of the service itself.
  Secret<32> account_key(Epoch epoch, std::string_view account) const;
  // Of the present epoch.
  Secret<32> token_key() const;
  Secret<32> name_key() const;
  // The same account and wallet give the same key for ever. Uniform over 1 .. n - 1: candidates
  // outside are rejected and the next one of the path is taken.
  crypto::P256PrivateKey derive_signing_key(std::string_view account,
                                            std::string_view wallet_id) const;

 private:
  Secret<32> epoch_key(Epoch epoch) const;

  const Secret<32> root_seed_;
  const Epoch epoch_;
  const Secret<32> present_epoch_key_;
};

}  // namespace nsl::enclave::keys
